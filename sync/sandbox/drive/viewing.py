"""What a person sees who clicks a file's link: the PDF itself, or what lies in a folder.

There is no sign-in here, unlike at Google: whoever is at this machine sees the file. The bytes come from strangers,
so the browser is told neither to guess their type nor to run anything in them.
"""

from html import escape
from urllib.parse import quote

from sync.sandbox.drive import content, registry, resource
from sync.sandbox.frame import Answer, Call, Content, route

_GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# Chromium's PDF viewer does not start inside a sandbox; for any other type nothing may run
_INERT = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}


def _page(title: str, body: str, status: int = 200) -> Content:
    html = (
        f'<!doctype html><html lang="id"><meta charset="utf-8"><title>{escape(title)}</title>'
        '<body style="font-family: sans-serif; max-width: 50rem; margin: 3rem auto; padding: 0 1rem">'
        f"<h1>{escape(title)}</h1>{body}</body></html>"
    )
    guards = {**_GUARDS, "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return Content(html.encode(), "text/html; charset=utf-8", status, guards)


def _missing() -> Content:
    return _page("Berkas tidak ditemukan", "<p>Berkas ini tidak ada atau sudah dihapus.</p>", 404)


def _file(call: Call, disposition: str) -> Content:
    with call.store.read() as db:
        row = registry.find(db, call.path["fileId"])
        data = None if row is None else content.get(db, row["id"])
    if row is None or data is None:
        return _missing()
    headers = {
        **_GUARDS,
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(row['name'], safe='')}",
    }
    if row["mime"] != "application/pdf":
        headers |= _INERT
    return Content(data, row["mime"], headers=headers)


def _view(call: Call) -> Answer:
    return _file(call, "inline")


def _download(call: Call) -> Answer:
    return _file(call, "attachment")


def _folder(call: Call) -> Answer:
    with call.store.read() as db:
        folder = registry.find(db, call.path["fileId"])
        rows = db.execute(
            "SELECT id, name, mime FROM drive_files WHERE parent = ? AND trashed = 0 ORDER BY name",
            (call.path["fileId"],),
        ).fetchall()
    if folder is None or folder["mime"] != registry.FOLDER:
        return _missing()
    items = "".join(
        f'<li><a href="{escape(resource.view_link("", row["id"], row["mime"]))}">{escape(row["name"])}</a></li>'
        for row in rows
    )
    return _page(folder["name"], f"<ul>{items}</ul>" if items else "<p>Folder ini kosong.</p>")


ROUTES = [
    route("GET", "/drive/file/{fileId}/view", "control.page", _view, needs_token=False),
    route("GET", "/drive/file/{fileId}/download", "control.page", _download, needs_token=False),
    route("GET", "/drive/folders/{fileId}", "control.page", _folder, needs_token=False),
]
