"""Where the pages lie, behind `serve` or as files on any hosting, and how one is reached from another."""

from dataclasses import dataclass

FRONT, OFFLINE, STATUS, LETTER, VERIFIER = "", "luring", "status", "surat", "periksa"
STYLE, SCRIPT, ICON = "berkas/gaya.css", "berkas/halaman.js", "berkas/ikon.svg"
MANIFEST, WORKER = "manifest.webmanifest", "sw.js"


@dataclass(frozen=True, slots=True)
class Place:
    """`files`: a folder for any hosting, with links that hold in any of its folders. `status_at` is where an applicant asks
    for the status, "" where that is not to be had; `verifies`: there is a page that verifies letters."""

    files: bool = False
    status_at: str = "/" + STATUS
    verifies: bool = False

    def path(self, target: str) -> str:
        """The path of a target behind `serve`, or its file's name."""
        if not self.files:
            return "/" + target
        if "." in target:
            return target
        return f"{target or 'index'}.html"

    def link(self, target: str, *, seen_from: str) -> str:
        if target == STATUS:
            return self.status_at
        return "../" * (seen_from.count("/") if self.files else 0) + self.path(target)


def service_page(name: str) -> str:
    return f"layanan/{name}"
