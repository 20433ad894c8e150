"""Text of a workflow file → Workflow, or one Mendable with every problem, each with file:line.

The shape is checked by the models, the meaning here and in check.py; neither stops the other, so an office mends
a file once. Whether the sheet and the template exist is not known here.
"""

import re
from pathlib import PurePosixPath

from sync.core.delivery import CHAT_CHANNELS, EMAIL_KINDS, Kind
from sync.core.mendable import Mendable
from sync.core.workflow.check import (
    Report,
    check_fields,
    check_letter,
    check_retention,
    check_rules,
)
from sync.core.workflow.links import PLACEHOLDER, form_id, is_placeholder, sheet_id
from sync.core.workflow.model import Workflow
from sync.core.workflow.public import check_public
from sync.core.yaml_models import read_model
from sync.core.yaml_text import Node, read_yaml

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_PREFIX = re.compile(r"[A-Z]{2,5}")
MESSAGES = tuple(kind.value for kind in EMAIL_KINDS)
NOTICES = tuple(kind for kind in MESSAGES if kind not in (Kind.LETTER, Kind.LINK))


def read_letter(text: str, *, file: str) -> tuple[str, frozenset[str]] | None:
    """The letter's template and the fields' names, of a file that may be wrong elsewhere; None where there are none."""
    try:
        root, _ = read_yaml(text, file=file)
    except Mendable:
        return None
    letter, fields = root.get("letter"), root.get("fields")
    template = letter.get("template") if letter else None
    if template is None or not template.text:
        return None
    return template.text, frozenset(fields.table if fields else ())


def read_workflow(text: str, *, file: str) -> Workflow:
    """`file` is shown in the problems; its name without `.yaml` is the workflow's. Raises Mendable."""
    root, written_twice = read_yaml(text, file=file)
    report = Report(file, list(written_twice))
    name = PurePosixPath(file.replace("\\", "/")).stem
    workflow, mismatches = read_model(
        Workflow, _with_ids(root, report), file=file, given={"name": name}
    )
    report.problems += mismatches
    if not _NAME.fullmatch(name):
        report.add(
            "nama-berkas",
            1,
            f'"{name}"',
            "huruf kecil, angka, dan tanda hubung: surat-domisili.yaml",
        )
    if "name" in root.table:
        line = root.table["name"].line
        report.add("kunci-tidak-dikenal", line, '"name"', "nama berkas adalah nama layanan")
    _check_heading(root, report)
    _check_channels(root, report)
    fields = check_fields(root, report)
    check_rules(root, fields, report)
    check_letter(root, fields, report)
    check_retention(root, report)
    check_public(root, report)
    if report.problems:
        raise Mendable.of(report.in_order())
    if workflow is None:
        raise AssertionError("a file without problems gives a workflow")
    return workflow


def _with_ids(root: Node, report: Report) -> Node:
    """The table with the ids of sheet and form in place of their links."""
    table = dict(root.table)
    sheet = root.get("sheet")
    if sheet is not None:
        if is_placeholder(sheet.text):
            report.add(
                "sheet-belum-diisi",
                sheet.line,
                "tautan sheet belum diisi",
                f"ganti {PLACEHOLDER} dengan tautan spreadsheet dari bilah alamat peramban",
            )
        elif found := sheet_id(sheet.text):
            table["sheet"] = Node(sheet.line, found)
        else:
            report.add(
                "sheet-tidak-dikenal",
                sheet.line,
                f'sheet: "{sheet.text[:80]}"',
                "https://docs.google.com/spreadsheets/d/…/edit, atau id-nya",
            )
    form = root.get("form")
    if form is not None:
        if is_placeholder(form.text):
            report.add(
                "form-belum-diisi",
                form.line,
                "tautan formulir belum diisi",
                "tautan editor formulir, atau hapus baris ini",
            )
        elif found := form_id(form.text):
            table["form"] = Node(form.line, found)
        else:
            report.add(
                "form-tidak-dikenal",
                form.line,
                f'form: "{form.text[:80]}"',
                "tautan editor https://docs.google.com/forms/d/…/edit, bukan tautan untuk pengisi",
            )
    return Node(root.line, table)


def _check_heading(root: Node, report: Report) -> None:
    prefix = root.get("prefix")
    if prefix is not None and not _PREFIX.fullmatch(prefix.text):
        report.add(
            "prefix-salah",
            prefix.line,
            f'prefix: "{prefix.text[:40]}"',
            "2 sampai 5 huruf A–Z, misalnya SKD",
        )
    for key in ("title", "tab"):
        report.ensure_filled(root.table.get(key), key)
    for key, kinds in (("messages", MESSAGES), ("attach", NOTICES)):
        for kind, template in (root.get(key) or Node(1, {})).table.items():
            if kind not in kinds:
                report.unknown("pesan-tidak-dikenal", template.line, f"{key}.{kind}", kind, kinds)
            else:
                report.ensure_template(template, f"{key}.{kind}")


def _check_channels(root: Node, report: Report) -> None:
    applicant = root.get("applicant")
    if applicant is None or not isinstance(applicant.value, dict):
        return  # the model says so
    for key in ("name", "email", "phone", "reference"):
        report.ensure_filled(applicant.table.get(key), f"applicant.{key}", required=False)
    receipt = root.get("receipt")
    if receipt is not None and receipt.text in ("ya", "true") and not applicant.get("email"):
        report.add(
            "alamat-pemohon-kurang",
            receipt.line,
            "receipt memerlukan applicant.email",
            "applicant: {name: …, email: judul pertanyaannya}",
        )
    deliver = root.get("deliver")
    if deliver is not None and isinstance(deliver.value, list) and not deliver.items:
        report.add("kirim-kosong", deliver.line, "deliver: []", "email, drive, whatsapp, sms")
    channels = [item.text for item in deliver.items] if deliver else ["email"]
    line = deliver.line if deliver else applicant.line
    if channels and set(channels) <= CHAT_CHANNELS.keys():
        found = f"deliver: {', '.join(channels)} tidak membawa surat, hanya pemberitahuan"
        report.add("surat-tanpa-jalan", line, found, "tambahkan email atau drive")
    for channel in dict.fromkeys(channels):
        if channels.count(channel) > 1:
            report.add("kirim-ganda", line, f'deliver: "{channel}" dua kali', "satu kali saja")
        needed = {"email": "email", "drive": "email", "whatsapp": "phone", "sms": "phone"}.get(
            channel
        )
        if needed and not applicant.get(needed):
            report.add(
                "alamat-pemohon-kurang",
                line,
                f'deliver: "{channel}" memerlukan applicant.{needed}',
                f"applicant: {{name: …, {needed}: judul pertanyaannya}}",
            )
