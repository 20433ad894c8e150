"""`service`: the worker starts with the machine, and with `--pages` the citizens' pages beside it."""

import os
import shutil
import sys
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from sync.cli import screen
from sync.cli.options import AsJson, RootFolder, root_of
from sync.cli.service_job import Job, Manager, Run, job_of, run_command
from sync.cli.service_secrets import secrets_unseen
from sync.cli.service_state import (
    PAGES,
    Worker,
    ensure_ended,
    last_cycles,
    pages_answer,
    running_worker,
)
from sync.core.mendable import Mendable

if TYPE_CHECKING:
    from sync.cli.root import Root
    from sync.core.mendable import Problem


_PAGES_AT = "http://{}:{}/".format(*PAGES)


class Action(StrEnum):
    install = "install"
    status = "status"
    remove = "remove"


def service(
    context: typer.Context,
    action: Annotated[
        Action,
        typer.Argument(help="install: pasang dan mulai; status: keadaannya; remove: hentikan."),
    ],
    system: Annotated[
        bool,
        typer.Option(
            "--system", help="Mulai bersama komputer, sebelum ada yang masuk (perlu administrator)."
        ),
    ] = False,
    pages: Annotated[
        bool,
        typer.Option("--pages", help="install: pasang juga halaman warga dan dasbor (serve)."),
    ] = False,
    as_json: AsJson = False,
    root: RootFolder = None,
) -> int:
    """Jalankan loket bersama komputer: Penjadwal Tugas Windows, systemd, atau launchd.

    Tanpa --system, loket mulai ketika akun ini masuk. Bila berhenti karena apa pun, loket dimulai lagi. Menghentikan
    layanan tidak menghapus data; memasang boleh diulang kapan saja. Halaman warga yang sudah terpasang ikut diperbarui dan
    ikut dilepas.
    """
    office = root_of(context, root)
    if action is Action.status:
        return _status(office, as_json=as_json)
    manager = manager_here(run_command)
    job = job_of(office.folder, system=system)
    _ensure_allowed(job, action)
    if action is Action.install:
        return _install(office, manager, job, pages=pages)
    return _remove(office, manager, job)


def manager_here(run: Run) -> Manager:
    """Raises Mendable where this machine has none that we know."""
    if sys.platform == "win32":
        from sync.cli.service_windows import TaskScheduler

        return TaskScheduler(run)
    if sys.platform == "darwin":
        from sync.cli.service_launchd import Launchd

        return Launchd.here(run)
    if shutil.which("systemctl") and Path("/run/systemd/system").is_dir():
        from sync.cli.service_systemd import Systemd

        return Systemd.here(run)
    raise Mendable.one(
        "tidak-ada-pengatur-layanan",
        where="komputer ini",
        found="systemd tidak berjalan di sini",
        allowed="Windows, macOS, atau Linux dengan systemd",
        run="python3 loket.py run",
    )


def installed(manager: Manager, root: Path) -> Job | None:
    """The job of this folder, of whichever kind."""
    jobs = (job_of(root, system=False), job_of_system(root))
    return next((job for job in jobs if job and manager.is_installed(job)), None)


def jobs_of(manager: Manager, job: Job) -> list[Job]:
    """The worker's, and the pages' before it where it is installed."""
    return [one for one in (job.of_pages,) if manager.is_installed(one)] + [job]


def job_of_system(root: Path) -> Job | None:
    """None where there can be none."""
    try:
        return job_of(root, system=True)
    except Mendable:
        return None


def _ensure_allowed(job: Job, action: Action) -> None:
    if sys.platform == "win32" or (os.geteuid() == 0) == job.system:
        return
    if job.system:
        found, run = (
            "hanya administrator (root) yang dapat mengatur layanan komputer",
            f"sudo python3 loket.py service {action} --system",
        )
    elif os.environ.get("SUDO_USER"):
        found, run = "dengan sudo, layanan menjadi milik root", f"python3 loket.py service {action}"
    else:
        return
    raise Mendable.one("akun-lain", where="service", found=found, allowed="akun itu", run=run)


def _install(office: "Root", manager: Manager, job: Job, *, pages: bool) -> int:
    if pages and office.offices():
        raise Mendable.one(
            "halaman-beberapa-kantor",
            where="service install --pages",
            found="folder ini melayani beberapa kantor; halaman warga setiap kantor perlu port sendiri",
            allowed="satu `serve` untuk setiap kantor, dengan --office dan --port; lihat docs/panduan/layanan.md",
            run="python loket.py service install",
        )
    other = installed(manager, office.folder)
    if other and other.system != job.system:
        raise Mendable.one(
            "layanan-sudah-terpasang",
            where=manager.title,
            found=f"{other.name} sudah terpasang, {_kind(other)}",
            allowed="satu layanan untuk satu folder",
            run="python loket.py service remove" + (" --system" if other.system else ""),
        )
    by_hand = None if other else running_worker(office.data)
    told = manager.install(job)
    screen.say(f"Layanan terpasang ({manager.title}): {job.name}, {_kind(job)}.")
    for sentence in told:
        screen.say(sentence, style="yellow")
    if pages or manager.is_installed(job.of_pages):
        _install_pages(manager, job.of_pages)
    elif not office.offices() and office.settings.site.url:
        screen.say(
            "site.url terisi, tetapi halaman warga belum ikut mulai bersama komputer. Bila dilayani komputer ini: "
            "python loket.py service install --pages" + (" --system" if job.system else ""),
            style="yellow",
        )
    serving = work_of(office)
    if serving:
        screen.say(f"Komputer ini {serving}.")
    if by_hand:
        screen.say(
            f"Loket masih berjalan di jendela lain (proses {by_hand.process}). Tutup jendela itu; layanan lalu mulai "
            "sendiri dalam beberapa menit.",
            style="yellow",
        )
    if not office.offices():  # several have secrets in files only
        screen.problems(secrets_unseen(office.settings, job, os.environ.keys()))
    for one in office.offices() or [office]:
        unfit = _unfit(one)
        if unfit and one.tenant:
            screen.say(f"Kantor {one.tenant}:", style="yellow")
        screen.problems(unfit)
    screen.say("Periksa dengan: python loket.py service status")
    return 0


