"""Changes to a YAML file as text: what is not touched stays byte for byte as a person wrote it.

Comments, blank lines, order, quotes, alignment and line ends are kept; whatever comes out is read back and holds
exactly the wanted values, else nothing is given. For workflow files and settings.yaml alike.
"""

import re
from collections.abc import Sequence

import yaml

from sync.core.mendable import Mendable
from sync.core.workflow.changes import (
    Add,
    Change,
    Held,
    Move,
    Put,
    Remove,
    Rename,
    Step,
    applied,
    steps_of,
)
from sync.core.workflow.emit import (
    WIDEST,
    Quotes,
    entry_lines,
    inline,
    lines_of,
    needs_lines,
    scalar,
)
from sync.core.workflow.yaml_source import Entry, Source, is_bare_pair
from sync.core.yaml_text import RUN, Node, Plain, read_yaml

__all__ = ["Add", "Change", "Move", "Put", "Remove", "Rename", "edited"]


def edited(text: str, changes: Sequence[Change], *, file: str) -> str:
    """The text after the changes, one after the other. `file` is shown in problems.

    Raises Mendable for a text that can't be read, holds a key twice, or can't hold the values without harm to the rest;
    KeyError for a path that is not there, ValueError for a change that makes no sense.
    """
    held = _read(text, file)
    if changes:
        text = _closed(text)
    for change in changes:
        for step in list(steps_of(held, change)):
            held = applied(held, step)
            text = _changed(Source(text), step)
    if repr(_read(text, file)) != repr(held):
        raise Mendable.one(
            "berkas-tidak-dapat-diubah",
            where=file,
            found="perubahan ini tidak dapat ditulis tanpa mengubah bagian lain; berkas tidak diubah",
            allowed="ubah berkas itu dengan penyunting teks",
            run=RUN,
        )
    return text


def _read(text: str, file: str) -> Held:
    root, written_twice = read_yaml(text, file=file)
    if written_twice:
        raise Mendable.of(written_twice)
    return _held(root)


def _held(node: Node) -> Held:
    if node.empty:
        return None
    if isinstance(node.value, list):
        return [_held(item) for item in node.value]
    if isinstance(node.value, dict):
        return {key: _held(below) for key, below in node.value.items()}
    return node.value


def _closed(text: str) -> str:
    """A block text that ends with the file, without a line break, would get one from whatever is written behind it."""
    if text.endswith(("\n", "\r")):
        return text
    node = yaml.compose(text, Loader=yaml.BaseLoader)
    while isinstance(node, yaml.CollectionNode) and node.value:
        node = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
    if not (isinstance(node, yaml.ScalarNode) and node.style and node.style in "|>"):
        return text
    if node.end_mark.index < len(text) or node.value.endswith("\n"):
        return text
    header = text.index(node.style, node.start_mark.index) + 1
    if "-" in re.split(r"[\r\n]", text[header:], maxsplit=1)[0].split("#")[0]:
        return text
    return f"{text[:header]}-{text[header:]}"


def _changed(source: Source, step: Change) -> str:
    *above, last = step.path
    container = source.node(tuple(above))
    match step:
        case Add(value=value, at=at):
            place = last if isinstance(container, yaml.SequenceNode) else at
            return _added(source, container, last, value, place)
        case Put(value=value):
            entry = source.entry(container, last)
            put = _put_in_flow if container.flow_style else _put_in_block
            return put(source, entry, value)
        case Remove():
            remove = _removed_from_flow if container.flow_style else _removed_from_block
            return remove(source, container, last)
        case Move(to=to):
            return _moved(source, container, last, to)
        case Rename(key=key):
            old = source.entry(container, last).key
            assert old is not None  # noqa: S101 - changes.py saw a table
            new = scalar(key, flow=bool(container.flow_style), quotes=_quotes(old))
            return source.cut(old.start_mark.index, old.end_mark.index, new)


def _quotes(node: yaml.Node) -> Quotes:
    if isinstance(node, yaml.ScalarNode) and node.style in ("'", '"'):
        return node.style  # type: ignore[return-value]
    return None


def _one_line(value: Plain, entry: Entry, *, flow: bool) -> str:
    if isinstance(value, str):
        return scalar(value, flow=flow, quotes=_quotes(entry.value))
    return inline(value, flow=flow)


def _put_in_flow(source: Source, entry: Entry, value: Plain) -> str:
    new = _one_line(value, entry, flow=True)
    if entry.after is None:
        return source.cut(entry.end, entry.end, f": {new}")
    if entry.first == entry.last:
        return source.cut(entry.after, entry.after, f" {new}")
    return source.cut(entry.first, entry.last, new)


def _put_in_block(source: Source, entry: Entry, value: Plain) -> str:
    text, column = source.text, source.column(entry.start)
    new = _one_line(value, entry, flow=False)
    if entry.after is None:
        assert entry.key is not None  # noqa: S101 - a dash is always behind itself
        key = text[entry.key.start_mark.index : entry.key.end_mark.index]
        return source.cut(entry.start, entry.last, f"{key}: {new}")
    between = text[entry.after : entry.first]
    was_lines = bool(
        isinstance(entry.value, yaml.CollectionNode)
        and not entry.value.flow_style
        and entry.value.value
    )
    wide = column + len(new) + entry.first - entry.start > WIDEST
    if value and not isinstance(value, str) and (needs_lines(value) or wide):
        lines = source.line_end.join(lines_of(value, column + 2))
        return _put_lines(source, entry, lines, between, was_lines)
    if entry.first == entry.last:
        return source.cut(entry.after, entry.after, f" {new}")
    if not was_lines:
        return source.cut(entry.first, entry.last, new + _comment_of_block_text(source, entry))
    if "#" in between:
        return source.cut(source.line_start(entry.first), entry.last, " " * (column + 2) + new)
    return source.cut(entry.after, entry.last, f" {new}")


