"""`report`: the office's daily report, or its province's."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli import screen
from sync.cli.options import AsJson, RootFolder, root_of, which_office
from sync.cli.report_shown import day_of, show, wrong_choice
from sync.core.mendable import Mendable

if TYPE_CHECKING:
    from sync.cli.root import Root
    from sync.cli.wiring import Wiring
    from sync.core.report.report import DayReport


def report(
    context: typer.Context,
    day: Annotated[
        str | None,
        typer.Option("--date", help="Hari laporan, misalnya 4-5-2020. Bawaan: hari ini."),
    ] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Tulis juga sebagai berkas Excel.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="Tulis juga sebagai PDF.")] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Kirim sekarang kepada report.to yang belum menerimanya.")
    ] = False,
    province: Annotated[
        bool, typer.Option("--province", help="Gabungan kabupaten/kota di province.regencies.")
    ] = False,
    sample: Annotated[
        bool, typer.Option("--sample", help="Dengan --province: contoh, Kaltim 4 Mei 2020.")
    ] = False,
    as_json: AsJson = False,
    root: RootFolder = None,
) -> int:
    """Laporan harian: diterima, selesai, ditolak, menunggu, dan stok.

    Di layar, sebagai JSON, Excel, PDF, atau email. Untuk provinsi: jumlah semua kabupaten/kota, dan lama suket habis.
    """
    office = root_of(context, root)
    if sample and not province:
        raise wrong_choice(
            "--sample", "contoh hanya ada untuk provinsi", "report --province --sample"
        )
    if province:
        if send or (sample and day):
            wrong = "--send" if send else "--date"
            raise wrong_choice(wrong, "tidak dapat bersama pilihan ini", "report --province")
        from sync.cli.report_province import show_province

        return show_province(office, day, xlsx=xlsx, pdf=pdf, as_json=as_json, sample=sample)
    if office.offices():
        raise which_office(office)
    return _show_day(office, day, xlsx=xlsx, pdf=pdf, as_json=as_json, send=send)


def _show_day(
    office: "Root",
    text: str | None,
    *,
    xlsx: Path | None,
    pdf: Path | None,
    as_json: bool,
    send: bool,
) -> int:
    from sync.cli.report_wiring import maker_of
    from sync.cli.wiring import assembled, now
    from sync.core.report.report import told
    from sync.core.report.tables import day_heading, day_notes, day_tables, day_until

    at = now()
    day = day_of(text, office, at)
    with assembled(office) as wiring:
        maker = maker_of(wiring, office.workflows()[0])
        made = maker.make(day, at, *maker.stock_if_any(day))
        settings = office.settings.office
        heading = (settings.government, settings.name, day_heading(made), day_until(made))
        if as_json:
            screen.as_json(told(made))
        else:
            show(heading, day_tables(made), day_notes(made))
        if xlsx:
            from sync.cli.report_file import write_workbook

            write_workbook(xlsx, heading, day_tables(made), day_notes(made))
            screen.say(f"Ditulis: {xlsx}")
        if pdf:
            from sync.cli.report_file import write_pdf
            from sync.worker.report_mail import order

            write_pdf(pdf, order(made, office.settings), office)
            screen.say(f"Ditulis: {pdf}")
        return _send(wiring, made) if send else 0


def _send(wiring: "Wiring", made: "DayReport") -> int:
    """To whom it has not reached. A worker that is running does it; else this program does."""
    from sync.cli.one_worker import FILE, locked_file
    from sync.cli.report_wiring import mails_of
    from sync.core.delivery import IntentState
    from sync.ledger.office_mails import About

    to = wiring.root.settings.report.to
    if not to:
        raise Mendable.one(
            "laporan-tanpa-penerima",
            where="settings.yaml, report.to",
            found="kosong",
            allowed="daftar alamat email, misalnya [kepala@disdukcapil.example.go.id]",
            run="python loket.py report --send",
        )
    with wiring.ledger.begin() as tx:
        tx.reports.keep(made)
        for mail in tx.office_mails.of(About.REPORT, made.day):
            if mail.address in to and mail.state in (IntentState.FAILED, IntentState.UNCERTAIN):
                tx.office_mails.begin_afresh(mail, made.made_at)
        tx.office_mails.plan(About.REPORT, made.day, to, made.made_at)
    try:
        lock = locked_file(wiring.root.data / FILE)
    except Mendable:
        screen.say("Loket yang sedang berjalan mengirimnya dalam beberapa menit.")
        return 0
    with lock:
        mails = mails_of(wiring)
        mails.send_due()
    with wiring.ledger.reading() as look:
        sent = [mail for mail in look.office_mails.of(About.REPORT, made.day) if mail.address in to]
    for mail in sent:
        reached = mail.state is IntentState.DELIVERED
        result = "terkirim" if reached else f"belum terkirim. {mail.reason}"
        screen.say(f"{mail.address}: {result}", style="" if reached else "red")
    return 0 if all(mail.state is IntentState.DELIVERED for mail in sent) else 1
