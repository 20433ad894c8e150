"""A new service's files: drafted from its sheet and form, checked as `check` would, written together or not at all."""

import contextlib
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sync.core.mendable import Mendable, Problem
from sync.core.workflow.draft import (
    RUN,
    Draft,
    FormSeen,
    draft_of,
    form_tab,
    letter_text,
    workflow_text,
)
from sync.core.workflow.letter_facts import LETTER_FACTS
from sync.core.workflow.model import Workflow
from sync.core.workflow.read import read_workflow
from sync.core.yaml_text import read_yaml
from sync.google.first_look import tabs_of
from sync.google.forms import Forms
from sync.google.probe import trouble_of
from sync.google.refusals import Refused
from sync.google.sheet_check import access_problems, look_at
from sync.google.transport import Transport
from sync.letter.check import template_problems
from sync.web.assistant.place import Place

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked for; "" is left to the guess. `sheet` and `form` are ids, `letter` the name of a letter that
    is there already."""

    sheet: str
    form: str = ""
    tab: str = ""
    name: str = ""
    title: str = ""
    letter: str = ""


def draft(place: Place, transport: Transport, wanted: Wanted, account: str) -> Draft:
    """Reads the sheet and the form; writes nothing. Raises Mendable with everything that hinders, and Failure."""
    if wanted.name:
        _ensure_free(place, wanted.name)
    facts = look_at(transport, wanted.sheet)
    if stops := access_problems(facts, account):
        raise Mendable.of(stops)
    form = _form(transport, wanted.form, account) if wanted.form else None
    tab = form_tab(tabs_of(transport, wanted.sheet), wanted.tab, form)
    own = place.own_workflows()
    made = draft_of(
        tab,
        form,
        sheet=wanted.sheet,
        sheet_title=facts.title,
        own=tuple(place.settings().columns.model_dump().values()),
        title=wanted.title,
        name=wanted.name,
        names={*own, *place.ready_made()},
        prefixes=_prefixes(place),
    )
    _ensure_own_tab(own, made)
    return replace(made, template=_template(place, made, wanted.letter))


def _form(transport: Transport, form: str, account: str) -> FormSeen:
    try:
        return Forms(transport).seen(form)
    except Refused as refusal:
        if trouble_of(refusal) not in ("403", "404"):  # an API that is off is no sharing
            raise
        raise Mendable.one(
            "formulir-tidak-terbaca",
            where=f"https://docs.google.com/forms/d/{form}/edit",
            found="akun Loket belum boleh membaca formulir ini, atau formulirnya sudah dihapus",
            allowed=f"buka formulir → ⋮ → Tambahkan kolaborator → {account or 'akun Loket'} sebagai Penyunting; "
            "tanpa tautan formulir, jenis isian ditebak dari judul kolom saja",
            run=RUN,
        ) from refusal


def _prefixes(place: Place) -> set[str]:
    """Of the office's services, and of those that Loket comes with."""
    texts = [place.workflow_text(name) for name in {*place.own_workflows(), *place.ready_made()}]
    found = set()
    for text in texts:
        with contextlib.suppress(Mendable):
            node = read_yaml(text, file="")[0].get("prefix")
            found.add(node.text if node else "")
    return found


def _ensure_own_tab(own: dict[str, str], made: Draft) -> None:
    for name, text in own.items():
        try:
            other = read_workflow(text, file=f"workflows/{name}.yaml")
        except Mendable:
            continue  # told by check
        if (other.sheet, other.tab) == (made.sheet, made.tab):
            raise Mendable.one(
                "tab-kembar",
                where=f'tab "{made.tab}"',
                found=f"tab ini sudah dipakai layanan {name} ({other.title})",
                allowed="satu tab untuk satu layanan",
                run=RUN,
            )


