"""Drive v3 and what is still called of v2: files, uploads, permissions, comments, shared drives, a file's page."""

from sync.sandbox.drive import (
    comments,
    content,
    drives,
    files,
    permissions,
    reading,
    registry,
    revisions,
    upload_routes,
    uploads,
    v2,
    viewing,
)
from sync.sandbox.frame import Route

SCHEMA: str = registry.SCHEMA + content.SCHEMA + uploads.SCHEMA + comments.SCHEMA

ROUTES: list[Route] = [
    *files.ROUTES,  # generateIds before {fileId}
    *reading.ROUTES,
    *upload_routes.ROUTES,
    *permissions.ROUTES,
    *comments.ROUTES,
    *revisions.ROUTES,
    *drives.ROUTES,
    *v2.ROUTES,
    *viewing.ROUTES,
]
