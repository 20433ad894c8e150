"""A PDF made elsewhere is relayed only when it is one, everybody can open it, and its signature is intact."""

import os
import subprocess
import time

import pytest

from sync.core.officer_file import MOST_BYTES
from sync.core.outcomes import Never
from sync.letter import foreign_pdf
from sync.letter.foreign_pdf import is_signed
from tests.fakes import foreign_pdfs


def test_a_signed_pdf_passes_though_nobody_here_knows_the_signer() -> None:
    """Integrity is judged, not trust: BSrE's roots are not ours."""
    assert is_signed(foreign_pdfs.signed())


def test_an_unsigned_pdf_passes_and_is_called_so() -> None:
    assert not is_signed(foreign_pdfs.unsigned())


def test_a_second_signature_does_not_break_the_first() -> None:
    """What the second signer appended is no change of the document."""
    assert is_signed(foreign_pdfs.signed_twice())


def test_a_pdf_that_is_locked_against_editing_alone_can_be_relayed() -> None:
    """Everybody can read it, signed or not."""
    locked = foreign_pdfs.encrypted(user_password="")
    assert not is_signed(locked)


@pytest.mark.parametrize(
    ("pdf", "said"),
    [
        (foreign_pdfs.with_a_byte_changed, "Tanda tangan elektronik di Berkas Petugas rusak"),
        (
            foreign_pdfs.with_another_signature_pasted_in,
            "Tanda tangan elektronik di Berkas Petugas rusak",
        ),
        (foreign_pdfs.with_a_page_changed_afterwards, "diubah sesudah ditandatangani"),
        (foreign_pdfs.encrypted, "terkunci kata sandi"),
        (lambda: b"", "bukan PDF"),
        (lambda: b"PK\x03\x04 SKD Citra.docx" * 100, "bukan PDF"),
        (lambda: b"%PDF-1.7\nhanya kepalanya", "bukan PDF"),
        (lambda: foreign_pdfs.unsigned(pages=0), "bukan PDF"),
    ],
    ids=["byte", "pasted", "page", "locked", "empty", "docx", "header", "no page"],
)
def test_what_must_not_be_relayed_is_refused_with_what_to_do(pdf: object, said: str) -> None:
    """The sentence is the officer's: what was found, and how to mend it."""
    assert callable(pdf)
    with pytest.raises(Never) as refused:
        is_signed(pdf())
    assert said in refused.value.reason
    assert refused.value.reason.endswith(".")


def test_a_signature_that_cannot_be_read_is_no_missing_signature() -> None:
    """Broken so that no signature is found any more: refused, not relayed as an unsigned PDF."""
    pdf = foreign_pdfs.signed()
    start = pdf.index(b"/Contents <") + 11
    with pytest.raises(Never, match="tidak dapat diperiksa"):
        is_signed(pdf[:start] + b"00" * 20 + pdf[start + 40 :])


def test_more_than_mail_can_carry_is_refused() -> None:
    """Also where the size that Drive told was another."""
    with pytest.raises(Never):
        is_signed(foreign_pdfs.unsigned() + b" " * MOST_BYTES)


def test_a_pdf_that_crashes_its_reader_harms_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader is a process of its own: its crash is a refusal."""
    monkeypatch.setattr(foreign_pdf, "_CHILD", "import os; os.abort()")
    with pytest.raises(Never, match="tidak dapat diperiksa"):
        is_signed(foreign_pdfs.unsigned())


def test_a_pdf_that_holds_up_its_reader_is_refused_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign_pdf, "_CHILD", "import time; time.sleep(60)")
    begun = time.monotonic()
    with pytest.raises(Never, match="tidak dapat diperiksa"):
        is_signed(foreign_pdfs.unsigned(), timeout_s=0.5)
    assert time.monotonic() - begun < 10


def test_the_reader_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords stand in the environment; the reader of foreign bytes gets none of them."""
    told: list[dict[str, str]] = []
    original = subprocess.run

    def run(*arguments: object, env: dict[str, str], **named: object) -> object:
        told.append(env)
        return original(*arguments, env=env, **named)  # type: ignore[call-overload]

    monkeypatch.setenv("LOKET_MAIL_PASSWORD", "rahasia")
    monkeypatch.setattr(subprocess, "run", run)
    is_signed(foreign_pdfs.unsigned())
    assert "LOKET_MAIL_PASSWORD" in os.environ
    assert "rahasia" not in str(told)