def _install_pages(manager: Manager, job: Job) -> None:
    by_hand = not manager.is_installed(job) and pages_answer()
    manager.install(job)
    screen.say(f"Halaman warga terpasang: {job.name}, {_kind(job)}, di {_PAGES_AT}.")
    if by_hand:
        screen.say(
            f"{_PAGES_AT} sedang dipakai, mungkin oleh serve di jendela lain. Tutup jendela itu; halaman warga lalu mulai "
            "sendiri dalam beberapa menit.",
            style="yellow",
        )


def work_of(root: "Root") -> str:
    """What else the job does than serving one office alone; "" where it does nothing else."""
    told = []
    for office in root.offices() or [root]:
        with suppress(Mendable):  # told where it is served
            worker = office.settings.worker
            member = f"anggota klaster ({', '.join(worker.roles)})" if worker.cluster else ""
            told.append(f"{office.tenant} {member}".strip())
    told = [one for one in told if one]
    if not root.offices():
        return "".join(told)
    return f"melayani {len(told)} kantor: {', '.join(told)}"


def _unfit(office: "Root") -> "list[Problem]":
    """Why the job would not do its work in a cluster: else it is only said in the log."""
    from sync.cli.cluster_check import cluster_problems
    from sync.cli.opening import now

    try:
        return cluster_problems(office, now())
    except Mendable as error:
        return list(error.problems)


def _remove(office: "Root", manager: Manager, job: Job) -> int:
    other = installed(manager, office.folder)
    if other is None:
        screen.say("Layanan tidak terpasang; tidak ada yang diubah.")
        return 0
    if other.system != job.system:
        raise Mendable.one(
            "layanan-jenis-lain",
            where=manager.title,
            found=f"{other.name} terpasang, {_kind(other)}",
            run="python loket.py service remove" + (" --system" if other.system else ""),
        )
    for one in jobs_of(manager, job):
        manager.remove(one)
    ensure_ended(office.data)
    screen.say("Layanan dihentikan dan tidak mulai lagi. Data, pengaturan, dan surat tidak diubah.")
    return 0


def _kind(job: Job) -> str:
    return "mulai bersama komputer" if job.system else f"mulai ketika akun {job.account} masuk"


def _status(office: "Root", *, as_json: bool) -> int:
    """0 only where all that is installed runs. Whether Loket runs is told also where nothing can start it."""
    pages: Job | None = None
    try:
        manager = manager_here(run_command)
        job, title = installed(manager, office.folder), manager.title
        pages = job.of_pages if job and manager.is_installed(job.of_pages) else None
    except Mendable as error:
        job, title = None, error.problems[0].found
    answer = pages is not None and pages_answer()
    worker, cycles = running_worker(office.data), last_cycles(office)
    if as_json:
        screen.as_json(
            {
                "installed": job is not None,
                "manager": title,
                "name": job.name if job else None,
                "system": job.system if job else None,
                "running": worker is not None,
                "process": worker.process if worker else None,
                "since": worker.since.isoformat() if worker else None,
                "pages": {"name": pages.name, "running": answer} if pages else None,
                "workflows": cycles,
            }
        )
    else:
        _show(office, title, job, worker, cycles, _pages_told(pages, answer))
    return 0 if job and worker and answer == (pages is not None) else 1


def _pages_told(pages: Job | None, answer: bool) -> str:
    if pages is None:
        return "tidak terpasang"
    state = "menjawab" if answer else "tidak menjawab; sebabnya: python loket.py serve"
    return f"{pages.name}, {_PAGES_AT} {state}"


def _show(
    office: "Root",
    title: str,
    job: Job | None,
    worker: Worker | None,
    cycles: list[dict[str, Any]],
    pages: str,
) -> None:
    from sync.core.projection import moment_text

    timezone = ZoneInfo(office.settings.office.timezone)
    at = {
        one["workflow"]: moment_text(datetime.fromisoformat(one["last_cycle"]), timezone)
        if one["last_cycle"]
        else "belum pernah"
        for one in cycles
    }
    rows = [
        ("Layanan", f"{job.name}, {_kind(job)} ({title})" if job else f"tidak terpasang ({title})"),
        (
            "Loket",
            f"berjalan sejak {moment_text(worker.since, timezone)}, proses {worker.process}"
            if worker
            else "tidak berjalan",
        ),
        ("Halaman warga", screen.as_typed(pages)),
        *((("Komputer ini", serving),) if (serving := work_of(office)) else ()),
        *(
            (
                f"Putaran terakhir {one['workflow']}",
                f"{at[one['workflow']]} {one['trouble']}".strip(),
            )
            for one in cycles
        ),
    ]
    screen.table("Layanan Loket", ("Apa", "Keadaan"), rows)
    if job is None:
        screen.say("Pasang dengan: python loket.py service install", style="yellow")
    elif worker is None:
        screen.say(
            "Untuk melihat mengapa Loket tidak berjalan: python loket.py run", style="yellow"
        )
