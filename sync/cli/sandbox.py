"""`loket.py sandbox`: the local Google alone, for tests and for trying things out."""

from pathlib import Path
from typing import Annotated

import typer


def sandbox(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port di 127.0.0.1; 0 memilih yang bebas.")
    ] = 0,
    data: Annotated[
        Path, typer.Option(help="Folder data sandbox; isinya tetap ada setelah dimatikan.")
    ] = Path("data/sandbox"),
    empty: Annotated[
        bool, typer.Option("--empty", help="Mulai dari folder data yang dikosongkan.")
    ] = False,
    root: Annotated[
        Path | None,
        typer.Option(
            help="Tulis settings.yaml dan credentials.json di folder ini, siap untuk `--root` yang sama.",
        ),
    ] = None,
    faults: Annotated[
        Path | None, typer.Option(help="Berkas JSON berisi gangguan yang disengaja.")
    ] = None,
    latency_ms: Annotated[
        int, typer.Option("--latency-ms", min=0, help="Tambahan waktu setiap panggilan, milidetik.")
    ] = 0,
    quotas: Annotated[
        bool,
        typer.Option(
            "--quotas",
            help="Batasi 60 baca + 60 tulis per menit dan 2.000 email sehari seperti Google.",
        ),
    ] = False,
    smtp_account: Annotated[
        list[str] | None,
        typer.Option(
            "--smtp-account",
            metavar="NAMA:SANDI",
            help="Server email hanya menerima yang masuk dengan nama dan sandi ini; boleh berulang.",
        ),
    ] = None,
) -> int:
    """Jalankan Google tiruan di komputer ini, untuk mencoba.

    Sheets, Drive, Gmail, Forms, dan kotak surat. Setelah siap, satu baris JSON dicetak: alamat, kunci akun Loket, kunci akun petugas, dan alamat SMTP.
    Berjalan sampai Ctrl-C.
    """
    from sync.core.mendable import Mendable
    from sync.sandbox.frame import GoogleError
    from sync.sandbox.server import serve

    try:
        return serve(
            data,
            port=port,
            empty=empty,
            root=root,
            faults=faults,
            latency_ms=latency_ms,
            quotas=quotas,
            smtp_accounts=_accounts(smtp_account or []),
        )
    except (OSError, ValueError, GoogleError) as error:
        raise Mendable.one(
            "sandbox-tidak-bisa-mulai",
            where=f"sandbox --port {port} --data {data}",
            found=str(error),
            allowed="port yang bebas, folder data yang boleh ditulis dan tidak sedang dipakai, berkas gangguan yang benar",
        ) from error


def _accounts(given: list[str]) -> dict[str, str] | None:
    accounts = {}
    for each in given:
        name, colon, password = each.partition(":")
        if not (name and colon and password):
            raise ValueError("--smtp-account: harus NAMA:SANDI")
        accounts[name] = password
    return accounts or None