def _ensure_free(place: Place, name: str) -> None:
    if not _NAME.fullmatch(name):
        allowed = "huruf kecil, angka, dan tanda hubung, misalnya surat-domisili"
        raise Mendable.one(
            "nama-layanan", where="nama", found=f'"{name}"', allowed=allowed, run=RUN
        )
    folder = place.folder / "workflows"
    there = [file for file in (folder / f"{name}.yaml", folder / f"{name}.yml") if file.exists()]
    if there:
        raise Mendable.one(
            "nama-terpakai",
            where=str(there[0]),
            found=f"layanan {name} sudah ada; berkasnya tidak diubah",
            allowed="nama lain",
            run=RUN,
        )


def _template(place: Place, made: Draft, letter: str) -> str:
    """A letter that is there, when its names fit; else the place of a new one."""
    if not letter:
        names = (made.name, *(f"{made.name}-{number}" for number in range(2, 99)))
        return next(f"letters/{name}.html" for name in names if not _letter_files(place, name))
    if not re.fullmatch(r"[\w-]{1,60}", letter, re.ASCII) or not _letter_files(place, letter):
        there = sorted(
            {
                file.stem
                for folder in place.template_dirs
                for file in (folder / "letters").glob("[!_]*.html")
            }
        )
        raise Mendable.one(
            "surat-tidak-ada",
            where=f"--letter {letter}",
            found=f"surat letters/{letter}.html tidak ada",
            allowed=", ".join(there),
            run=RUN,
        )
    template = f"letters/{letter}.html"
    known = {*LETTER_FACTS, *(field.name for field in made.guess.fields)}
    if found := template_problems(place.template_dirs, template, known):
        raise Mendable.of(found)
    return template


def _letter_files(place: Place, name: str) -> list[Path]:
    files = [folder / "letters" / f"{name}.html" for folder in place.template_dirs]
    return [file for file in files if file.exists()]


def checked(place: Place, made: Draft) -> Workflow:
    """The workflow as it will be read. Raises Mendable for what `check` would say of it or of its letter."""
    workflow = read_workflow(workflow_text(made), file=f"workflows/{made.name}.yaml")
    known = {*LETTER_FACTS, *workflow.fields}
    with tempfile.TemporaryDirectory() as folder:
        dirs: Sequence[Path] = place.template_dirs
        if _is_new(place, made):
            file = Path(folder) / made.template
            file.parent.mkdir()
            file.write_text(letter_text(made), encoding="utf-8")
            dirs = (Path(folder), *dirs)
        found: list[Problem] = template_problems(dirs, made.template, known)
    if found:
        raise Mendable.of(found)
    return workflow


def write(place: Place, made: Draft) -> list[Path]:
    """The files that were written: the workflow, and the letter where it is new. Raises Mendable, and then none is."""
    checked(place, made)
    workflow = place.workflow_file(made.name)
    letter = place.folder / "templates" / made.template
    is_new = _is_new(place, made)
    if is_new:
        _write_new(letter, letter_text(made))
    try:
        _write_new(workflow, workflow_text(made))
    except BaseException:
        if is_new:
            letter.unlink(missing_ok=True)
        raise
    return [workflow, letter] if is_new else [workflow]


def _is_new(place: Place, made: Draft) -> bool:
    return not _letter_files(place, Path(made.template).stem)


def _write_new(path: Path, text: str) -> None:
    """There whole or not at all, and never in place of another. Raises Mendable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        unfinished = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            unfinished.chmod(0o644)
            _take_place(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise Mendable.one(
            "berkas-tidak-tersimpan",
            where=str(path),
            found=str(error.strerror or error),
            allowed="folder yang dapat ditulis, di disk yang tidak penuh",
            run=RUN,
        ) from error


def _take_place(unfinished: Path, path: Path) -> None:
    """Raises Mendable where somebody else made one meanwhile."""
    try:
        if os.name == "nt":
            unfinished.rename(path)  # which never replaces there
        else:
            path.hardlink_to(unfinished)
    except FileExistsError:
        raise Mendable.one(
            "nama-terpakai",
            where=str(path),
            found="berkas itu baru saja dibuat oleh orang lain; tidak diubah",
            allowed="nama lain",
            run=RUN,
        ) from None
    except OSError:
        if os.name == "nt" or path.exists():
            raise
        unfinished.rename(path)  # a disk without hard links
