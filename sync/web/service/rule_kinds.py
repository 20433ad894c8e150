"""The rules that most offices want, as plain choices: each knows its expression, and is known again from it.

Spaces aside a rule is one of these or it is not; any other expression is shown and edited as it was written.
"""

import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class RuleKind:
    """`fine` holds when all is well (for `unless`), `wrong` when it is not (for `warn_if`). `{a}` and `{b}` are fields,
    `{n}` is a number, `{t}` a text. `say`: what to say where nothing else was typed."""

    name: str
    label: str
    fine: str
    wrong: str
    say: str
    first: str = "isian"
    second: str = ""
    value: str = ""

    @cached_property
    def patterns(self) -> dict[str, re.Pattern[str]]:
        return {"unless": _pattern(self.fine), "warn_if": _pattern(self.wrong)}

    @property
    def takes_text(self) -> bool:
        return "{t}" in self.fine


KINDS = {
    kind.name: kind
    for kind in (
        RuleKind(
            "umur-paling-sedikit",
            "Umur paling sedikit",
            "umur({a}) >= {n}",
            "umur({a}) < {n}",
            "Pemohon harus berusia {n} tahun atau lebih.",
            first="tanggal lahir",
            value="tahun",
        ),
        RuleKind(
            "umur-paling-banyak",
            "Umur paling banyak",
            "umur({a}) <= {n}",
            "umur({a}) > {n}",
            "Pemohon harus berusia {n} tahun atau kurang.",
            first="tanggal lahir",
            value="tahun",
        ),
        RuleKind(
            "nik-tanggal",
            "NIK cocok dengan tanggal lahir",
            "cocok_tanggal({a}, {b})",
            "not cocok_tanggal({a}, {b})",
            "NIK tidak cocok dengan tanggal lahir.",
            first="NIK",
            second="tanggal lahir",
        ),
        RuleKind(
            "nik-jenis-kelamin",
            "NIK cocok dengan jenis kelamin",
            "cocok_jenis_kelamin({a}, {b})",
            "not cocok_jenis_kelamin({a}, {b})",
            "NIK tidak cocok dengan jenis kelamin.",
            first="NIK",
            second="jenis kelamin",
        ),
        RuleKind(
            "nik-wilayah",
            "NIK dari kabupaten/kota ini",
            "wilayah({a}) == '{t}'",
            "wilayah({a}) != '{t}'",
            "NIK terdaftar pertama kali di kabupaten/kota lain.",
            first="NIK",
            value="empat angka pertama NIK",
        ),
        RuleKind(
            "belum-lewat-hari-ini",
            "Tanggal tidak setelah hari ini",
            "{a} <= hari_ini",
            "{a} > hari_ini",
            "Tanggal tidak boleh setelah hari ini.",
            first="tanggal",
        ),
        RuleKind(
            "paling-lama",
            "Tanggal paling lama sekian hari yang lalu",
            "hari_sejak({a}) <= {n}",
            "hari_sejak({a}) > {n}",
            "Tanggal itu lebih dari {n} hari yang lalu.",
            first="tanggal",
            value="hari",
        ),
        RuleKind(
            "tidak-sebelum",
            "Tanggal tidak sebelum tanggal lain",
            "{a} >= {b}",
            "{a} < {b}",
            "Urutan tanggal tidak benar.",
            first="tanggal yang belakangan",
            second="tanggal yang lebih dulu",
        ),
        RuleKind(
            "hanya-pilihan",
            "Jawaban harus",
            "{a} == '{t}'",
            "{a} != '{t}'",
            "Layanan ini hanya untuk jawaban “{t}”.",
            value="jawaban itu",
        ),
        RuleKind(
            "wajib-bila",
            "Isian lain wajib bila jawabannya",
            "{a} != '{t}' or not kosong({b})",
            "{a} == '{t}' and kosong({b})",
            "Mohon lengkapi isian yang diperlukan untuk jawaban “{t}”.",
            second="yang menjadi wajib",
            value="jawaban itu",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Known:
    """A rule that is one of KINDS: its kind's name, fields and value."""

    kind: str
    a: str
    b: str = ""
    value: str = ""


class Incomplete(ValueError):
    """What a rule still lacks; the message is Indonesian."""


def known(key: str, expression: str) -> Known | None:
    """`key`: unless or warn_if."""
    for kind in KINDS.values():
        if found := kind.patterns[key].fullmatch(expression.strip()):
            groups = found.groupdict()
            value = groups.get("n") or groups.get("t") or ""
            return Known(kind.name, groups["a"], groups.get("b") or "", value)
    return None


def expression(key: str, rule: Known) -> str:
    """Raises Incomplete."""
    kind = KINDS.get(rule.kind)
    if kind is None:
        raise Incomplete("pilih bentuk aturan")
    if not rule.a or (kind.second and not rule.b):
        raise Incomplete("pilih isiannya")
    if "{n}" in kind.fine and not re.fullmatch(r"\d{1,6}", rule.value):
        raise Incomplete("tulis bilangan bulat")
    if kind.takes_text and (not rule.value or re.search(r"['\\\n]", rule.value)):
        raise Incomplete("tulis jawabannya, tanpa tanda petik")
    form = kind.fine if key == "unless" else kind.wrong
    return form.format(a=rule.a, b=rule.b, n=rule.value, t=rule.value)


def sentence(rule: Known) -> str:
    """What is said where the office typed nothing."""
    return KINDS[rule.kind].say.format(n=rule.value, t=rule.value)


def _pattern(form: str) -> re.Pattern[str]:
    parts = {
        "{a}": r"(?P<a>[a-z][a-z0-9_]*)",
        "{b}": r"(?P<b>[a-z][a-z0-9_]*)",
        "{n}": r"(?P<n>\d{1,6})",
        "'{t}'": r"""(?:'(?P<t>[^'\\]*)')""",
    }
    pieces = re.split(r"('\{t\}'|\{[abn]\})", form)
    text = "".join(parts.get(piece) or re.escape(piece).replace(r"\ ", r"\s+") for piece in pieces)
    return re.compile(text)
