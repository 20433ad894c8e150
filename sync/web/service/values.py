"""What stands in a file by the names of the page's inputs. A name is the value's dotted path (`fields.nik.type`)."""

from collections.abc import Callable, Mapping

from sync.core.delivery import CHAT_CHANNELS
from sync.core.workflow.model import Duplicates
from sync.core.workflow.read import MESSAGES, NOTICES
from sync.core.yaml_text import Node
from sync.web.service.rule_kinds import known

YES, NO = "ya", "tidak"
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
    "letter.series": False,
    "receipt": False,
    "promised_days": False,
    "retention_days": False,
    "retention_drive": False,
    "public.show": False,
    "public.summary": False,
    "public.form": False,
    **{f"attach.{kind}": False for kind in NOTICES},
    **{f"messages.{kind}": False for kind in MESSAGES},
}
"""Values of one line, and whether the file must have them."""
DEFAULTS = {"review": "petugas", "receipt": NO, "retention_drive": "keep"}
START, NEEDED_PAPERS = "letter.start", "public.requirements"
OF_FIELD = ("question", "type", "min", "max", "options")
NEW_FIELD, NEW_RULE, OWN = "baru", "aturan", "sendiri"


def stored(root: Node) -> dict[str, str]:
    """The file's values by the names of their inputs; a tick is `ya` or nothing."""
    values = {name: _text(root, *name.split(".")) or DEFAULTS.get(name, "") for name in SIMPLE}
    values |= {name: _yes_or_no(values[name]) for name in ("receipt", "public.show")}
    values[START] = "\n".join(f"{year}: {serial.text}" for year, serial in _start(root).items())
    public = root.get("public")
    papers = public.get("requirements") if public else None
    values[NEEDED_PAPERS] = "\n".join(item.text for item in papers.items) if papers else ""
    deliver = root.get("deliver")
    channels = [item.text for item in deliver.items] if deliver else ["email"]
    values["deliver"] = ", ".join(name for name in channels if name not in CHAT_CHANNELS)
    values |= {f"deliver.{name}": YES if name in channels else "" for name in CHAT_CHANNELS}
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
        values |= {f"rules.{place}.{key}": text for key, text in rule_values(rule).items()}
    return values


_NO = (NO, "false", "no", "off", "0", "n", "f")
_YES = (YES, "true", "yes", "on", "1", "y", "t")


def _yes_or_no(text: str) -> str:
    """As the page offers it; what is neither stays as it was written."""
    return NO if text in _NO else YES if text in _YES else text


def _start(root: Node) -> dict[str, Node]:
    letter = root.get("letter")
    start = letter.get("start") if letter else None
    return start.table if start else {}


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


def rule_values(rule: Node) -> dict[str, str]:
    key = next((key for key in ("unless", "warn_if") if rule.get(key)), "unless")
    text = _text(rule, key)
    found = known(key, text)
    parts = {"kind": found.kind, "a": found.a, "b": found.b, "value": found.value} if found else {}
    empty = dict.fromkeys(("kind", "a", "b", "value", "hapus"), "")
    return {**empty, "key": key, "say": _text(rule, "say"), "expression": text, **parts}


def is_tick(name: str) -> bool:
    return name.startswith(("duplicates.same.", "deliver.")) or name.endswith(
        (".required", ".hapus")
    )


def given(old: Mapping[str, str], form: Mapping[str, str]) -> dict[str, str]:
    """The file's values with those that the form sent in place; a tick that was not sent was taken away."""
    return {
        name: _given(form[name], value) if name in form else "" if is_tick(name) else value
        for name, value in old.items()
    }


def _given(text: str, old: str) -> str:
    """What only differs in spaces around it is the same."""
    return old if clean(text) == clean(old) else clean(text)


def clean(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def names_after(root: Node, form: Mapping[str, str]) -> Callable[[str], str]:
    """From a value's name in the file that the form would make to the name of the input that it came from."""
    kept = [place for place in range(len(rules_of(root))) if not form.get(f"rules.{place}.hapus")]

    def on_page(name: str) -> str:
        table, _, rest = name.partition(".")
        key, dot, below = rest.partition(".")
        if table == "rules" and key:
            was = kept[int(key)] if int(key) < len(kept) else None
            return f"rules.{was}{dot}{below}" if was is not None else f"{NEW_RULE}{dot}{below}"
        if table == "fields" and key and key not in fields_of(root):
            return f"{NEW_FIELD}{dot}{below}"
        return name

    return on_page
