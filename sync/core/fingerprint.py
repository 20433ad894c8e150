"""A stable fingerprint of the answers a workflow reads: it tells whether they changed, not what they are.

Keyed by field and role, not by header, so renaming a question (in the sheet and the workflow) changes nothing.
An empty answer is like an absent one: a question added later changes no row that leaves it empty.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping

from sync.core.cells import cell_text
from sync.core.desk import Cell
from sync.core.workflow.model import Workflow


def fingerprint(workflow: Workflow, answers: Mapping[str, Cell]) -> str:
    """32 hex characters of SHA-256 over the canonical texts. `answers` are keyed by question header."""
    texts = {
        key: text
        for key, question in _keys(workflow).items()
        if (text := _canonical(answers.get(question, "")))
    }
    canonical = json.dumps(texts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


def _keys(workflow: Workflow) -> dict[str, str]:
    applicant = workflow.applicant
    roles = {
        "name": applicant.name,
        "email": applicant.email,
        "phone": applicant.phone,
        "reference": applicant.reference,
    }
    keys = {f"applicant.{role}": question for role, question in roles.items() if question}
    return keys | {f"field.{name}": field.question for name, field in workflow.fields.items()}


def _canonical(cell: Cell) -> str:
    text = cell_text(cell).replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text).strip()
