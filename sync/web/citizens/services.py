"""What citizens read of the office and its services, from settings and workflow files alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sync.core.phones import read_phone
from sync.core.refused import Refused
from sync.core.settings import Settings
from sync.core.whatsapp_link import office_link
from sync.core.workflow.model import Workflow
from sync.core.workflow.public import form_link, is_shown


@dataclass(frozen=True, slots=True)
class Service:
    """`name` is the workflow's; `form` "": the office is asked in person. `days`: promised calendar days, 0: none."""

    name: str
    title: str
    summary: str
    requirements: tuple[str, ...]
    form: str
    days: int


def services_of(workflows: Iterable[Workflow]) -> list[Service]:
    """Those that are shown, by title."""
    shown = [_service(workflow) for workflow in workflows if is_shown(workflow)]
    return sorted(shown, key=lambda service: service.title.casefold())


def nik_questions(workflows: Sequence[Workflow]) -> dict[str, str]:
    """By workflow: the question whose answer is the applicant's NIK, the first of that type. Others have no status page."""
    found = {}
    for workflow in workflows:
        questions = [field.question for field in workflow.fields.values() if field.type == "nik"]
        if questions:
            found[workflow.name] = questions[0]
    return found


def chat_link(settings: Settings) -> str:
    """Opens a chat with the office (`whatsapp.office_number`); "" where it has none."""
    try:
        return office_link(read_phone(settings.whatsapp.office_number))
    except Refused:
        return ""


def _service(workflow: Workflow) -> Service:
    files = [field for field in workflow.fields.values() if field.type == "file"]
    asked = tuple(
        field.question if field.required else f"{field.question} (bila ada)" for field in files
    )
    return Service(
        workflow.name,
        workflow.title,
        workflow.public.summary,
        workflow.public.requirements or asked,
        form_link(workflow),
        workflow.promised_days or 0,
    )
