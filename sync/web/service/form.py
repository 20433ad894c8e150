"""The page's fields and the file's values, both ways: what stands in the file by the names of the inputs, and what a sent
form changes in it. A name is the value's dotted path (`fields.nik.type`); what the page does not show is not touched.
"""

from collections.abc import Iterator, Mapping

from sync.core.fieldtypes import TYPES
from sync.core.workflow.edit import Add, Change, Move, Put, Remove, Rename
from sync.core.workflow.guess import Question, guess
from sync.core.workflow.model import Duplicates
from sync.core.yaml_text import Node, Plain
from sync.web.service.rule_kinds import Incomplete, Known, expression, known, sentence

YES = "ya"
SIMPLE = {
    "title": True,
    "prefix": True,
    "sheet": True,
    "tab": True,
    "form": False,
    "applicant.name": True,
    "applicant.email": False,
    "applicant.phone": False,
    "applicant.reference": False,
    "review": False,
    "letter.template": True,
    "letter.number": True,
    "letter.file": False,
    "letter.valid_months": False,
    "letter.classification": False,
}
"""Values of one line, and whether the file must have them."""
DEFAULTS = {"review": "petugas"}
OF_FIELD = ("question", "type", "min", "max", "options")
NEW_FIELD, NEW_RULE, OWN = "baru", "aturan", "sendiri"


class Unfit(Exception):
    """What the form lacks, by the name of the input; Indonesian."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__(", ".join(wrong))
        self.wrong = wrong


def stored(root: Node) -> dict[str, str]:
    """The file's values by the names of their inputs; a tick is `ya` or nothing."""
    values = {name: _text(root, *name.split(".")) or DEFAULTS.get(name, "") for name in SIMPLE}
    deliver = root.get("deliver")
    values["deliver"] = ", ".join(item.text for item in deliver.items) if deliver else "email"
    duplicates = root.get("duplicates")
    same = duplicates.get("same") if duplicates else None
    values["duplicates.then"] = (_text(root, "duplicates", "then") or "warn") if duplicates else ""
    days = _text(root, "duplicates", "within_days")
    values["duplicates.within_days"] = days or str(Duplicates.model_fields["within_days"].default)
    for place, (name, field) in enumerate(fields_of(root).items(), 1):
        values |= {f"fields.{name}.{key}": _text(field, key) for key in OF_FIELD}
        values[f"fields.{name}.type"] = _text(field, "type") or "text"
        options = field.get("options")
        values[f"fields.{name}.options"] = (
            "\n".join(i.text for i in options.items) if options else ""
        )
        values[f"fields.{name}.required"] = "" if _text(field, "required") in _NO else YES
        values[f"fields.{name}.urutan"] = str(place)
        values[f"fields.{name}.hapus"] = ""
        chosen = same is not None and name in [item.text for item in same.items]
        values[f"duplicates.same.{name}"] = YES if chosen else ""
    for place, rule in enumerate(rules_of(root)):
        values |= {f"rules.{place}.{key}": text for key, text in _rule(rule).items()}
    return values


_NO = ("tidak", "false", "no", "off", "0", "n", "f")


def fields_of(root: Node) -> dict[str, Node]:
    fields = root.get("fields")
    return fields.table if fields else {}


def rules_of(root: Node) -> list[Node]:
    rules = root.get("rules")
    return rules.items if rules else []


def _text(node: Node, *steps: str) -> str:
    for step in steps:
        below = node.get(step)
        if below is None:
            return ""
        node = below
    return node.text


def _rule(rule: Node) -> dict[str, str]:
    key = next((key for key in ("unless", "warn_if") if rule.get(key)), "unless")
    text = _text(rule, key)
    found = known(key, text)
    parts = {"kind": found.kind, "a": found.a, "b": found.b, "value": found.value} if found else {}
    empty = dict.fromkeys(("kind", "a", "b", "value", "hapus"), "")
    return {**empty, "key": key, "say": _text(rule, "say"), "expression": text, **parts}