def _put_lines(source: Source, entry: Entry, lines: str, between: str, was_lines: bool) -> str:
    """Comments beside the key, or beside the old value, stay beside the key."""
    assert entry.after is not None  # noqa: S101 - its caller saw to that
    if entry.key is None:
        return source.cut(entry.after, entry.last, " " + lines.lstrip(" "))
    if "#" in between:
        return source.cut(source.line_start(entry.first), entry.last, lines)
    if was_lines:
        return source.cut(entry.after, entry.last, source.line_end + lines)
    beside = _comment_of_block_text(source, entry) or source.text[entry.last : entry.end].strip()
    beside = f" {beside.strip()}" if beside else ""
    return source.cut(entry.after, entry.end, beside + source.line_end + lines)


def _comment_of_block_text(source: Source, entry: Entry) -> str:
    """`key: |  # this`, which stands within the value."""
    if not (isinstance(entry.value, yaml.ScalarNode) and entry.value.style in ("|", ">")):
        return ""
    header = source.text[entry.first : source.end_of_line(entry.first)]
    comment = header.partition("#")[2]
    return f"  #{comment}" if comment else ""


def _added(
    source: Source, container: yaml.CollectionNode, last: Step, value: Plain, at: Step | None
) -> str:
    entries = source.entries(container)
    place = at if isinstance(at, int) else len(entries)
    if is_bare_pair(container, source.text):
        pair = source.text[entries[0].start : entries[0].last]
        new = f"{scalar(str(last), flow=True)}: {inline(value)}"
        both = (new, pair) if place == 0 else (pair, new)
        return source.cut(entries[0].start, entries[0].last, "{" + ", ".join(both) + "}")
    if container.flow_style:
        return _added_to_flow(source, container, entries, last, value, place)
    column = source.column(entries[0].start)
    start = f"{scalar(last, flow=False)}:" if isinstance(last, str) else "-"
    lines = source.line_end.join(entry_lines(start, value, column))
    if place:
        end = entries[place - 1].end
        return source.cut(end, end, source.line_end + lines)
    first = entries[0].start
    return source.cut(first, first, lines.lstrip(" ") + source.line_end + " " * column)


def _added_to_flow(
    source: Source,
    container: yaml.CollectionNode,
    entries: list[Entry],
    last: Step,
    value: Plain,
    place: int,
) -> str:
    new = inline(value)
    if isinstance(last, str):
        new = f"{scalar(last, flow=True)}: {new}"
    if place < len(entries):
        return source.cut(entries[place].start, entries[place].start, f"{new}, ")
    if not entries:
        behind = re.compile(r"[{\[]").search(source.text, container.start_mark.index)
        assert behind is not None  # noqa: S101 - a flow container begins with a bracket
        return source.cut(behind.end(), behind.end(), new)
    end = entries[-1].last
    comma = source.comma(end, container.end_mark.index)
    if comma is not None:
        return source.cut(comma + 1, comma + 1, f" {new}")
    return source.cut(end, end, f", {new}")


def _removed_from_flow(source: Source, container: yaml.CollectionNode, last: Step) -> str:
    entries = source.entries(container)
    place = source.place(container, last)
    entry, text = entries[place], source.text
    if place + 1 < len(entries):
        return source.cut(entry.start, entries[place + 1].start, "")
    comma = source.comma(entry.last, container.end_mark.index)
    kept = len(text[: entry.start].rstrip(" \t"))
    if comma is not None:
        return source.cut(kept, comma + 1, "")
    before = source.comma(entries[place - 1].last, entry.start)
    assert before is not None  # noqa: S101 - two entries have a comma between them
    gap = text[before + 1 : max(kept, before + 1)]
    return source.cut(before, entry.last, gap if not gap or gap[0].isspace() else f" {gap}")


def _removed_from_block(source: Source, container: yaml.CollectionNode, last: Step) -> str:
    entry = source.entry(container, last)
    if source.begins_its_line(entry.above):
        return source.cut(source.line_start(entry.above), source.next_line(entry.end), "")
    behind = re.compile(r"\s*").match(source.text, entry.end)
    assert behind is not None  # noqa: S101 - it matches nothing as well
    return source.cut(entry.start, behind.end(), "")


def _moved(source: Source, container: yaml.CollectionNode, last: Step, to: int) -> str:
    """What stands between the entries stays between them."""
    spans = [(entry.above, entry.end) for entry in source.entries(container)]
    bodies = [source.text[start:end] for start, end in spans]
    bodies.insert(to, bodies.pop(source.place(container, last)))
    text = source.text
    for (start, end), body in zip(reversed(spans), reversed(bodies), strict=True):
        text = text[:start] + body + text[end:]
    return text
