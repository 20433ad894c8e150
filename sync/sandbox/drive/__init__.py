"""Drive v3: files, uploads, permissions, shared drives, and the pages behind a file's link."""

from sync.sandbox.drive import (
    content,
    drives,
    files,
    permissions,
    reading,
    registry,
    uploads,
    viewing,
)
from sync.sandbox.frame import Route

SCHEMA: str = registry.SCHEMA + content.SCHEMA + uploads.SCHEMA

ROUTES: list[Route] = [
    *files.ROUTES,  # generateIds before {fileId}
    *reading.ROUTES,
    *uploads.ROUTES,
    *permissions.ROUTES,
    *drives.ROUTES,
    *viewing.ROUTES,
]
