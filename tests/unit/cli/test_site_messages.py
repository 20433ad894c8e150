"""The worker's messages lead to the citizens' pages where those are on the internet, and nowhere else."""

from contextlib import ExitStack
from pathlib import Path
from threading import Event

import pytest

from sync.cli.root import Root
from sync.cli.wiring import Wiring
from sync.core.delivery import Kind
from sync.core.workflow.read import read_workflow
from tests.fakes.serving import SERVICE

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


@pytest.mark.parametrize(("type_", "led"), [("nik", True), ("text", False)])
def test_nobody_is_led_where_no_application_of_theirs_is_found(
    tmp_path: Path, type_: str, led: bool
) -> None:
    """Without a NIK among its questions a service has no status page."""
    site = "site: {url: 'https://layanan.contoh.go.id'}\n"
    (tmp_path / "settings.yaml").write_text(site, encoding="utf-8")
    workflow = read_workflow(SERVICE.replace("type: nik", f"type: {type_}"), file="domisili.yaml")
    with ExitStack() as stack:
        wiring = Wiring(Root.of(tmp_path), stack, Event())
        for kind in (Kind.RECEIVED, Kind.LETTER):
            text = wiring.messages_for(workflow).compose(kind, FACTS)[1]
            assert ("layanan.contoh.go.id/status" in text) == led
