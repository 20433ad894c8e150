"""`serve` as the open internet meets it: what it answers, what it refuses, and that it forgets who asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from sync.core.verification import LONGEST_CODE
from sync.web.verifier.app import LOOKUPS_AT_ONCE, Pace
from tests.acceptance.conftest import loket
from tests.fakes.serving import Served, serving


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
    assert loket("--root", str(tmp_path), "revoke", reference).returncode == 0
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


def test_the_pace_recovers() -> None:
    """So many a second, and no more at once than it began with."""
    now = [0.0]
    pace = Pace(2, 3, lambda: now[0])
    assert [pace.take() for _ in range(4)] == [True, True, True, False]
    now[0] = 1.0
    assert [pace.take() for _ in range(3)] == [True, True, False]
    now[0] = 1000.0
    assert [pace.take() for _ in range(4)] == [True, True, True, False]
    now[0] = 0.0  # a clock that goes back gives nothing
    assert pace.take() is False


def test_without_an_address_it_says_what_to_set(tmp_path: Path) -> None:
    """Letters carry no code then: there is nothing to look up."""
    for verb in ("serve", "publish-verifier"):
        done = loket("--root", str(tmp_path), verb)
        assert done.returncode == 1
        assert "verification.url" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_told(served: Served, tmp_path: Path) -> None:
    port = served.url.rpartition(":")[2].partition("/")[0]
    done = loket("--root", str(tmp_path), "serve", "--port", port)
    assert done.returncode == 1
    assert "port-terpakai" in done.stderr
