"""`serve` as the open internet meets it: what it answers, what it refuses, and that it forgets who asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from sync.core.verification import LONGEST_CODE
from sync.web.verifier.app import LOOKUPS_AT_ONCE
from tests.acceptance.conftest import loket
from tests.fakes.serving import Served, serving
from tests.unit.worker.conftest import CITRA


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path) as served:
        yield served


def ask(served: Served, body: bytes, **headers: str) -> requests.Response:
    return requests.post(served.url + "/status", data=body, headers=headers, timeout=20)


def test_a_code_is_answered_from_the_ledger(served: Served, tmp_path: Path) -> None:
    """Genuine, withdrawn by `revoke`, genuine again after --undo; the page stands at its address."""
    code, reference = served.code(0).encode(), served.application(0).reference
    assert ask(served, code).json() == {"outcome": "genuine"}
    before = served.application(0).updated_at
    assert loket("--root", str(tmp_path), "revoke", reference).returncode == 0
    assert served.application(0).updated_at > before  # its row is to be written anew
    assert ask(served, code).json() == {"outcome": "revoked"}
    assert "surat dicabut" in loket("--root", str(tmp_path), "show", reference).stdout
    assert loket("--root", str(tmp_path), "revoke", reference, "--undo").returncode == 0
    assert ask(served, code).json() == {"outcome": "genuine"}
    assert ask(served, b"bukan kode").json() == {"outcome": "unknown"}

    outcomes = [(reference, "genuine"), (reference, "revoked"), (reference, "genuine")]
    assert served.lookups() == [*outcomes, ("", "unknown")]
    assert "Pemeriksaan keaslian surat" in requests.get(served.url, timeout=20).text


def test_what_is_no_question_is_refused(served: Served) -> None:
    """Another site's name, a body that is too long, another method; nothing of it is recorded."""
    code = served.code(0).encode()
    assert ask(served, code, Host="lain.example").status_code == 400
    assert ask(served, b"A" * (LONGEST_CODE + 1)).status_code == 413
    assert ask(served, b"\xff").status_code == 400
    assert requests.get(served.url + "/status", timeout=20).status_code == 405
    assert requests.get(served.url + "/lain", timeout=20).status_code == 404
    assert served.lookups() == []


def test_answers_may_not_be_framed_kept_or_sniffed(served: Served) -> None:
    """A page in another's frame would lend it the office's word."""
    for answer in (requests.get(served.url, timeout=20), ask(served, b"A")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Server" not in answer.headers


def test_a_flood_of_questions_is_slowed_down(served: Served) -> None:
    """All together, so that nobody's address need be kept; the page itself is still given."""
    with requests.Session() as session:
        answers = [
            session.post(served.url + "/status", data=b"A", timeout=20).status_code
            for _ in range(int(LOOKUPS_AT_ONCE) * 3)
        ]
    assert set(answers) == {200, 429}
    assert answers[: int(LOOKUPS_AT_ONCE)] == [200] * int(LOOKUPS_AT_ONCE)
    assert len(served.lookups()) == answers.count(200)
    assert requests.get(served.url, timeout=20).status_code == 200


def test_an_applicant_finds_the_service_and_the_status(served: Served) -> None:
    """As a browser does it: the list, the form, the answer; the same process that verifies letters."""
    site = served.url.removesuffix("/periksa")
    reference = served.application(0).reference
    with requests.Session() as browser:
        assert "Surat Keterangan Domisili" in browser.get(site, timeout=20).text
        form = browser.get(f"{site}/status", timeout=20).text
        token = form.partition('name="_token" value="')[2].partition('"')[0]
        asked = {"_token": token, "nomor": reference, "angka": CITRA["NIK"][-4:]}
        answer = browser.post(f"{site}/status", data=asked, timeout=20)
    assert answer.status_code == 200
    assert "Permohonan Anda selesai" in answer.text
    assert CITRA["NIK"] not in answer.text


def test_without_an_address_there_is_nothing_to_verify(tmp_path: Path) -> None:
    """Letters carry no code then."""
    done = loket("--root", str(tmp_path), "publish-verifier")
    assert done.returncode == 1
    assert "verification.url" in done.stderr
    assert "Traceback" not in done.stderr


def test_settings_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    """Before anything is served."""
    (tmp_path / "settings.yaml").write_text(
        "site:\n  url: http://layanan.contoh.go.id/\n  proxies: [kantor]\n", encoding="utf-8"
    )
    for verb in ("serve", "publish", "check"):
        done = loket("--root", str(tmp_path), verb)
        assert done.returncode == 1
        assert "settings.yaml:2" in done.stderr
        assert "settings.yaml:3" in done.stderr
        assert "Traceback" not in done.stderr


def test_publish_writes_the_pages_for_any_hosting(served: Served, tmp_path: Path) -> None:
    """Again and again, into the same folder: services, the list, and the page that verifies, with the office's keys."""
    for _ in range(2):
        done = loket("--root", str(tmp_path), "publish")
        assert done.returncode == 0, done.stderr
    site = tmp_path / "data" / "situs"
    names = {file.relative_to(site).as_posix() for file in site.rglob("*") if file.is_file()}
    assert {"index.html", "luring.html", "sw.js", "layanan/domisili.html", "periksa.html"} <= names
    assert "Tempat tinggal sekarang." in (site / "layanan/domisili.html").read_text(
        encoding="utf-8"
    )
    with served.world.ledger.reading() as look:
        (key,) = look.verification.public_keys()
    assert key.point in (site / "periksa.html").read_text(encoding="utf-8")

    (tmp_path / "workflows" / "rusak.yaml").write_text("title: Rusak\n", encoding="utf-8")
    done = loket("--root", str(tmp_path), "publish")
    assert done.returncode == 1
    assert "workflows/rusak.yaml" in done.stderr
    assert (site / "layanan/domisili.html").exists()


def test_a_port_that_is_taken_is_told(served: Served, tmp_path: Path) -> None:
    port = served.url.rpartition(":")[2].partition("/")[0]
    done = loket("--root", str(tmp_path), "serve", "--port", port)
    assert done.returncode == 1
    assert "port-terpakai" in done.stderr