def is_tick(name: str) -> bool:
    return name.startswith("duplicates.same.") or name.endswith((".required", ".hapus"))


def given(old: Mapping[str, str], form: Mapping[str, str]) -> dict[str, str]:
    """The file's values with those that the form sent in place; a tick that was not sent was taken away."""
    return {
        name: _given(form[name], value) if name in form else "" if is_tick(name) else value
        for name, value in old.items()
    }


def _given(text: str, old: str) -> str:
    """What only differs in spaces around it is the same."""
    return old if _clean(text) == _clean(old) else _clean(text)


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def changes_of(root: Node, form: Mapping[str, str]) -> list[Change]:
    """Raises Unfit."""
    old = stored(root)
    new = given(old, form)
    wrong: dict[str, str] = {}
    changes = [
        *_simple(root, old, new),
        *_deliver(old, new),
        *_fields(root, old, new, wrong),
        *_new_field(root, form, wrong),
        *_duplicates(root, old, new),
        *_rules(root, old, new, wrong),
        *_new_rule(root, form, wrong),
    ]
    if wrong:
        raise Unfit(wrong)
    return changes


def _simple(root: Node, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for name, needed in SIMPLE.items():
        path = tuple(name.split("."))
        if new[name] != old[name]:
            if new[name] or needed:
                yield Put(path, new[name])
            elif _is_there(root, path):
                yield Remove(path)


def _is_there(root: Node, path: tuple[str, ...]) -> bool:
    for step in path:
        if step not in root.table:
            return False
        root = root.table[step]
    return True


def _deliver(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    if new["deliver"] != old["deliver"]:
        channels: list[Plain] = [part.strip() for part in new["deliver"].split(",") if part.strip()]
        yield Put(("deliver",), channels)


def _fields(
    root: Node, old: Mapping[str, str], new: Mapping[str, str], wrong: dict[str, str]
) -> Iterator[Change]:
    names = list(fields_of(root))
    for name in names:
        yield from _field(name, old, new)
    places = {}
    for name in names:
        text = new[f"fields.{name}.urutan"]
        if not text.isdecimal():
            wrong[f"fields.{name}.urutan"] = "tulis bilangan bulat"
            text = "0"
        # Who was sent to a place that is taken comes before the one that has it, or behind when it came from above.
        place, was = int(text), int(old[f"fields.{name}.urutan"])
        places[name] = place + (0.5 if place > was else -0.5 if place < was else 0)
    order = names.copy()
    for place, name in enumerate(sorted(names, key=lambda name: places[name])):
        if order[place] != name:
            order.insert(place, order.pop(order.index(name)))
            yield Move(("fields", name), place)
    yield from (Remove(("fields", name)) for name in names if new[f"fields.{name}.hapus"])


def _field(name: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for key in ("question", "type", "min", "max", "options", "required"):
        at, path = f"fields.{name}.{key}", ("fields", name, key)
        if new[at] == old[at]:
            continue
        if key == "required":
            was_written = old[at] != YES
            yield Remove(path) if was_written else Put(path, "false")
        elif key == "options":
            yield from _options(path, new[at])
        elif new[at] or key == "question":
            yield Put(path, new[at])
        else:
            yield Remove(path)


def _options(path: tuple[str, ...], text: str) -> Iterator[Change]:
    options: list[Plain] = [line.strip() for line in text.splitlines() if line.strip()]
    yield Put(path, options) if options else Remove(path)


def _new_field(root: Node, form: Mapping[str, str], wrong: dict[str, str]) -> Iterator[Change]:
    question = _clean(form.get(f"{NEW_FIELD}.question", ""))
    if not question:
        return
    guessed = guess([Question(question)])
    field = guessed.fields[0] if guessed.fields else None
    name = _clean(form.get(f"{NEW_FIELD}.name", "")) or (field.name if field else "")
    kind = form.get(f"{NEW_FIELD}.type", "") or (field.type if field else "text")
    if not name:
        wrong[f"{NEW_FIELD}.name"] = "beri nama, misalnya tempat_lahir"
    elif name in fields_of(root):
        wrong[f"{NEW_FIELD}.name"] = f"isian {name} sudah ada; beri nama lain"
    else:
        value: dict[str, Plain] = {"question": question, "type": kind}
        if not form.get(f"{NEW_FIELD}.required"):
            value["required"] = "false"
        options = _clean(form.get(f"{NEW_FIELD}.options", "")).splitlines()
        if kind in TYPES and TYPES[kind].has_options:
            value["options"] = [line.strip() for line in options if line.strip()]
        yield Put(("fields", name), value)


def _duplicates(root: Node, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    names = [name for name in old if name.startswith("duplicates.")]
    if all(new[name] == old[name] for name in names):
        return
    if not new["duplicates.then"]:
        if "duplicates" in root.table:
            yield Remove(("duplicates",))
        return
    same: list[Plain] = [name.rpartition(".")[2] for name in names if is_tick(name) and new[name]]
    wanted: dict[str, Plain] = {"same": same}
    wanted |= {key: new[f"duplicates.{key}"] for key in ("within_days", "then")}
    duplicates = root.get("duplicates")
    if duplicates is None:
        yield Put(("duplicates",), wanted)
        return
    for key, value in wanted.items():
        changed = any(new[n] != old[n] for n in names if n.startswith(f"duplicates.{key}"))
        if changed:
            yield Put(("duplicates", key), value)


def _rules(
    root: Node, old: Mapping[str, str], new: Mapping[str, str], wrong: dict[str, str]
) -> Iterator[Change]:
    places = range(len(rules_of(root)))
    for place in places:
        was, is_now = (
            {key: values[f"rules.{place}.{key}"] for key in _rule(Node(0, {}))}
            for values in (old, new)
        )
        if was == is_now or is_now["hapus"]:
            continue
        path: tuple[str | int, ...] = ("rules", place)
        if is_now["say"] != was["say"]:
            yield Put((*path, "say"), is_now["say"])
        text = is_now["expression"]
        of_kind = {key: (was[key], is_now[key]) for key in ("key", "a", "b", "value")}
        if was["kind"] and text == was["expression"] and any(a != b for a, b in of_kind.values()):
            try:
                text = _expression(is_now["key"], is_now)
            except Incomplete as lacks:
                wrong[f"rules.{place}.value"] = str(lacks)
                continue
        if text != was["expression"]:
            yield Put((*path, was["key"]), text)
        if is_now["key"] != was["key"]:
            yield Rename((*path, was["key"]), is_now["key"])
    yield from (Remove(("rules", n)) for n in reversed(places) if new[f"rules.{n}.hapus"])


def _expression(key: str, values: Mapping[str, str]) -> str:
    return expression(key, Known(values["kind"], values["a"], values["b"], values["value"]))


def _new_rule(root: Node, form: Mapping[str, str], wrong: dict[str, str]) -> Iterator[Change]:
    values = {
        key: _clean(form.get(f"{NEW_RULE}.{key}", ""))
        for key in ("kind", "a", "b", "value", "key", "say", "expression")
    }
    if not values["kind"]:
        return
    key = values["key"] if values["key"] in ("unless", "warn_if") else "unless"
    say = values["say"]
    if values["kind"] == OWN:
        text = values["expression"]
        if not text:
            wrong[f"{NEW_RULE}.expression"] = "tulis aturannya"
        if not say:
            wrong[f"{NEW_RULE}.say"] = "tulis kalimatnya"
    else:
        try:
            text = _expression(key, values)
            say = say or sentence(Known(values["kind"], values["a"], values["b"], values["value"]))
        except Incomplete as lacks:
            wrong[f"{NEW_RULE}.value"] = str(lacks)
            return
    kept = sum(1 for n in range(len(rules_of(root))) if not form.get(f"rules.{n}.hapus"))
    yield (
        Add(("rules", kept), {key: text, "say": say})
        if "rules" in root.table
        else Put(("rules",), [{key: text, "say": say}])
    )
