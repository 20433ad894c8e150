"""The worker's messages lead to the citizens' pages where those are on the internet, and nowhere else."""

from contextlib import ExitStack
from pathlib import Path
from threading import Event

import pytest

from sync.cli.root import Root
from sync.cli.wiring import Wiring
from sync.core.delivery import Kind

FACTS = {"nama": "Citra", "referensi": "SKD-26-0004F7", "judul_layanan": "Surat"}


@pytest.mark.parametrize(
    ("site", "link"),
    [
        ("https://layanan.contoh.go.id/", "https://layanan.contoh.go.id/status"),
        ("http://127.0.0.1:8080/", ""),
        ("", ""),
    ],
)
def test_the_way_to_the_status_is_told_by_settings(tmp_path: Path, site: str, link: str) -> None:
    (tmp_path / "settings.yaml").write_text(f"site: {{url: '{site}'}}\n", encoding="utf-8")
    with ExitStack() as stack:
        wiring = Wiring(Root.of(tmp_path), stack, Event())
        text = wiring.messages.compose(Kind.RECEIVED, FACTS)[1]
    assert ("Status permohonan dapat dilihat" in text) == bool(link)
    assert link in text
