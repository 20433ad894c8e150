"""YAML as plain text with line numbers: what an office wrote, untouched by YAML's ideas of types.

`no` stays "no", `0123` stays "0123", `12:30` stays "12:30". Keys written twice and aliases are problems, and a
text that would need much memory or deep recursion is refused before it is built.
"""

from dataclasses import dataclass
from typing import Any

import yaml

from sync.core.mendable import Mendable, Problem

RUN = "python loket.py check"
LONGEST_BYTES = 200_000
DEEPEST = 12
MOST_NODES = 10_000

Plain = str | list[Any] | dict[str, Any]


@dataclass(frozen=True, slots=True)
class Node:
    """One value of the file; `line` is where it begins, or where its key stands."""

    line: int
    value: "str | list[Node] | dict[str, Node]"
    empty: bool = False  # nothing was written after the key

    @property
    def text(self) -> str:
        """The text, "" when it is a list or a table."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def items(self) -> "list[Node]":
        return self.value if isinstance(self.value, list) else []

    @property
    def table(self) -> "dict[str, Node]":
        return self.value if isinstance(self.value, dict) else {}

    def get(self, key: str) -> "Node | None":
        """The value of a key; None when it is missing or nothing was written after it."""
        node = self.table.get(key)
        return None if node is None or node.empty else node

    def at(self, path: tuple[int | str, ...]) -> "Node":
        """The deepest node on the path that exists."""
        node = self
        for step in path:
            below = (
                node.table.get(str(step))
                if not isinstance(step, int) or node.table
                else (node.items[step] if step < len(node.items) else None)
            )
            if below is None:
                break
            node = below
        return node

    def plain(self) -> Plain:
        """Text, lists and dicts, without what was left empty."""
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        return {key: node.plain() for key, node in self.value.items() if not node.empty}


def read_yaml(text: str, *, file: str) -> tuple[Node, list[Problem]]:
    """The table that the file holds, and problems that don't hinder reading on (keys written twice).

    Raises Mendable when the text is no YAML, or no table.
    """
    if len(text.encode(errors="surrogatepass")) > LONGEST_BYTES:
        raise Mendable.one(
            "berkas-terlalu-besar",
            where=file,
            found=f"berkas lebih dari {LONGEST_BYTES // 1000} kB",
            allowed="berkas YAML kecil yang ditulis tangan",
            run=RUN,
        )
    try:
        _ensure_bounded(text, file)
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise Mendable(_syntax_problem(error, text, file)) from None
    if not isinstance(root, yaml.MappingNode):
        raise Mendable.one(
            "yaml-bukan-tabel",
            where=f"{file}:1",
            found="berkas kosong" if root is None else "berkas tidak berisi pasangan kunci: nilai",
            allowed="baris seperti `title: Surat Keterangan Domisili`",
            run=RUN,
        )
    problems: list[Problem] = []
    return _node(root, 1, file, problems), problems


def _ensure_bounded(text: str, file: str) -> None:
    depth = 0
    for nodes, event in enumerate(yaml.parse(text, Loader=yaml.BaseLoader)):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise Mendable.one(
                "yaml-alias",
                where=f"{file}:{line}",
                found=f"rujukan *{event.anchor}",
                allowed="tulis isinya sekali lagi di tempat itu; nilai yang diawali * diapit tanda kutip",
                run=RUN,
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST or nodes > MOST_NODES:
            raise Mendable.one(
                "yaml-terlalu-rumit",
                where=f"{file}:{line}",
                found="terlalu banyak isi, atau terlalu banyak tingkat",
                allowed=f"paling banyak {DEEPEST} tingkat dan {MOST_NODES} nilai",
                run=RUN,
            )


def _node(node: yaml.Node, line: int, file: str, problems: list[Problem]) -> Node:
    if isinstance(node, yaml.MappingNode):
        table: dict[str, Node] = {}
        for key, value in node.value:
            key_line = key.start_mark.line + 1
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if not name or name in table:
                twice = bool(name)
                problems.append(
                    Problem(
                        "kunci-ganda" if twice else "kunci-tidak-terbaca",
                        f"{file}:{key_line}",
                        f'kunci "{name}" ditulis dua kali (yang pertama di baris {table[name].line})'
                        if twice
                        else "kunci harus berupa teks",
                        "satu kali saja" if twice else "kunci: nilai",
                        RUN,
                    )
                )
                continue
            table[name] = _node(value, key_line, file, problems)
        return Node(line, table)
    if isinstance(node, yaml.SequenceNode):
        return Node(
            line,
            [_node(item, item.start_mark.line + 1, file, problems) for item in node.value],
        )
    plain = isinstance(node, yaml.ScalarNode) and node.style is None
    empty = plain and node.value in ("", "~", "null")
    return Node(line, "" if empty else node.value, empty)


_IN_INDONESIAN = {
    "'\\t'": "ada tanda Tab; YAML memakai spasi",
    "mapping values are not allowed": "ada titik dua di tengah nilai; apit nilainya dengan tanda kutip",
    "could not find expected ':'": "titik dua sesudah kunci tidak ada, atau tanda kutip belum ditutup",
    "expected <block end>": "jorokan baris tidak rata, atau ada teks sesudah tanda kutip penutup",
    "unexpected end of stream": "tanda kutip belum ditutup",
    "expected ',' or": "koma atau kurung penutup tidak ada",
    "expected the node content": "ada tanda yang tidak pada tempatnya",
    "expected a single document": "hanya satu dokumen dalam satu berkas; hapus baris ---",
    "undefined alias": "nilai yang diawali * harus diapit tanda kutip",
    "cannot start any token": "nilai yang diawali tanda khusus harus diapit tanda kutip",
    "unknown escape character": "di dalam tanda kutip ganda, garis miring \\ harus ditulis \\\\",
    "special characters are not allowed": "ada karakter yang tidak terlihat; hapus lalu ketik lagi",
}


def _syntax_problem(error: yaml.YAMLError, text: str, file: str) -> Problem:
    line = 1
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        message = ": ".join(part for part in (error.context, error.problem) if part)
    else:
        position = getattr(error, "position", 0)
        line = text.count("\n", 0, position) + 1
        message = getattr(error, "reason", "") or str(error)
    sentence = next((said for part, said in _IN_INDONESIAN.items() if part in message), "")
    lines = text.splitlines()
    if 1 <= line <= len(lines) and lines[line - 1].lstrip(" ").startswith("\t"):
        sentence = _IN_INDONESIAN["'\\t'"]
    return Problem(
        "yaml-salah-tulis",
        f"{file}:{line}",
        f"{sentence} ({message})" if sentence else message,
        "kunci: nilai, dengan jorokan dua spasi",
        RUN,
    )
