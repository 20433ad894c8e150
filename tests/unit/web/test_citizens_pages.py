"""The pages that are the same for everybody: small, whole, linked with each other, behind `serve` and as plain files."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from sync.core.settings import Office, Settings, WhatsApp
from sync.core.workflow.model import Workflow
from sync.ledger.verification import PublicKey
from sync.web.citizens.place import Place
from sync.web.citizens.services import services_of
from sync.web.citizens.shelf import Kept, Pages
from sync.web.guard.threshold import POLICY
from sync.web.verifier.app import _packed
from sync.web.verifier.page import verifier_page
from tests.fakes.citizens_site import OTHER, PUBLIC, ROOT, SETTINGS
from tests.unit.worker.conftest import WORKFLOW

LIMIT_BYTES = 50_000
AT_ONCE = ("berkas/gaya.css", "berkas/halaman.js", "berkas/ikon.svg", "manifest.webmanifest")
SERVED, FILES = Place(verifies=True), Place(files=True, status_at="", verifies=True)


def workflow(**other: Any) -> Workflow:
    return Workflow.model_validate({**WORKFLOW, **PUBLIC, **other})


def shelf(place: Place, *workflows: Workflow, settings: Settings = SETTINGS) -> dict[str, Kept]:
    return Pages(settings, services_of(workflows or [workflow()]), place).shelf()


def text(kept: Kept) -> str:
    return kept.content.decode()


def test_a_service_says_what_it_is_what_it_needs_when_and_that_it_is_free() -> None:
    page = text(shelf(SERVED)["/layanan/domisili"])
    for told in (
        "Surat Keterangan Domisili",
        "Tempat tinggal sekarang.",
        "<li>Foto KTP</li>",
        "Paling lama 3 hari",
        "Gratis (UU No. 24 Tahun 2013 Pasal 79A)",
        'href="https://docs.google.com/forms/d/1FAIpQLSabcdefghij/viewform"',
    ):
        assert told in page
    front = text(shelf(SERVED)["/"])
    assert 'href="/layanan/domisili"' in front
    assert "Gratis" in front


def test_without_a_list_the_forms_own_files_are_required() -> None:
    fields = {
        **WORKFLOW["fields"],
        "ktp": {"question": "Foto KTP-el", "type": "file"},
        "kk": {"question": "Foto KK", "type": "file", "required": False},
    }
    page = text(shelf(SERVED, workflow(fields=fields, public={"show": True}))["/layanan/domisili"])
    assert "<li>Foto KTP-el</li>" in page
    assert "<li>Foto KK (bila ada)</li>" in page


def test_what_is_not_shown_is_nowhere() -> None:
    """Neither in the list nor by its address."""
    kept = shelf(SERVED, workflow(), Workflow.model_validate(OTHER))
    assert "/layanan/pindah" not in kept
    assert all(b"Surat Keterangan Pindah" not in one.content for one in kept.values())


def test_an_office_without_services_says_so() -> None:
    assert "Belum ada layanan" in text(Pages(SETTINGS, [], SERVED).shelf()["/"])


def test_what_the_office_wrote_is_text() -> None:
    """A summary is not markup, nor is anything in the manifest or the script of the service worker."""
    hostile = '</script><img src=x onerror="alert(1)">'
    settings = Settings(office=Office(name=hostile, phone=hostile, address=hostile))
    kept = shelf(
        SERVED,
        workflow(title=hostile, public={"show": True, "summary": hostile}),
        settings=settings,
    )
    for name, one in kept.items():
        if one.kind.startswith("text/html"):
            assert "<img" not in text(one), name
    assert json.loads(kept["/manifest.webmanifest"].content)["name"] == f"Layanan {hostile}"


def test_the_chat_with_the_office_is_linked_where_there_is_one() -> None:
    settings = Settings(whatsapp=WhatsApp(office_number="0812-3456-7890"))
    assert "https://wa.me/6281234567890?text=" in text(shelf(SERVED, settings=settings)["/"])
    assert "wa.me" not in text(shelf(SERVED)["/"])


@pytest.mark.parametrize("place", [SERVED, FILES], ids=["served", "files"])
def test_a_page_with_all_that_it_loads_is_small(place: Place) -> None:
    """50 kB, uncompressed, with fifteen services in the list."""
    many = [workflow(name=f"layanan-{n}", title=f"Surat Keterangan {n}") for n in range(15)]
    kept = shelf(place, *many)
    beside = sum(len(kept[place.path(name)].content) for name in AT_ONCE)
    pages = [one for one in kept.values() if one.kind.startswith("text/html")]
    assert len(pages) == 17
    assert max(len(page.content) for page in pages) + beside < LIMIT_BYTES


def test_the_verifiers_page_is_small_on_its_way() -> None:
    """Its cryptography is 43 kB; packed, the whole page is less."""
    keys = [PublicKey("A" * 8, "04" + "0" * 128, datetime(2026, 1, 1, tzinfo=UTC))]
    page = verifier_page(ROOT / "templates/verifier", SETTINGS, keys)
    assert len(_packed(page)) < LIMIT_BYTES


@pytest.mark.parametrize("place", [SERVED, FILES], ids=["served", "files"])
def test_every_link_leads_to_something(place: Place) -> None:
    """Also in a folder of any hosting: links of files are relative."""
    kept = shelf(place)
    verifier = place.path("periksa")
    known = {*kept, verifier, *(["/status"] if not place.files else [])}
    for name, one in kept.items():
        if not one.kind.startswith("text/html"):
            continue
        links = re.findall(r'(?:href|src|data-worker|data-verifier)="([^"]*)"', text(one))
        ours = [link for link in links if link and not re.match(r"https:|mailto:|tel:|#", link)]
        assert len(ours) > 8
        for link in ours:
            assert place.files is not link.startswith("/"), link
            path = urlsplit(urljoin(f"https://x/{name.lstrip('/')}", link)).path
            assert (path.removeprefix("/") if place.files else path) in known, (name, link)


def test_the_status_is_linked_where_it_can_be_had() -> None:
    """Plain files have none of their own; they may lead to where `serve` is."""
    assert "Cek status" not in text(shelf(FILES)["index.html"])
    elsewhere = Place(files=True, status_at="https://layanan.contoh.go.id/status")
    assert 'href="https://layanan.contoh.go.id/status"' in text(shelf(elsewhere)["index.html"])


@pytest.mark.parametrize("place", [SERVED, FILES], ids=["served", "files"])
def test_the_manifest_is_what_android_wants(place: Place) -> None:
    """A name, a start within the scope, standalone, drawn icons of 192 and 512, one of them maskable."""
    kept = shelf(place)
    manifest = json.loads(kept[place.path("manifest.webmanifest")].content)
    assert manifest["display"] == "standalone"
    assert manifest["name"]
    assert manifest["short_name"]
    assert manifest["start_url"] in ("/", "index.html")
    sizes = {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= sizes
    for icon in manifest["icons"]:
        content = kept[icon["src"]].content
        if icon["type"] == "image/png":
            width = int.from_bytes(content[16:20], "big")
            assert (content[:8], f"{width}x{width}") == (b"\x89PNG\r\n\x1a\n", icon["sizes"])


def test_the_service_worker_keeps_what_is_everybodys_and_nothing_else() -> None:
    facts = _facts(shelf(SERVED))
    assert set(facts["first"]) >= {"/", "/layanan/domisili", "/luring", "/berkas/gaya.css"}
    kept = {*facts["first"], *facts["later"]}
    assert kept <= {*shelf(SERVED), "/periksa"}
    assert not {path for path in kept if re.match(r"/(status|surat|petugas)", path)}
    assert facts["offline"] in facts["first"]


def test_another_page_is_another_version() -> None:
    """Phones fetch everything anew then, and only then."""
    one, same = _facts(shelf(SERVED)), _facts(shelf(SERVED))
    other = _facts(shelf(SERVED, workflow(title="Surat Lain")))
    assert one["version"] == same["version"] != other["version"]


def test_plain_files_bring_their_own_policy() -> None:
    """The hosting knows none; what only a header can say is left out."""
    page = text(shelf(FILES)["layanan/domisili.html"])
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert found
    policy = found[1].replace("&#39;", "'")
    assert policy == POLICY.removesuffix("; frame-ancestors 'none'")
    assert "Content-Security-Policy" not in text(shelf(SERVED)["/"])


@pytest.mark.parametrize("place", [SERVED, FILES], ids=["served", "files"])
def test_nothing_stands_inline_and_nothing_comes_from_elsewhere(place: Place) -> None:
    """The policy forbids it, and a page must not depend on another's server."""
    for one in shelf(place).values():
        if one.kind.startswith("text/html"):
            page = text(one)
            assert not re.search(r"<style|style=|\son\w+=|<script(?![^>]*\ssrc=)", page)
            loaded = re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="([^"]*)"', page)
            assert not [address for address in loaded if "//" in address]


def test_scripts_for_every_phone_are_es5() -> None:
    """The service worker alone may be newer: browsers that have none don't load it."""
    script = (ROOT / "sync/web/citizens/files/halaman.js").read_text(encoding="utf-8")
    code = re.sub(r"//.*", "", script)
    assert not re.search(r"=>|`|\b(?:const|let|class|async|await)\b", code)


def test_pages_name_no_file_of_ours_that_is_not_there() -> None:
    """Every template and file is used."""
    folder = Path(ROOT / "sync/web/citizens/files")
    names = {PurePosixPath(name).name for name in shelf(SERVED)}
    assert {file.name for file in folder.iterdir()} <= names


def _facts(kept: dict[str, Kept]) -> dict[str, Any]:
    found = re.search(r"const FACTS = (\{.*\});", text(kept["/sw.js"]))
    assert found
    facts: dict[str, Any] = json.loads(found[1])
    return facts
