"""Step 4: which service it is. One that Loket comes with, its questions laid beside the sheet's own titles; or one made
from the form's questions."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sync.core.headers import find_columns, nearest, normal
from sync.core.mendable import Mendable, Problem
from sync.core.workflow.draft import Draft
from sync.core.workflow.edit import Add, Change, Put, Remove, edited
from sync.core.workflow.links import PLACEHOLDER
from sync.core.workflow.model import Workflow
from sync.core.workflow.read import read_workflow
from sync.core.yaml_text import read_yaml
from sync.google.first_look import tabs_of
from sync.web.assistant.step import Desk, Form, Wrong, ensure_unchanged
from sync.web.local.files import digest_of, write_whole
from sync.web.service.making import Wanted, draft, write
from sync.web.service.page import PLAIN_TYPES

NOT_THERE = ""
"""The choice for a question that the form does not ask."""
ASKED = "q."
"""Fields of the form that lay a question beside a title begin so."""


class ServiceStep:
    name, title = "layanan", "Layanan"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def show(self, query: Mapping[str, str]) -> dict[str, Any]:
        place, progress = self._desk.place, self._desk.progress
        chosen = query.get("pilih", "")
        shown: dict[str, Any] = {
            "sheet": progress.sheet,
            "chosen": "",
            "draft": None,
            "types": PLAIN_TYPES,
            "service": self._desk.service,
            "ready": [(name, self._title(name)) for name in place.ready_made()],
            "own": [(name, self._title(name)) for name in place.services()],
        }
        if chosen in place.ready_made() and progress.sheet:
            workflow, needed = place.workflow(chosen), self._needed(chosen)
            titles = self._titles()
            stored = self._stored(chosen)
            shown |= {
                "chosen": chosen,
                "workflow": workflow,
                "titles": [title for title in titles if title.strip()],
                "questions": _laid(workflow, titles, needed),
                "stored": stored,
                "seen": digest_of(stored),
                "moves": chosen in place.services() and stored["sheet"] != progress.sheet["id"],
            }
        elif query.get("buat") and progress.sheet:
            shown["draft"] = self._draft(query.get("judul", ""))
        return shown

    def take(self, form: Form) -> str:
        place, progress = self._desk.place, self._desk.progress
        if form.get("aksi") == "lanjut":
            self._desk.finish(self.name, service=form.get("layanan", ""))
            return "/email"
        if form.get("aksi") == "buat":
            return self._make(form.get("judul", ""))
        name = form.get("pilih", "")
        if name not in place.ready_made():
            raise Wrong(Problem("layanan", "halaman ini", "layanan itu tidak ada"))
        if not progress.sheet:
            return "/sheet"
        ensure_unchanged(form, self._stored(name))
        workflow = place.workflow(name)
        titles = self._titles()
        laid = {question: form.get(ASKED + question, "") for question in workflow.questions}
        left = [one for one, title in laid.items() if title not in titles or not title.strip()]
        needed = self._needed(name) if left else set()
        wrong = {ASKED + one: _missing(workflow, one) for one in left if one in needed}
        if wrong:
            raise Wrong(fields=wrong)
        text = place.workflow_text(name)
        file = f"workflows/{name}.yaml"
        keys = list(read_yaml(text, file=file)[0].table)
        new = edited(text, _changes(workflow, laid, progress.sheet, keys), file=file)
        made = read_workflow(new, file=file)
        self._ensure_fits(made, titles)
        write_whole(place.workflow_file(name), new.encode())
        self._desk.finish(self.name, service=name)
        return "/email"

    def _make(self, title: str) -> str:
        made = self._draft(title)
        write(self._desk.place, made)
        self._desk.finish(self.name, service=made.name)
        return f"/ubah/{made.name}?tersimpan=baru"

    def _draft(self, title: str) -> Draft:
        """From the sheet's titles and the form's questions, as `new` makes it. Raises Mendable, Failure."""
        sheet = self._desk.progress.sheet
        wanted = Wanted(sheet["id"], sheet.get("form", ""), sheet["tab"], title=title.strip())
        with self._desk.google() as transport:
            return draft(self._desk.place, transport, wanted, self._desk.account())

    def _ensure_fits(self, made: Workflow, titles: Sequence[str]) -> None:
        """Raises Wrong, Mendable."""
        twin = next(
            (
                one
                for one in self._others(made.name)
                if (one.sheet, one.tab) == (made.sheet, made.tab)
            ),
            None,
        )
        if twin:
            raise Wrong(
                Problem(
                    "tab-kembar",
                    f'tab "{made.tab}"',
                    f"tab ini sudah dipakai layanan {twin.title}",
                    "satu tab untuk satu layanan: pilih sheet atau tab yang lain di langkah Sheet jawaban",
                )
            )
        find_columns(titles, made.questions, where=f'tab "{made.tab}", baris 1')
        problems = self._desk.lent.letter_problems(made)
        if problems:
            raise Mendable.of(problems)

    def _others(self, name: str) -> list[Workflow]:
        found = []
        for other, text in self._desk.place.own_workflows().items():
            if other != name and PLACEHOLDER not in text:
                try:
                    found.append(read_workflow(text, file=f"workflows/{other}.yaml"))
                except Mendable:
                    continue  # told by check, and not in the way here
        return found

    def _titles(self) -> tuple[str, ...]:
        """Row 1 of the chosen tab, as it is now. Raises Wrong where the tab is gone, Mendable, Failure."""
        sheet = self._desk.progress.sheet
        with self._desk.google() as transport:
            tab = next(
                (one for one in tabs_of(transport, sheet["id"]) if one.title == sheet["tab"]), None
            )
        if tab is None:
            raise Wrong(
                Problem(
                    "tab-tidak-ditemukan",
                    f'sheet "{sheet["title"]}"',
                    f'tab "{sheet["tab"]}" tidak ada lagi; mungkin berganti nama',
                    "buka langkah Sheet jawaban dan pilih tabnya sekali lagi",
                )
            )
        return tab.titles

    def _needed(self, name: str) -> set[str]:
        """The questions that the form must ask. Besides those that every applicant answers: whatever a rule, the letter or
        its number names, for without its field the service would be no service."""
        workflow = self._desk.place.workflow(name)
        text = self._desk.place.workflow_text(name).replace(PLACEHOLDER, "belum-diisi")
        before = self._letter_problems(workflow)
        needed = _of_every_applicant(workflow)
        for question in set(workflow.questions) - needed:
            changes = [Remove(path) for path in _places(workflow, question)]
            file = f"workflows/{name}.yaml"
            try:
                without = read_workflow(edited(text, changes, file=file), file=file)
            except Mendable:
                needed.add(question)
            else:
                if self._letter_problems(without) - before:
                    needed.add(question)
        return needed

    def _letter_problems(self, workflow: Workflow) -> set[tuple[str, str]]:
        return {(one.name, one.where) for one in self._desk.lent.letter_problems(workflow)}

    def _stored(self, name: str) -> dict[str, str]:
        """The office's file for this service, as it is now: a change by somebody else is seen."""
        own = self._desk.place.own_workflows().get(name, "")
        sheet = self._desk.place.workflow(name).sheet if own else ""
        return {"file": digest_of(own) if own else "", "sheet": sheet}

    def _title(self, name: str) -> str:
        try:
            return self._desk.place.workflow(name).title
        except Mendable:
            return name


