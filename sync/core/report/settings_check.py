"""What `report` and `province` of settings.yaml may say, each mistake with its line."""

from sync.core.dates import read_time
from sync.core.emails import read_email
from sync.core.headers import normal
from sync.core.refused import Refused
from sync.core.workflow.check import Report
from sync.core.workflow.links import sheet_id
from sync.core.yaml_text import Node

_SHEET = "tautan Google Sheet, https://docs.google.com/spreadsheets/d/…"


def check_report(root: Node, report: Report) -> None:
    section = root.get("report")
    if section:
        _check_section(section, report)
    province = root.get("province")
    regencies = province.get("regencies") if province else None
    names: set[str] = set()
    for regency in regencies.items if regencies else ():
        _check_regency(regency, names, report)


def _check_section(section: Node, report: Report) -> None:
    at, to, sheet = (section.get(key) for key in ("at", "to", "sheet"))
    if at:
        try:
            read_time(at.text)
        except Refused:
            report.add("jam-salah", at.line, f'report.at: "{at.text[:20]}"', "misalnya 16:00")
    for address in to.items if to else ():
        try:
            read_email(address.text)
        except Refused as refused:
            report.add("nilai-salah", address.line, "report.to", " ".join(refused.reasons))
    if sheet and sheet.text and sheet_id(sheet.text) is None:
        report.add("tautan-salah", sheet.line, f'report.sheet: "{sheet.text[:60]}"', _SHEET)
    publish = section.get("publish")
    if (
        publish
        and publish.text.lower() in ("true", "yes", "on", "1")
        and not (sheet and sheet.text)
    ):
        report.add(
            "laporan-tanpa-sheet",
            publish.line,
            "report.publish: true, tetapi report.sheet kosong",
            "Google Sheet tersendiri: yang dibagikan kepada provinsi tidak boleh memuat jawaban warga",
        )


def _check_regency(regency: Node, names: set[str], report: Report) -> None:
    name, sheet, folder = (
        (regency.get(key) or Node(0, "")).text for key in ("name", "sheet", "folder")
    )
    where = f'province.regencies: "{name[:60]}"'
    if normal(name) in names:
        report.add("nama-ganda", regency.line, where, "setiap kabupaten/kota satu kali")
    names.add(normal(name))
    if bool(sheet) == bool(folder):
        report.add("sumber-laporan", regency.line, where, "sheet atau folder, salah satu")
    elif sheet and sheet_id(sheet) is None:
        report.add("tautan-salah", regency.line, f'{where}, sheet "{sheet[:60]}"', _SHEET)
