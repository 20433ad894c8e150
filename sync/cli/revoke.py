"""`revoke REF`: the office takes a letter back that it issued."""

from typing import Annotated

import typer

from sync.cli import screen
from sync.cli.options import RootFolder, root_of
from sync.cli.references import application_of
from sync.core.mendable import Mendable


def revoke(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="Nomor permohonan, mis. SKD-26-0004F7.")],
    undo: Annotated[bool, typer.Option("--undo", help="Surat itu berlaku lagi.")] = False,
    root: RootFolder = None,
) -> int:
    """Cabut surat yang sudah terbit: pemeriksaan lewat `serve` lalu menjawab bahwa surat itu dicabut.

    Halaman dari publish-verifier tidak menanyakannya kepada siapa pun dan tidak mengetahui pencabutan.
    """
    from sync.cli.wiring import now, open_ledger
    from sync.ledger.verification import REINSTATED, WITHDRAWN

    ledger = open_ledger(root_of(context, root))
    try:
        with ledger.begin() as tx:
            application = application_of(tx, reference)
            if not application.letter_number:
                raise Mendable.one(
                    "belum-ada-surat",
                    where=application.reference,
                    found="permohonan ini belum mempunyai surat",
                    allowed="permohonan yang suratnya sudah bernomor",
                    run=f"python loket.py show {application.reference}",
                )
            if bool(tx.verification.withdrawn([application.id])) == undo:
                at, event = now(), REINSTATED if undo else WITHDRAWN
                # Its row is to be written anew: it offers the letter no more, or again.
                tx.applications.change(application, at=at, event=event, updated_at=at)
    finally:
        ledger.close()
    standing = "berlaku lagi" if undo else "dicabut"
    screen.say(f"{application.reference}: surat nomor {application.letter_number} {standing}.")
    return 0