def _laid(
    workflow: Workflow, titles: Sequence[str], needed: Collection[str]
) -> list[dict[str, Any]]:
    """Each question with the title that is surely its own, or that looks most like it."""
    exact = {normal(title): title for title in reversed(titles) if title.strip()}
    taken = {
        exact[normal(question)] for question in workflow.questions if normal(question) in exact
    }
    free = [title for title in titles if title.strip() and title not in taken]
    types = {field.question: field.type for field in workflow.fields.values()}
    laid = []
    for question in workflow.questions:
        sure = exact.get(normal(question), "")
        near = nearest(question, free, 1)
        guess = next((title for title in free if near and near[0] == f'"{title}"'), "")
        laid.append(
            {
                "question": question,
                "title": sure or guess,
                "sure": bool(sure),
                "type": types.get(question, "text"),
                "optional": question not in needed,
            }
        )
    return laid


def _of_every_applicant(workflow: Workflow) -> set[str]:
    """The questions of needed fields and of needed facts of the applicant."""
    needed = {workflow.applicant.name, workflow.applicant.email or ""}
    return needed | {field.question for field in workflow.fields.values() if field.required}


def _places(workflow: Workflow, question: str) -> list[tuple[str, str]]:
    """Where the workflow reads this question."""
    facts = workflow.applicant.model_dump().items()
    places = [("applicant", key) for key, asked in facts if asked == question]
    fields = workflow.fields.items()
    return places + [("fields", key) for key, field in fields if field.question == question]


def _missing(workflow: Workflow, question: str) -> str:
    why = (
        ""
        if question in _of_every_applicant(workflow)
        else ", karena dipakai suratnya atau aturannya; pemohon boleh mengosongkannya"
    )
    return (
        f"layanan ini memerlukan pertanyaan “{question}”{why}. Tambahkan di formulir, lalu muat ulang halaman ini; "
        "atau pilih pertanyaan yang sama artinya"
    )


def _changes(
    workflow: Workflow, laid: Mapping[str, str], sheet: Mapping[str, str], keys: Sequence[str]
) -> list[Change]:
    """`keys` are the file's, in their order."""
    link = f"https://docs.google.com/spreadsheets/d/{sheet['id']}/edit"
    changes: list[Change] = [Put(("sheet",), link), Put(("tab",), sheet["tab"])]
    form = f"https://docs.google.com/forms/d/{sheet['form']}/edit" if sheet.get("form") else ""
    if form and workflow.form is None:
        changes.append(Add(("form",), form, at=keys.index("tab") + 1))
    elif form or workflow.form:
        changes.append(_moved(("form",), form))
    for key, question in workflow.applicant.model_dump().items():
        if question:
            changes.append(_moved(("applicant", key), laid[question]))
    for key, field in workflow.fields.items():
        title = laid[field.question]
        path = ("fields", key)
        changes.append(Put((*path, "question"), title) if title else Remove(path))
    return changes


def _moved(path: tuple[str, ...], title: str) -> Change:
    return Put(path, title) if title else Remove(path)
