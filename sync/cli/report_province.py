"""`report --province`: the regencies' lines, read where each of them publishes, and their table."""

from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sync.cli import screen
from sync.cli.report_shown import day_of, show
from sync.core.mendable import Mendable
from sync.core.outcomes import Failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.cli.root import Root
    from sync.core.report.line import Line
    from sync.core.report.province import ProvinceDay, Regency
    from sync.core.settings import Regency as Source
    from sync.google.transport import Transport

LOOK_BACK = timedelta(days=31)
_OFF = "laporan hariannya belum dinyalakan: isi report.to, report.stock_tab, atau report.publish di settings.yaml kantor itu"


def show_province(
    office: "Root",
    text: str | None,
    *,
    xlsx: Path | None,
    pdf: Path | None,
    as_json: bool,
    sample: bool,
) -> int:
    from sync.cli.wiring import now
    from sync.core.board import zoned_text
    from sync.core.report.province import told_province
    from sync.core.report.tables import province_heading, province_notes, province_table

    at = now()
    made = _sample() if sample else _province(office, day_of(text, office, at))
    written = zoned_text(at, ZoneInfo(office.settings.office.timezone))
    heading = (made.name, province_heading(made), f"Dibuat {written}")
    tables, notes = (province_table(made),), province_notes(made)
    if as_json:
        screen.as_json(told_province(made))
    else:
        show(heading, tables, notes)
    if xlsx:
        from sync.cli.report_file import write_workbook

        write_workbook(xlsx, heading, tables, notes)
        screen.say(f"Ditulis: {xlsx}")
    if pdf:
        from sync.cli.report_file import write_pdf
        from sync.core.report.paper import PROVINCE_TEMPLATE, province_paper
        from sync.letter.order import LetterOrder

        paper = province_paper(made, office.settings.office.model_dump(), written)
        write_pdf(
            pdf, LetterOrder(PROVINCE_TEMPLATE, paper, paper["judul"], (paper["hari"],)), office
        )
        screen.say(f"Ditulis: {pdf}")
    return 0


def _sample() -> "ProvinceDay":
    from sync.core.report.sample import sample

    return sample()


def _province(office: "Root", day: date) -> "ProvinceDay":
    from sync.core.report.province import province_day

    return province_day(province_name(office), regencies(office, day), day)


def province_name(office: "Root") -> str:
    return office.settings.province.name or "Provinsi"


def regencies(office: "Root", day: date) -> "list[Regency]":
    """What each of them reported until that day. Raises Mendable where none is named."""
    from sync.cli.wiring import assembled

    sources = office.settings.province.regencies or _own_offices(office)
    if not sources:
        raise Mendable.one(
            "provinsi-tanpa-kabupaten",
            where="settings.yaml, province.regencies",
            found="kosong",
            allowed="{name: Kota Samarinda, sheet: tautan Google Sheet laporannya} untuk setiap kabupaten/kota",
            run="python loket.py report --province --sample",
        )
    with assembled(office) as wiring:
        return [_regency(office, source, day, lambda: wiring.transport) for source in sources]


def _own_offices(office: "Root") -> "list[Source]":
    """Those that this installation serves, where the settings name none."""
    from sync.core.settings import Regency as Source

    found = []
    for own in office.offices():
        name = own.tenant
        with suppress(Mendable):  # told with the regency
            name = own.settings.office.government.removeprefix("Pemerintah ")
        found.append(Source(name=name, folder=f"{own.folder.parent.name}/{own.folder.name}"))
    return found


def _regency(
    office: "Root", source: "Source", day: date, transport: "Callable[[], Transport]"
) -> "Regency":
    """What it reported; one that can't be read says why and stops no other."""
    from sync.core.report.province import Regency

    try:
        if source.folder:
            return Regency(source.name, *_from_ledger(office, source, day))
        lines, problems = _from_sheet(source.sheet, transport())
    except Mendable as error:
        return Regency(source.name, problems=(str(error.problems[0]),))
    except Failure as failure:
        return Regency(source.name, problems=(failure.reason,))
    return Regency(source.name, lines, problems)


def _from_sheet(sheet: str, transport: "Transport") -> "tuple[dict[date, Line], tuple[str, ...]]":
    from sync.core.report.line import TITLE, read_lines
    from sync.core.workflow.links import sheet_id
    from sync.google.report_tab import LINES, ReportTab

    rows = ReportTab(transport, sheet_id(sheet) or sheet, LINES).read()
    if rows is None:
        return {}, (f'tab "{TITLE}" tidak ada di Google Sheet-nya',)
    lines, problems = read_lines(rows)
    return lines, tuple(str(problem) for problem in problems)


def _from_ledger(
    office: "Root", source: "Source", day: date
) -> "tuple[dict[date, Line], tuple[str, ...]]":
    from sync.cli.report_wiring import wanted
    from sync.cli.root import Root

    folder = (office.folder / source.folder).resolve()
    if not folder.is_dir():
        raise Mendable.one(
            "folder-tidak-ditemukan",
            where=f"settings.yaml, province.regencies, {source.name}: folder: {source.folder}",
            found=f"folder {folder} tidak ada",
            allowed="folder Loket kantor itu di komputer ini",
        )
    root = Root.of(folder)
    lines = _kept(root, day)
    return lines, () if day in lines or wanted(root) else (_OFF,)


def _kept(root: "Root", day: date) -> "dict[date, Line]":
    from sync.cli.wiring import open_ledger
    from sync.core.report.line import line_of

    if not root.has_ledger:
        return {}  # it never ran; nothing is made in its folder
    ledger = open_ledger(root)
    try:
        with ledger.reading() as look:
            kept = look.reports.kept(day - LOOK_BACK, day)
    finally:
        ledger.close()
    return {one: line_of(found.report) for one, found in kept.items()}
