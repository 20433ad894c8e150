"""What a workflow's `public:` says to citizens: the shape is the model's affair, what it may say is checked here."""

from urllib.parse import urlsplit

from sync.core.workflow.check import Report
from sync.core.workflow.model import Workflow
from sync.core.yaml_text import Node

LONGEST_SUMMARY, LONGEST_REQUIREMENT, MOST_REQUIREMENTS = 300, 200, 20
FORM_HOSTS = ("docs.google.com", "forms.gle")


def check_public(root: Node, report: Report) -> None:
    public = root.get("public")
    if public is None or not isinstance(public.value, dict):
        return  # the model says so
    report.ensure_filled(public.table.get("summary"), "public.summary", required=False)
    _ensure_short(public.get("summary"), "public.summary", LONGEST_SUMMARY, report)
    requirements = public.get("requirements")
    items = requirements.items if requirements and isinstance(requirements.value, list) else []
    if requirements and len(items) > MOST_REQUIREMENTS:
        report.add(
            "persyaratan-terlalu-banyak",
            requirements.line,
            f"public.requirements: {len(items)}",
            f"paling banyak {MOST_REQUIREMENTS}",
        )
    for item in items:
        report.ensure_filled(item, "public.requirements")
        _ensure_short(item, "public.requirements", LONGEST_REQUIREMENT, report)
    form = public.get("form")
    if form is not None and isinstance(form.value, str) and not is_form_link(form.text):
        report.add(
            "tautan-formulir",
            form.line,
            f'public.form: "{form.text[:80]}"',
            "tautan untuk pengisi: https://docs.google.com/forms/d/e/…/viewform atau https://forms.gle/…",
        )


def is_form_link(text: str) -> bool:
    """Where citizens fill the form in: never the editor's page."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    plain = text.isascii() and not set(text) & set(" \t\r\n\"'<>")
    return (
        plain
        and parts.scheme == "https"
        and parts.netloc in FORM_HOSTS
        and not parts.path.endswith("/edit")
    )


def form_link(workflow: Workflow) -> str:
    """Where citizens fill the form in; "" where no form is known."""
    if workflow.public.form or workflow.form is None:
        return workflow.public.form
    return f"https://docs.google.com/forms/d/{workflow.form}/viewform"


def is_shown(workflow: Workflow) -> bool:
    """Whether citizens' pages offer the service."""
    shown = workflow.public.show
    return bool(form_link(workflow)) if shown is None else shown


def _ensure_short(node: Node | None, where: str, longest: int, report: Report) -> None:
    if node is not None and isinstance(node.value, str) and len(node.text) > longest:
        report.add(
            "teks-terlalu-panjang",
            node.line,
            f"{where}: {len(node.text)} huruf",
            f"paling panjang {longest} huruf",
        )
