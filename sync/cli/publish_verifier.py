"""`publish-verifier`: the page by which anybody verifies a letter, and the office's keys behind it."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli import screen
from sync.cli.options import RootFolder, root_of
from sync.cli.root import PROGRAM, unwritable
from sync.core.mendable import Mendable

if TYPE_CHECKING:
    from sync.ledger.ledger import Ledger
    from sync.ledger.verification import PublicKey

PARTS = PROGRAM / "templates" / "verifier"
FILE = "index.html"


def publish_verifier(
    context: typer.Context,
    output: Annotated[
        Path | None, typer.Option(help="Folder untuk halamannya; bawaan: data/verifikasi.")
    ] = None,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Buat kunci baru. Surat lama tetap dapat diperiksa.")
    ] = False,
    revoke: Annotated[
        str | None,
        typer.Option(
            metavar="KUNCI",
            help="Cabut kunci yang bocor: semua surat yang memakainya tidak dipercaya lagi.",
        ),
    ] = None,
    adopt: Annotated[
        Path | None,
        typer.Option(
            metavar="BERKAS",
            help="Ambil kunci publik dari halaman yang terbit dahulu, bila ledger hilang.",
        ),
    ] = None,
    root: RootFolder = None,
) -> int:
    """Buat halaman pemeriksaan keaslian surat: satu berkas, untuk ditaruh di hosting mana pun.

    Kunci kantor dibuat bila belum ada. Setelah kunci diganti atau dicabut, unggah lagi halamannya.
    """
    from sync.cli.wiring import now, open_ledger
    from sync.web.verifier.page import verifier_page
    from sync.worker.durable_file import write_durably
    from sync.worker.office_keys import rotate as new_key
    from sync.worker.office_keys import signing_key

    office = root_of(context, root)
    settings = office.settings
    if not settings.verification.url:
        raise no_address()
    file = (output or office.data / "verifikasi") / FILE
    ledger = open_ledger(office)
    try:
        if adopt:
            _adopt(ledger, adopt, now())
        _ensure_nothing_lost(file, all_keys(ledger), output)
        if revoke:
            _revoke(ledger, revoke.strip().upper(), now())
        if rotate:
            new_key(ledger, office.data, now())
        signing = signing_key(ledger, office.data, now())
        keys = all_keys(ledger)
        page = verifier_page(PARTS, settings, keys)
        try:
            write_durably(file, page.encode())
        except OSError as error:
            raise unwritable(file.parent, error) from error
        with ledger.begin() as tx:
            tx.verification.published(now())
    finally:
        ledger.close()
    screen.say(f"Halaman pemeriksaan: {file}", style="green")
    screen.say(f"Unggah berkas itu ke {settings.verification.url}")
    for key in keys:
        what = "dicabut" if key.revoked_at else "menandatangani" if key.id == signing.id else "lama"
        screen.say(f"Kunci {key.id}: {what}")
    return 0


def no_address() -> Mendable:
    return Mendable.one(
        "alamat-verifikasi-kosong",
        where="settings.yaml, verification.url",
        found="alamat halaman pemeriksaan belum diisi; tanpa alamat itu surat tidak memuat kode",
        allowed="https://…/, alamat halaman itu nanti dibuka warga",
        run="isi verification.url, lalu python loket.py publish-verifier",
    )


def all_keys(ledger: "Ledger") -> "list[PublicKey]":
    with ledger.reading() as look:
        return look.verification.public_keys()


def _revoke(ledger: "Ledger", key_id: str, at: datetime) -> None:
    with ledger.begin() as tx:
        if not tx.verification.revoke_key(key_id, at):
            known = ", ".join(key.id for key in tx.verification.public_keys())
            raise Mendable.one(
                "kunci-tidak-dikenal",
                where=f"--revoke {key_id}",
                found="kantor ini tidak punya kunci itu",
                allowed=known or "belum ada kunci",
                run="python loket.py publish-verifier",
            )


def _adopt(ledger: "Ledger", page: Path, at: datetime) -> None:
    """Never replaces what the ledger knows: a key that was revoked stays so."""
    from sync.ledger.verification import PublicKey
    from sync.letter.office_key import key_id

    with ledger.begin() as tx:
        known = {key.id for key in tx.verification.public_keys()}
        for name, point in _keys_in(page).items():
            if name == key_id(bytes.fromhex(point)) and name not in known:
                tx.verification.keep_key(PublicKey(name, point, made_at=at, published_at=at))


def _keys_in(page: Path) -> dict[str, str]:
    from sync.web.verifier.page import keys_in

    try:
        return keys_in(page.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Mendable.one(
            "halaman-tidak-terbaca",
            where=str(page),
            found=getattr(error, "strerror", None) or "bukan halaman dari publish-verifier",
            allowed=f"berkas {FILE} yang terbit dahulu",
            run=f"python loket.py publish-verifier --adopt {FILE}",
        ) from error


def _ensure_nothing_lost(file: Path, keys: "list[PublicKey]", output: Path | None) -> None:
    """Letters whose key is no longer in the page would turn into forgeries. Raises Mendable."""
    if not file.exists():
        return
    missing = set(_keys_in(file)) - {key.id for key in keys}
    if missing:
        again = f" --output {output}" if output else ""
        raise Mendable.one(
            "kunci-akan-hilang",
            where=str(file),
            found=f"halaman yang ada memuat kunci yang tidak dikenal ledger: {', '.join(sorted(missing))}",
            allowed="ambil kuncinya dari halaman itu, atau hapus berkasnya bila memang bukan milik kantor ini",
            run=f"python loket.py publish-verifier{again} --adopt {file}",
        )
