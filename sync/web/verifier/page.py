"""The page that verifies letters: one file, without a request to anywhere, for any hosting and for `serve`.

Its scripts and style are named by their hashes in its policy, so that nothing that got in otherwise runs. It holds public
keys and the office's name; nothing in it is secret.
"""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sync.core.settings import Settings
from sync.core.verification import site_of
from sync.ledger.verification import PublicKey

_PARTS = {"style": "style.css", "p256": "p256.js", "code": "code.js", "page": "page.js"}
_PLACE = re.compile(r"{{(\w+)}}")
_FACTS = re.compile(r'<script type="application/json" id="office-facts">(.*?)</script>', re.DOTALL)


def verifier_page(
    folder: Path, settings: Settings, keys: Sequence[PublicKey], *, lookup: str = ""
) -> str:
    """`folder` holds the page's parts. `lookup`: where the page asks whether a letter was withdrawn; "": it asks nobody."""
    parts = {name: (folder / file).read_text(encoding="utf-8") for name, file in _PARTS.items()}
    office = settings.office
    facts = {
        "name": office.name,
        "government": office.government,
        "contact": ", ".join(text for text in (office.phone, office.email) if text),
        "url": settings.verification.url,
        "site": site_of(settings.verification.url),
        "lookup": lookup,
        "keys": [
            {"id": key.id, "point": key.point, "revoked": key.revoked_at is not None}
            for key in keys
        ],
    }
    filled = {
        **parts,
        "policy": _policy(parts, asks=bool(lookup)),
        "facts": json.dumps(facts).replace("<", "\\u003c"),
    }
    page = (folder / "page.html").read_text(encoding="utf-8")
    return _PLACE.sub(lambda place: filled[place[1]], page)


def keys_in(page: str) -> dict[str, str]:
    """The public keys of a page made earlier: each id with its point. Raises ValueError where it is no such page."""
    found = _FACTS.search(page)
    if found is None:
        raise ValueError("no facts of an office in it")
    facts: Any = json.loads(found[1])
    try:
        keys = {str(key["id"]): str(key["point"]) for key in facts["keys"]}
    except (KeyError, TypeError) as error:
        raise ValueError("no keys in it") from error
    if not all(re.fullmatch(r"04[0-9a-f]{128}", point) for point in keys.values()):
        raise ValueError("something else than keys in it")
    return keys


def _policy(parts: dict[str, str], *, asks: bool) -> str:
    """'unsafe-inline' counts only for browsers too old to know hashes, which would otherwise run nothing."""
    scripts = " ".join(_hash(parts[name]) for name in ("p256", "code", "page"))
    rules = [
        "default-src 'none'",
        f"script-src {scripts} 'unsafe-inline'",
        f"style-src {_hash(parts['style'])} 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(rules + (["connect-src 'self'"] if asks else []))


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
