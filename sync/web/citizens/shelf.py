"""The pages that are the same for everybody, made once: services, requirements, the page without network, and what they load."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sync.core.settings import Settings
from sync.web.citizens import place as at
from sync.web.citizens.place import Place, service_page
from sync.web.citizens.services import Service, chat_link
from sync.web.guard.threshold import POLICY

HERE = Path(__file__).parent
KINDS = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "webmanifest": "application/manifest+json",
}
HTML = "text/html; charset=utf-8"
_BRIEFLY, _ALWAYS_ANEW = "public, max-age=60", "no-cache"
_ICONS = ("berkas/ikon-192.png", "berkas/ikon-512.png")
_FILE_POLICY = "; ".join(rule for rule in POLICY.split("; ") if not rule.startswith("frame-"))
"""A page on any hosting brings its own policy; browsers take frame-ancestors from a header only."""


@dataclass(frozen=True, slots=True)
class Kept:
    content: bytes
    kind: str
    caching: str


@dataclass(frozen=True)
class Pages:
    """Pages of one office at one place."""

    settings: Settings
    services: Sequence[Service]
    place: Place
    _frames: dict[str, dict[str, Any]] = field(default_factory=dict, init=False, repr=False)

    def page(self, template: str, *, seen_from: str, **values: Any) -> str:
        """`seen_from` is the target that the page is shown as."""
        if seen_from not in self._frames:
            self._frames[seen_from] = self._frame(seen_from)
        frame = self._frames[seen_from]
        return environment().get_template(template).render(**frame, **values)

    def _frame(self, seen_from: str) -> dict[str, Any]:
        """What a target's pages have in common: the head's links, the header and the footer are made once."""
        known = {
            "kantor": self.settings.office,
            "obrolan": chat_link(self.settings),
            "layanan": self.services,
            "ke": lambda target: self.place.link(target, seen_from=seen_from),
            "di": seen_from,
            "tempat": self.place,
            "kebijakan": _FILE_POLICY if self.place.files else "",
        }
        parts = {"tautan": "_links.html", "kop": "_header.html", "kaki": "_footer.html"}
        made = {
            name: Markup(environment().get_template(part).render(**known))  # noqa: S704 - escaped there
            for name, part in parts.items()
        }
        return known | made

    def shelf(self) -> dict[str, Kept]:
        """Everything by its path or file name."""
        made = {at.FRONT: self.page("daftar.html", seen_from=at.FRONT)}
        made[at.OFFLINE] = self.page("luring.html", seen_from=at.OFFLINE)
        for service in self.services:
            target = service_page(service.name)
            made[target] = self.page("layanan.html", seen_from=target, satu=service)
        kept = {target: Kept(text.encode(), HTML, _BRIEFLY) for target, text in made.items()}
        for name in (at.STYLE, at.SCRIPT, at.ICON, *_ICONS):
            kept[name] = Kept(_file(name), _kind(name), _BRIEFLY)
        kept[at.MANIFEST] = Kept(self._manifest(), _kind(at.MANIFEST), _BRIEFLY)
        kept[at.WORKER] = Kept(self._worker(kept), _kind(at.WORKER), _ALWAYS_ANEW)
        return {self.place.path(target): file for target, file in kept.items()}

    def _manifest(self) -> bytes:
        office, link = self.settings.office, self._link
        icon = {"src": link(at.ICON), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
        drawn = [
            {"src": link(name), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for name, size in zip(_ICONS, (192, 512), strict=True)
            for purpose in ("any", "maskable")
        ]
        facts = {
            "id": link(at.FRONT),
            "name": f"Layanan {office.name}",
            "short_name": "Layanan",
            "description": f"Layanan daring {office.name}, {office.government}. Gratis.",
            "lang": "id",
            "dir": "ltr",
            "start_url": link(at.FRONT),
            "scope": "./" if self.place.files else "/",
            "display": "standalone",
            "background_color": "#f3f1ec",
            "theme_color": "#0a4544",
            "icons": [icon, *drawn],
        }
        return json.dumps(facts, ensure_ascii=False, indent=1).encode()

    def _worker(self, kept: Mapping[str, Kept]) -> bytes:
        """Its version follows from what it keeps: another page, and phones fetch all of it anew."""
        version = hashlib.sha256(b"".join(file.content for file in kept.values())).hexdigest()[:16]
        facts = {
            "version": version,
            "first": [self._link(target) for target in kept if target not in _ICONS],
            "later": [self._link(at.VERIFIER)] if self.place.verifies else [],
            "offline": self._link(at.OFFLINE),
        }
        script = _file(at.WORKER).decode()
        return script.replace("/*FACTS*/ {}", json.dumps(facts)).encode()

    def _link(self, target: str) -> str:
        return self.place.link(target, seen_from=at.FRONT)


@cache
def environment() -> Environment:
    """Everything is escaped; a name that is not there is a mistake of ours."""
    return Environment(
        loader=FileSystemLoader(HERE / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _file(name: str) -> bytes:
    return (HERE / "files" / name.rpartition("/")[2]).read_bytes()


def _kind(name: str) -> str:
    return KINDS[name.rpartition(".")[2]]
