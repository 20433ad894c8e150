"""What is wrong with the templates of WhatsApp, SMS and the column "Kirim WA", told before the first message.

Each is filled in with all that a message can know, and with as little as it must. An SMS that would be too long then is
told too: the office pays by the part.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sync.core.delivery import CHAT_KINDS
from sync.core.mendable import Mendable, Problem
from sync.core.settings import Settings
from sync.core.sms_parts import count_parts, plain_text
from sync.core.workflow.model import Workflow
from sync.delivery.email_message import one_line
from sync.delivery.messages import Messages

LINK_FOLDER = "tautan-wa"
LINK_KINDS = ("received", "mend", "ready", "rejected", "cancelled", "uncertain")
_RUN = "python loket.py check"
_NEEDED = {"nama": "Citra Lestari", "referensi": "SKD-26-000000"}
_ALL = {
    **_NEEDED,
    "masalah": ["NIK terdiri atas 16 angka; yang terisi 15."] * 5,
    "catatan": "Foto KTP belum terbaca. " * 10,
    "nomor": "470/0001/DKPS/XI/2026",
    "tautan_perbaikan": "https://docs.google.com/forms/d/e/contoh/viewform",
}


def chat_problems(
    template_dirs: Sequence[Path], settings: Settings, workflows: Iterable[Workflow]
) -> list[Problem]:
    """Of every text that these workflows can send by chat; each problem once."""
    messages = Messages(template_dirs)
    found: dict[Problem, None] = {}
    for workflow in workflows:
        common = {"judul_layanan": workflow.title, "kantor": settings.office.model_dump()}
        for folder, kind in _used(settings, workflow):
            for sample in (_ALL, _NEEDED):
                try:
                    text = messages.compose_chat(folder, kind, {**sample, **common})
                except Mendable as error:
                    found |= dict.fromkeys(error.problems)
                    continue
                if folder == "sms" and (long := _too_long(text, kind, settings.sms.parts)):
                    found[long] = None
    return list(found)


def _used(settings: Settings, workflow: Workflow) -> Iterator[tuple[str, str]]:
    """(folder, kind)"""
    templates = settings.whatsapp.templates.model_dump()
    for kind in CHAT_KINDS:
        if "whatsapp" in workflow.deliver and templates.get(kind.value):
            yield "whatsapp", kind.value
        if "sms" in workflow.deliver and kind.value in settings.sms.kinds:
            yield "sms", kind.value
    if settings.columns.whatsapp and workflow.applicant.phone:
        yield from ((LINK_FOLDER, kind) for kind in LINK_KINDS)


def _too_long(text: str, kind: str, most: int) -> Problem | None:
    parts = count_parts(plain_text(one_line(text)))
    if parts <= most:
        return None
    return Problem(
        "sms-terlalu-panjang",
        f"templates/messages/sms/{kind}.txt",
        f"dengan isian yang panjang SMS ini terdiri atas {parts} bagian",
        f"paling banyak {most} bagian (sms.parts); pendekkan, misalnya {{{{ kalimat|truncate(80, true) }}}}",
        _RUN,
    )
