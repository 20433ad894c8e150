"""`restore`: a copy becomes the ledger again."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli import screen
from sync.cli.options import RootFolder, root_of
from sync.core.mendable import Mendable
from sync.core.outcomes import Failure

if TYPE_CHECKING:
    from sync.cli.wiring import Wiring


def restore(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="Berkas cadangan; bawaan: yang terbaru di data/backup.")
    ] = None,
    from_drive: Annotated[
        bool, typer.Option("--from-drive", help="Cadangan terbaru di Google Drive akun kantor.")
    ] = False,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help="Juga jika ledger yang ada lebih baru; yang ada disisihkan."
        ),
    ] = False,
    root: RootFolder = None,
) -> int:
    """Pulihkan ledger dari cadangan, juga di komputer lain, lalu cocokkan dengan sheet.

    Cadangan diperiksa sebelum ada yang diganti; ledger yang ada disisihkan, tidak dihapus. Yang terjadi sesudah
    cadangan dibuat diambil dari sheet dan Google Drive, agar tidak ada surat atau nomor yang keluar dua kali.
    """
    from sync.cli.one_worker import only_worker
    from sync.cli.repair import reconcile
    from sync.cli.wiring import assembled, ledger_url, now
    from sync.ledger.copying import file_of
    from sync.worker.restoring import restore as put_back

    office = root_of(context, root)
    with only_worker(office.data), assembled(office) as wiring:
        where, content = _chosen(wiring, file, from_drive=from_drive)
        aside = put_back(
            content,
            where=where,
            passphrase=wiring.passphrase,
            ledger=file_of(ledger_url(office)),
            at=now(),
            replace=replace,
        )
        screen.say(f"Ledger dipulihkan dari {where}.")
        if aside:
            screen.say(f"Ledger yang tadinya ada disisihkan di {aside}.")
        _bring_letters(wiring, file)
        code = reconcile(wiring)
    if code == 0:
        screen.say(
            "Selesai. Jalankan: python loket.py run; jika komputer lama mati tanpa dihentikan: "
            "python loket.py run --take-over"
        )
    return code


def _chosen(wiring: "Wiring", file: Path | None, *, from_drive: bool) -> tuple[str, bytes]:
    from sync.worker.backing_up import copies

    folder = wiring.root.data / "backup"
    if from_drive and file is None:
        try:
            there = wiring.backup_folder.names()
            found = copies(there)
            if found:
                return f"Google Drive: {found[0]}", wiring.backup_folder.download(there[found[0]])
        except Failure as failure:
            raise Mendable.one(
                "drive-tidak-terbaca",
                where="Google Drive",
                found=failure.reason,
                allowed="sambungan internet dan izin akun kantor",
                run="python loket.py restore --from-drive",
            ) from failure
    elif file is None and folder.is_dir():
        found = copies(path.name for path in folder.iterdir())
        file = folder / found[0] if found else None
    if file is not None:
        try:
            return str(file), file.read_bytes()
        except OSError as error:
            raise Mendable.one(
                "cadangan-tidak-terbaca",
                where=str(file),
                found=str(error.strerror or error),
                allowed="berkas *.cadangan dari data/backup",
                run="python loket.py restore --from-drive",
            ) from error
    raise Mendable.one(
        "tidak-ada-cadangan",
        where="Google Drive" if from_drive else str(folder),
        found="tidak ada cadangan ledger",
        allowed="berkas *.cadangan, atau tanpa cadangan: ledger dibuat lagi dari sheet",
        run="python loket.py repair --from-sheet"
        if from_drive
        else "python loket.py restore --from-drive",
    )


def _bring_letters(wiring: "Wiring", file: Path | None) -> None:
    """The letters beside the copy, else in the backup folder, else those that were delivered by Drive."""
    from sync.worker.backing_up import LETTER
    from sync.worker.restoring import bring_letter, missing_letters
    from sync.worker.sealing import unseal

    data = wiring.root.data
    missing = missing_letters(wiring.ledger, data)
    if not missing:
        return
    try:
        kept = wiring.backup_folder.names()
        workflows, _ = wiring.root.workflows()
        delivered = {
            letter.sha256: letter.file_id
            for sheet in {workflow.sheet for workflow in workflows}
            for letter in wiring.backup_folder.letters(sheet)
        }
    except (Failure, Mendable):
        kept, delivered = {}, {}
    beside = file.resolve().parent.parent if file else data
    lost = 0
    for document in missing:
        name = LETTER.format(sha256=document.sha256)

        def local(path: Path = beside / document.path) -> bytes | None:
            return path.read_bytes() if path.is_file() else None

        def from_backup(name: str = name) -> bytes | None:
            if name not in kept:
                return None
            return unseal(wiring.backup_folder.download(kept[name]), wiring.passphrase, where=name)

        def from_drive(sha256: str = document.sha256) -> bytes | None:
            found = delivered.get(sha256)
            return wiring.backup_folder.download(found) if found else None

        ways: tuple[Callable[[], bytes | None], ...] = (local, from_backup, from_drive)
        try:
            lost += not any(bring_letter(document, data, way) for way in ways)
        except (Failure, Mendable):
            lost += 1
    screen.say(f"{len(missing) - lost} surat dikembalikan.")
    if lost:
        screen.say(
            f"{lost} surat tidak ditemukan lagi; salin folder data/letters dari komputer lama bila ada.",
            style="red",
        )
