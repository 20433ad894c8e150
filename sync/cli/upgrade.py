"""`upgrade`: a new version takes this one's place, and can be taken back.

Here all is prepared, with nothing changed; sync/launcher/ carries it out, for a program can't well replace itself while it
runs. Then this verb is started once more, in the new version, to end it.
"""

import json
import os
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import sync
from sync.cli import screen
from sync.cli.options import RootFolder, root_of
from sync.cli.root import PROGRAM
from sync.core.mendable import Mendable

if TYPE_CHECKING:
    from sync.cli.root import Root
    from sync.cli.upgrade_plan import Changes
    from sync.cli.upgrade_release import Release

KEPT = 3
"""So many exchanges' folders stay; the older ones are cleared away."""


def upgrade(
    context: typer.Context,
    source: Annotated[
        Path | None,
        typer.Argument(
            help="Rilis baru: berkas .zip seperti diunduh, atau folder hasil ekstraknya."
        ),
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Periksa dan sebutkan yang akan diganti; tidak mengubah."),
    ] = False,
    back: Annotated[
        bool, typer.Option("--back", help="Kembali ke versi sebelum pembaruan terakhir.")
    ] = False,
    finish: Annotated[str, typer.Option("--finish", hidden=True)] = "",
    root: RootFolder = None,
) -> int:
    """Perbarui Loket dari berkas yang diunduh, atau kembali ke versi sebelumnya.

    Pengaturan, layanan, templat, dan data kantor tetap. Templat atau layanan yang diubah kantor tidak diganti: yang baru
    ditaruh di sebelahnya dengan akhiran .baru. Ledger dan program lama disalin dahulu ke data/upgrades.
    """
    office = root_of(context, root)
    if finish:
        return _finish(office, finish)
    if back:  # the launcher answers it, so that it works where a new version does not
        raise Mendable.one("lewat-loket-py", where="upgrade --back", found="perintah ini dijalankan tanpa loket.py",
                           run="python loket.py upgrade --back")  # fmt: skip
    if source is None:
        screen.say(f"Loket versi {sync.__version__} di {PROGRAM}.")
        raise Mendable.one(
            "rilis-belum-disebut",
            where="upgrade",
            found="berkas rilis yang baru belum disebut",
            allowed="berkas zip yang sudah diunduh; Loket tidak mengunduhnya sendiri",
            run="python loket.py upgrade BERKAS.zip",
        )
    return _upgrade(office, source, only_look=check)


def _upgrade(office: "Root", source: Path, *, only_look: bool) -> int:
    from sync.cli.holder import computer_name
    from sync.cli.upgrade_cluster import ensure_others_stopped
    from sync.cli.upgrade_plan import changes
    from sync.cli.upgrade_release import digest, editable_files, read_release, shipped
    from sync.launcher.exchange import schema_head

    release = read_release(source)
    _ensure_not_older(release, source)
    here = {
        file.relative_to(PROGRAM).as_posix(): digest(file.read_bytes())
        for name in {name.partition("/")[0] for name in release.files}
        for file in (
            [PROGRAM / name] if (PROGRAM / name).is_file() else (PROGRAM / name).rglob("*")
        )
        if file.is_file() and "__pycache__" not in file.parts
    }
    found = changes(
        {name: digest(content) for name, content in release.files.items()},
        here | editable_files(PROGRAM),
        shipped(PROGRAM),
    )
    _tell(release, found)
    if not found:
        return 0
    migrates = release.schema != schema_head(PROGRAM)
    ensure_others_stopped(office, computer_name(), migrates=migrates)
    if only_look:
        return 0
    _prepare(office, release, found)
    return _hand_over()


def _ensure_not_older(release: "Release", source: Path) -> None:
    def numbers(version: str) -> list[int]:
        return [int(part) for part in version.split(".") if part.isdigit()]

    if numbers(release.version) < numbers(sync.__version__):
        raise Mendable.one(
            "rilis-lebih-lama",
            where=str(source),
            found=f"rilis ini versi {release.version}, sedangkan yang terpasang {sync.__version__}",
            allowed="rilis yang lebih baru; versi sebelum pembaruan terakhir: upgrade --back",
            run="python loket.py upgrade --back",
        )


def _tell(release: "Release", found: "Changes") -> None:
    if not found:
        screen.say(f"Loket versi {release.version} sudah terpasang; tidak ada yang perlu diganti.")
        return
    screen.say(
        f"Loket {sync.__version__} → {release.version}: {len(found.put)} berkas diganti atau baru,"
        f" {len(found.remove)} dihapus."
    )
    for name in found.beside:
        screen.say(f"Milik kantor dipertahankan; yang baru ditaruh di {name}.baru", style="yellow")


