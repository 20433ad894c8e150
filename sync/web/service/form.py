"""What a sent form changes in a service's file; what the page does not show is not touched."""

import re
from collections.abc import Iterator, Mapping

from sync.core.delivery import CHAT_CHANNELS
from sync.core.fieldtypes import TYPES
from sync.core.workflow.edit import Add, Change, Move, Put, Remove, Rename
from sync.core.workflow.guess import Question, guess
from sync.core.yaml_text import Node, Plain
from sync.web.service.rule_kinds import Incomplete, Known, expression, sentence
from sync.web.service.values import (
    NEEDED_PAPERS,
    NEW_FIELD,
    NEW_RULE,
    OWN,
    SIMPLE,
    START,
    YES,
    clean,
    fields_of,
    given,
    is_tick,
    rule_values,
    rules_of,
    stored,
)


class Unfit(Exception):
    """What the form lacks, by the name of the input; Indonesian."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__(", ".join(wrong))
        self.wrong = wrong


def changes_of(root: Node, form: Mapping[str, str]) -> list[Change]:
    """Raises Unfit."""
    old = stored(root)
    new = given(old, form)
    wrong: dict[str, str] = {}
    changes = [
        *_simple(root, old, new),
        *_first_serials(old, new, wrong),
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
    emptied = [key for key in ("attach", "messages", "public") if _is_emptied(root, key, new)]
    yield from (Remove((key,)) for key in emptied)
    for name, needed in SIMPLE.items():
        path = tuple(name.split("."))
        if new[name] != old[name] and path[0] not in emptied:
            if new[name] or needed:
                yield Put(path, new[name])
            elif _is_there(root, path):
                yield Remove(path)
    if new[NEEDED_PAPERS] != old[NEEDED_PAPERS] and "public" not in emptied:
        yield from _lines(("public", "requirements"), new[NEEDED_PAPERS])


def _is_emptied(root: Node, key: str, new: Mapping[str, str]) -> bool:
    """Whether nothing is to be left of what the file says there."""
    table = root.get(key)
    below = [f"{key}.{one}" for one in table.table] if table else []
    told = any(text for name, text in new.items() if name.startswith(f"{key}."))
    return bool(below) and not told and all(name in new for name in below)


def _is_there(root: Node, path: tuple[str, ...]) -> bool:
    for step in path:
        if step not in root.table:
            return False
        root = root.table[step]
    return True


def _first_serials(
    old: Mapping[str, str], new: Mapping[str, str], wrong: dict[str, str]
) -> Iterator[Change]:
    if new[START] == old[START]:
        return
    lines = [line.strip() for line in new[START].split("\n") if line.strip()]
    found = [re.fullmatch(r"(\d+)\s*:\s*(\d+)", line) for line in lines]
    years: dict[str, Plain] = {one[1]: one[2] for one in found if one}
    if len(years) < len(lines):
        wrong[START] = "satu tahun satu baris, tahun lalu nomor pertamanya, misalnya 2026: 124"
    elif years:
        yield Put(("letter", "start"), years)
    else:
        yield Remove(("letter", "start"))


def _deliver(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    """Those that tell and carry no letter come last."""
    chats = [f"deliver.{name}" for name in CHAT_CHANNELS]
    if all(new[name] == old[name] for name in ("deliver", *chats)):
        return
    channels: list[Plain] = [part.strip() for part in new["deliver"].split(",") if part.strip()]
    channels += [name for name in CHAT_CHANNELS if new[f"deliver.{name}"]]
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
            yield from _lines(path, new[at])
        elif new[at] or key == "question":
            yield Put(path, new[at])
        else:
            yield Remove(path)


def _lines(path: tuple[str, ...], text: str) -> Iterator[Change]:
    """A list, of which each line of the text is an item."""
    items: list[Plain] = [line.strip() for line in text.splitlines() if line.strip()]
    yield Put(path, items) if items else Remove(path)


def _new_field(root: Node, form: Mapping[str, str], wrong: dict[str, str]) -> Iterator[Change]:
    question = clean(form.get(f"{NEW_FIELD}.question", ""))
    if not question:
        return
    guessed = guess([Question(question)])
    field = guessed.fields[0] if guessed.fields else None
    name = clean(form.get(f"{NEW_FIELD}.name", "")) or (field.name if field else "")
    kind = form.get(f"{NEW_FIELD}.type", "") or (field.type if field else "text")
    if not name:
        wrong[f"{NEW_FIELD}.name"] = "beri nama, misalnya tempat_lahir"
    elif name in fields_of(root):
        wrong[f"{NEW_FIELD}.name"] = f"isian {name} sudah ada; beri nama lain"
    else:
        value: dict[str, Plain] = {"question": question, "type": kind}
        if not form.get(f"{NEW_FIELD}.required"):
            value["required"] = "false"
        options = clean(form.get(f"{NEW_FIELD}.options", "")).splitlines()
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
            {key: values[f"rules.{place}.{key}"] for key in rule_values(Node(0, {}))}
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
        key: clean(form.get(f"{NEW_RULE}.{key}", ""))
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
