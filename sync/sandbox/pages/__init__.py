"""The page for people at `/`: the officer's sheets, the citizens' form, the mailbox and Drive, beside each other.

It is a client like any other: sheets and Drive go through the real APIs with the officer's token, the rest through
the control routes. Files are served as they lie in `files/`; the page runs no inline script and asks no other host.
"""

import email
import email.policy
import re
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

from sync.sandbox import mailbox
from sync.sandbox.frame import Answer, Call, Content, Json, not_found, route
from sync.sandbox.pages import export

SCHEMA = ""

_FILES = Path(__file__).parent / "files"
_TYPES = {
    ".html": "text/html; charset=UTF-8",
    ".css": "text/css; charset=UTF-8",
    ".js": "text/javascript; charset=UTF-8",
    ".svg": "image/svg+xml",
}
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# A letter may bring its own styles and pictures inside it; it fetches nothing and runs nothing, also when opened alone.
_LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
    " style-src 'unsafe-inline'; img-src data:"
)
_GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def _file(name: str) -> Content:
    path = _FILES / name
    if path.parent != _FILES or path.suffix not in _TYPES or not path.is_file():
        raise not_found()
    return Content(
        path.read_bytes(),
        _TYPES[path.suffix],
        headers={**_GUARDS, "Content-Security-Policy": _PAGE_POLICY},
    )


def page(_call: Call) -> Answer:
    return _file("index.html")


def asset(call: Call) -> Answer:
    return _file(call.path["name"])


def letter_html(call: Call) -> Answer:
    """A message's HTML part, for the frame that it is read in. What leads to Google opens here."""
    html = _entry(call)["html"]
    html = re.sub(r"https://(?:docs|drive)\.google\.com/", call.base_url + "/", html)
    html = '<!doctype html><meta charset="utf-8"><base target="_blank">' + html
    return Content(
        html.encode("utf-8", "replace"),
        "text/html; charset=UTF-8",
        headers={**_GUARDS, "Content-Security-Policy": _LETTER_POLICY},
    )


def attachment(call: Call) -> Answer:
    """The n-th attachment, counted from 0. A PDF opens in the browser, anything else is only saved."""
    raw = Path(_entry(call)["path"]).read_bytes()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes
    parts = list(message.iter_attachments())
    number = call.path["number"]
    if not re.fullmatch(r"\d{1,4}", number) or int(number) >= len(parts):
        raise not_found()
    part = parts[int(number)]
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        content = part.as_bytes()
    is_pdf = content.startswith(b"%PDF-")
    how = "inline" if is_pdf else "attachment"
    name = quote(part.get_filename() or "lampiran", safe="")
    return Content(
        content,
        "application/pdf" if is_pdf else "application/octet-stream",
        headers={**_GUARDS, "Content-Disposition": f"{how}; filename*=UTF-8''{name}"},
    )


def _entry(call: Call) -> Json:
    for each in mailbox.messages(call.store):
        if str(each["id"]) == call.path["id"]:
            return each
    raise not_found()


ROUTES = [
    *export.ROUTES,
    route("GET", "/", "control.page", page, needs_token=False),
    # Where links to a sheet and to a form lead: the same page, showing that room alone.
    route("GET", "/spreadsheets/d/{book}/edit", "control.page", page, needs_token=False),
    route("GET", "/forms/d/{form}/edit", "control.page", page, needs_token=False),
    route("GET", "/forms/d/{form}/viewform", "control.page", page, needs_token=False),
    route("GET", "/forms/d/e/{form}/viewform", "control.page", page, needs_token=False),
    route("GET", "/_pages/{name}", "control.page", asset, needs_token=False),
    route(
        "GET",
        "/_sandbox/mailbox/{id}/html",
        "control.mailbox.html",
        letter_html,
        needs_token=False,
    ),
    route(
        "GET",
        "/_sandbox/mailbox/{id}/attachments/{number}",
        "control.mailbox.attachment",
        attachment,
        needs_token=False,
    ),
]