def _prepare(office: "Root", release: "Release", found: "Changes") -> None:
    """Everything that the exchange needs, then its plan. Raises Mendable; then nothing has changed."""
    from sync.cli.one_worker import only_worker
    from sync.launcher import swap
    from sync.launcher.exchange import new_stamp, schema_head

    stopped = _stop_service(office)
    stamp = new_stamp(PROGRAM)
    folder = swap.upgrades(PROGRAM) / stamp
    try:
        with only_worker(office.data):
            put = [*found.put, *(f"{name}.baru" for name in found.beside)]
            for name in put:
                content = release.files[name.removesuffix(".baru")]
                swap.write_through(folder / "new" / name, content)
            for name in (*put, *found.remove):
                if (PROGRAM / name).is_file():
                    swap.write_through(folder / "old" / name, (PROGRAM / name).read_bytes())
            ledger, copy = _copy_ledger(office, folder / "ledger.sqlite3")
            plan = {
                "stamp": stamp,
                "from": sync.__version__,
                "to": release.version,
                "root": str(office.folder),
                "put": put,
                "remove": list(found.remove),
                "beside": list(found.beside),
                "schema": schema_head(PROGRAM),
                "ledger_file": ledger,
                "copy": copy,
                "ledger": None,
                "service": stopped,
                "began": False,
            }
            swap.write_plan(PROGRAM, plan)
    except BaseException as error:
        (swap.upgrades(PROGRAM) / "plan.json").unlink(missing_ok=True)  # before what it would need
        shutil.rmtree(folder, ignore_errors=True)
        if stopped:
            _start_service(office)
        if isinstance(error, OSError | sqlite3.Error):
            raise Mendable.one(
                "pembaruan-tidak-dapat-disiapkan",
                where=str(folder),
                found=f"{getattr(error, 'strerror', None) or error}; tidak ada yang diubah",
                allowed="folder Loket yang dapat ditulis, di disk dengan ruang sekitar 200 MB",
                run="sediakan ruang disk, lalu ulangi",
            ) from error
        raise


def _copy_ledger(office: "Root", target: Path) -> tuple[str, str]:
    """Where the ledger lies and where its copy; "" and "" where there is none yet, or a server keeps it."""
    from sync.cli.wiring import ledger_url
    from sync.ledger.copying import copy_ledger, ensure_whole_copy, file_of

    try:
        file = file_of(ledger_url(office)).resolve()
    except Mendable as error:
        screen.problems(error.problems)
        return "", ""
    if not file.exists():
        return "", ""
    copy_ledger(file, target)
    ensure_whole_copy(target, where=str(file))
    return str(file), str(target)


def _hand_over() -> int:
    """To the launcher: on Windows it waits for us to end, elsewhere we have taken its place."""
    from sync.launcher import swap
    from sync.launcher.exchange import finishing

    plan = swap.waiting(PROGRAM)
    if os.name == "nt" or plan is None:
        return 0
    from sync.cli.service_job import lasting_python

    python = lasting_python(system=False)
    os.execv(python, [python, str(PROGRAM / "loket.py"), *finishing(plan)])  # noqa: S606


def _finish(office: "Root", stamp: str) -> int:
    """In the version that is there now: the ledger is brought up, the service begins again."""
    from sync.cli.wiring import open_ledger
    from sync.launcher import swap

    folder = swap.upgrades(PROGRAM) / stamp
    done, given_up = folder / "done.json", folder / "abandoned.json"
    plan: dict[str, Any] = json.loads((done if done.exists() else given_up).read_text("utf-8"))
    if done.exists() and (office.data / "ledger.sqlite3").exists():
        open_ledger(office).close()
    if plan["service"]:
        _start_service(office)
    if not done.exists():
        return 1  # the launcher has said why
    screen.say(f"Loket versi {sync.__version__} terpasang (tadinya {plan['from']}).", style="green")
    for name in plan["beside"]:
        screen.say(f"Bandingkan bila perlu: {name} (milik kantor) dan {name}.baru", style="yellow")
    if "undoes" not in plan:
        screen.say("Bila ada masalah: python loket.py upgrade --back")
    for old in sorted(swap.upgrades(PROGRAM).glob("2*Z*"))[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return 0


def _stop_service(office: "Root") -> bool:
    """Whether a service was stopped, which is to begin again afterwards. Raises Mendable while a worker runs."""
    from sync.cli.service import installed, jobs_of, manager_here
    from sync.cli.service_job import run_command
    from sync.cli.service_state import ensure_ended, running_worker

    if running_worker(office.data) is None:
        return False
    try:
        manager = manager_here(run_command)
        job = installed(manager, office.folder)
    except Mendable:
        job = None
    jobs = jobs_of(manager, job) if job else []
    if jobs:
        screen.say("Layanan dihentikan sebentar…")
    for one in jobs:
        manager.stop(one)
    try:
        ensure_ended(office.data, within_s=120 if jobs else 0)
    except Mendable:  # another one runs in a window
        for one in jobs:
            manager.start(one)
        raise
    return bool(jobs)


def _start_service(office: "Root") -> None:
    """What is the matter is told; the upgrade itself stands."""
    from sync.cli.service import installed, jobs_of, manager_here
    from sync.cli.service_job import run_command

    try:
        manager = manager_here(run_command)
        job = installed(manager, office.folder)
        for one in jobs_of(manager, job) if job else []:
            manager.start(one)
    except Mendable as error:
        screen.problems(error.problems)
