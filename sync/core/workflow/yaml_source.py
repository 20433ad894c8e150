"""Where the values of a YAML text stand in it: the spans that edit.py cuts and fills, from PyYAML's own marks.

Positions are characters of the text. An entry is `key: value` of a table or an item of a list, whatever its style.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from sync.core.workflow.changes import Path, Step

BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
_BLANK_LINES = re.compile(r"(?:(?:\r\n|[\r\n\x85\u2028\u2029])[ \t]*)+\Z")


_SEEN = (yaml.KeyToken, yaml.BlockEntryToken, yaml.ValueToken, yaml.FlowEntryToken)


@dataclass(frozen=True, slots=True)
class Entry:
    """`text[start:end]`, comments beside it on its last line included in a block; its value is `text[first:last]`.

    `after`: where its value may begin, behind `:` or `-`; None where a key has no colon. `above`: where the comments
    begin that stand right above it and belong to it.
    """

    start: int
    end: int
    key: yaml.ScalarNode | None
    value: yaml.Node
    after: int | None
    first: int
    last: int
    above: int


class Source:
    """One text that `yaml_text.read_yaml` accepts, without keys written twice."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root: Any = yaml.compose(text, Loader=yaml.BaseLoader)
        self._tokens: dict[type, list[int]] = {kind: [] for kind in _SEEN}
        self._lines = [0, *(found.end() for found in BREAK.finditer(text))]
        for token in yaml.scan(text, Loader=yaml.BaseLoader):
            if type(token) in self._tokens:
                self._tokens[type(token)].append(token.start_mark.index)

    @cached_property
    def line_end(self) -> str:
        """As the first line of the text ends."""
        found = BREAK.search(self.text)
        return found[0] if found else "\n"

    def node(self, path: Path) -> Any:
        node = self.root
        for step in path:
            node = self.entry(node, step).value
        return node

    def entry(self, container: yaml.CollectionNode, step: Step) -> Entry:
        """Raises KeyError."""
        return self.entries(container)[self.place(container, step)]

    def place(self, container: yaml.CollectionNode, step: Step) -> int:
        """Raises KeyError."""
        if isinstance(container, yaml.MappingNode):
            keys = [key.value for key, _ in container.value]
            if step in keys:
                return keys.index(step)
        elif isinstance(container, yaml.SequenceNode) and step in range(len(container.value)):
            return int(step)
        raise KeyError(step)

    def entries(self, container: yaml.CollectionNode) -> list[Entry]:
        found: list[Entry] = []
        before = container.start_mark.index - 1
        mapping = isinstance(container, yaml.MappingNode)
        for item in container.value:
            key, value = item if mapping else (None, item)
            entry = self._entry(container, key, value, before, above_allowed=bool(found))
            before = entry.end
            found.append(entry)
        return found

    def _entry(
        self,
        container: yaml.CollectionNode,
        key: yaml.ScalarNode | None,
        value: yaml.Node,
        before: int,
        *,
        above_allowed: bool,
    ) -> Entry:
        first, last = value.start_mark.index, self.end_of(value)
        after: int | None = first
        if key is not None:
            start = key.start_mark.index
            explicit = self._last(yaml.KeyToken, start)
            start = explicit if explicit > before else start
            colon = self._last(yaml.ValueToken, first)
            after = colon + 1 if colon >= key.end_mark.index else None
            if after is None:
                first = last = key.end_mark.index
        elif container.flow_style:
            start = first
        else:
            start = self._last(yaml.BlockEntryToken, first - 1)
            after = start + 1
        if container.flow_style:
            return Entry(start, last, key, value, after, first, last, start)
        end = self.end_of_line(last)
        above = self._above(start, before) if above_allowed else start
        return Entry(start, end, key, value, after, first, last, above)

    def cut(self, start: int, end: int, new: str) -> str:
        """The text with something else in place of a part."""
        return self.text[:start] + new + self.text[end:]

    def comma(self, first: int, end: int) -> int | None:
        """The comma between entries that stands in that part of the text."""
        commas = self._tokens[yaml.FlowEntryToken]
        return next((comma for comma in commas if first <= comma < end), None)

    def _last(self, kind: type, at_most: int) -> int:
        """Where the last token of a kind begins, up to a position; -1: there is none."""
        positions = self._tokens[kind]
        place = bisect_right(positions, at_most)
        return positions[place - 1] if place else -1

    def end_of(self, node: yaml.Node) -> int:
        """Where the value ends, without the blank lines and comments that its mark may include."""
        end: int = node.end_mark.index
        if isinstance(node, yaml.ScalarNode):
            if node.style not in ("|", ">"):
                return end
            written = self.text[node.start_mark.index : end]
            header = BREAK.split(written, maxsplit=1)[0]
            if "+" in header.split("#")[0]:
                return end - len(self._final_break(written))
            found = _BLANK_LINES.search(written)
            return node.start_mark.index + found.start() if found else end
        if not isinstance(node, yaml.CollectionNode) or not node.value:
            return end
        if node.flow_style and not is_bare_pair(node, self.text):
            return end
        last = node.value[-1]
        if isinstance(node, yaml.MappingNode):
            return max(self.end_of(last[1]), int(last[0].end_mark.index))
        return self.end_of(last)

    def _final_break(self, written: str) -> str:
        return next((end for end in ("\r\n", written[-1:]) if written.endswith(end)), "")

    def line_start(self, position: int) -> int:
        return self._lines[bisect_right(self._lines, position) - 1]

    def end_of_line(self, position: int) -> int:
        """Before the line break."""
        found = BREAK.search(self.text, position)
        return found.start() if found else len(self.text)

    def next_line(self, position: int) -> int:
        """Behind the line break; the text's end where there is none."""
        place = bisect_right(self._lines, position)
        return self._lines[place] if place < len(self._lines) else len(self.text)

    def begins_its_line(self, position: int) -> bool:
        return not self.text[self.line_start(position) : position].strip(" ")

    def column(self, position: int) -> int:
        """A byte order mark takes no room."""
        start = self.line_start(position)
        return position - start - self.text.startswith("\ufeff", start)

    def _above(self, start: int, before: int) -> int:
        """The lines right above that are comments at the same column, behind position `before`."""
        margin = " " * self.column(start)
        above, place = start, bisect_right(self._lines, start) - 2
        while place >= 0 and self._lines[place] > before:
            if not self.text.startswith(margin + "#", self._lines[place]):
                break
            above, place = self._lines[place] + len(margin), place - 1
        return above


def is_bare_pair(node: yaml.Node, text: str) -> bool:
    """`[a: b]` holds a table without brackets of its own."""
    if not (isinstance(node, yaml.MappingNode) and node.flow_style and node.value):
        return False
    start = node.start_mark.index
    return bool(node.value[0][0].start_mark.index == start or text[start] == "?")
