"""What applicants read: a template's first line is the subject, the rest the text; one frame makes the HTML of it.

Offices edit templates/messages/*.txt without knowing HTML. Citizens' answers are data: escaped in HTML, on one line
in the subject, and only links that Loket itself put into the context can be clicked.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from sync.core.delivery import Kind
from sync.core.masking import mask_numbers
from sync.core.mendable import Mendable
from sync.delivery.email_message import one_line

FRAME = "messages/_bingkai.html"
SUBJECT = "Subjek:"
LINKS = ("tautan", "tautan_perbaikan", "tautan_status", "tautan_whatsapp")
"""The keys of the context whose https addresses may be clicked."""
MORE_LINKS = "tautan_lain"
"""The key of a list of such addresses."""

OPTIONAL: Mapping[str, Any] = {
    "masalah": (),
    "catatan": "",
    "nomor": "",
    "tautan": "",
    "tautan_perbaikan": "",
    "tautan_status": "",
    "tautan_whatsapp": "",
}
OFFICE: Mapping[str, str] = dict.fromkeys(("name", "government", "address", "phone", "email"), "")
OWN = frozenset({*LINKS, MORE_LINKS, "kantor", "nomor", "referensi"})
"""The office's own, not a citizen's."""


class Messages:
    """`template_dirs` are searched in order: an office's own before the defaults."""

    def __init__(self, template_dirs: Sequence[Path]) -> None:
        loader = FileSystemLoader([str(folder) for folder in template_dirs])
        settings: dict[str, Any] = {"loader": loader, "undefined": StrictUndefined}
        self._plain = ImmutableSandboxedEnvironment(
            **settings, autoescape=False, trim_blocks=True, lstrip_blocks=True
        )
        self._page = ImmutableSandboxedEnvironment(**settings, autoescape=True)

    def compose(
        self, kind: Kind, context: Mapping[str, Any], *, template: str | None = None
    ) -> tuple[str, str, str]:
        """(subject, text, html). `template`: a workflow's own instead of the default, relative to templates/.

        Raises Mendable naming the template when it can't be used.
        """
        name = template or f"messages/{kind.value}.txt"
        values = _known(context)
        try:
            source = self._plain.get_template(name).render(values)
        except Exception as error:  # a template can raise anything, e.g. {{ nama + 1 }}
            raise _broken(name, error) from error
        first, _, rest = source.lstrip("\ufeff\n ").partition("\n")
        if not first.startswith(SUBJECT):
            raise Mendable.one(
                "pesan-tanpa-subjek",
                where=f"templates/{name}:1",
                found="baris pertama bukan subjek",
                allowed=f"{SUBJECT} diikuti subjek email",
                run="python loket.py check",
            )
        subject = one_line(first.removeprefix(SUBJECT))
        text = _tidy(rest)
        links = frozenset(values[key] for key in LINKS if values[key]) | {*values[MORE_LINKS]}
        try:
            html = self._page.get_template(FRAME).render(
                subjek=subject,
                paragraf=[_paragraph(block, links) for block in text.split("\n\n")],
                referensi=values.get("referensi", ""),
                judul_layanan=values.get("judul_layanan", ""),
                kantor=values["kantor"],
            )
        except Exception as error:
            raise _broken(FRAME, error) from error
        return subject, text + "\n", html

    def compose_chat(self, channel: str, kind: str, context: Mapping[str, Any]) -> str:
        """The text for `whatsapp` (each line a parameter of the approved template), `sms`, or a link (`tautan-wa`).

        `kalimat` in it is what is wrong and the officer's note, on one line. Raises Mendable naming the template.
        """
        name = f"messages/{channel}/{kind}.txt"
        values = _known(context)
        values["masalah"] = [one_line(sentence) for sentence in values["masalah"]]
        values["catatan"] = one_line(values["catatan"])  # no line of a citizen's is one of ours
        values["kalimat"] = " ".join([*values["masalah"], values["catatan"]]).strip()
        try:
            return _tidy(self._plain.get_template(name).render(values))
        except Exception as error:  # a template can raise anything
            raise _broken(name, error) from error


def _known(context: Mapping[str, Any]) -> dict[str, Any]:
    """All that a message may say, without what could do harm."""
    values = _harmless({**OPTIONAL, **context})
    values["kantor"] = {**OFFICE, **values.get("kantor", {})}
    for key in LINKS:
        values[key] = str(values[key]) if _is_https(values[key]) else ""
    values[MORE_LINKS] = [link for link in values.get(MORE_LINKS, ()) if _is_https(link)]
    return values


def _harmless(values: Mapping[str, Any]) -> dict[str, Any]:
    """What citizens and officers typed, without a readable NIK or KK number; a name stays on its line."""

    def mask(value: Any) -> Any:
        if isinstance(value, str):
            return mask_numbers(value)
        if isinstance(value, (list, tuple)):
            return [mask(item) for item in value]
        return value

    safe = {key: value if key in OWN else mask(value) for key, value in values.items()}
    for key in ("nama", "referensi", "judul_layanan"):
        if key in safe:
            safe[key] = one_line(str(safe[key]))
    return safe


def _tidy(text: str) -> str:
    """At most one empty line between paragraphs, whatever conditions in the template left out."""
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            blocks[-1].append(line.rstrip())
        elif blocks[-1]:
            blocks.append([])
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _paragraph(block: str, links: frozenset[str]) -> Markup:
    """A block of text as HTML: lines that begin with "- " are a list, our own links can be clicked."""
    parts: list[Markup] = []
    for is_list, lines in groupby(block.split("\n"), lambda line: line.startswith("- ")):
        shown = [_with_links(line[2:] if is_list else line, links) for line in lines]
        if is_list:
            items = Markup("").join(Markup("<li>{}</li>").format(item) for item in shown)
            parts.append(Markup("<ul>{}</ul>").format(items))
        else:
            parts.append(Markup("<p>{}</p>").format(Markup("<br>").join(shown)))
    return Markup("").join(parts)


def _with_links(line: str, links: frozenset[str]) -> Markup:
    """Of two links that begin alike the longer one is meant."""
    if not links:
        return escape(line)
    known = "|".join(re.escape(link) for link in sorted(links, key=len, reverse=True))
    anchor = Markup('<a href="{0}">{0}</a>')
    parts = re.split(f"({known})", line)  # every second one is a link
    return Markup("").join(anchor.format(part) if at % 2 else part for at, part in enumerate(parts))


def _is_https(address: Any) -> bool:
    parts = urlsplit(str(address or ""))
    return (
        parts.scheme == "https"
        and bool(parts.hostname)
        and not set(str(address)) & set(" \n\r\t\"'<>")
    )


def _broken(name: str, error: Exception) -> Mendable:
    line = getattr(error, "lineno", None)
    return Mendable.one(
        "pesan-rusak",
        where=f"templates/{name}" + (f":{line}" if line else ""),
        found=getattr(error, "message", "") or type(error).__name__,
        allowed="isian: nama, referensi, judul_layanan, kantor, masalah, catatan, nomor, tautan, "
        "tautan_perbaikan, tautan_status, tautan_whatsapp",
        run="python loket.py check",
    )
