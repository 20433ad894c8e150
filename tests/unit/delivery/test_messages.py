"""What applicants read: complete, kind, free of anything a stranger could put in."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from sync.core.delivery import EMAIL_KINDS, Kind
from sync.core.mendable import Mendable
from sync.core.settings import Office
from sync.delivery.messages import Messages

ROOT = Path(__file__).parents[3]
LINK = "https://docs.google.com/forms/d/e/x/viewform?usp=pp_url&entry.1=SKD-26-0004F7"

CONTEXT: dict[str, Any] = {
    "nama": "Citra Lestari",
    "referensi": "SKD-26-0004F7",
    "judul_layanan": "Surat Keterangan Domisili",
    "kantor": Office(phone="(0541) 123456", address="Jl. Contoh No. 1").model_dump(),
    "masalah": ["NIK harus 16 angka.", "Tanggal Lahir belum diisi."],
    "catatan": "Mohon lampirkan foto KTP yang jelas.",
    "nomor": "470/0001/DKPS/XI/2026",
}


@pytest.fixture
def messages() -> Messages:
    return Messages([ROOT / "templates"])


class _Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._styling = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._styling = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._styling = False

    def handle_data(self, data: str) -> None:
        if not self._styling:
            self.text += data

    @property
    def links(self) -> list[str | None]:
        return [attrs.get("href") for tag, attrs in self.tags if tag == "a"]


@pytest.mark.parametrize("kind", EMAIL_KINDS)
def test_every_message_says_whose_where_and_that_it_is_free(messages: Messages, kind: Kind) -> None:
    """The law asks for the last (UU 24/2013 art. 79A), and it takes the ground from extortion."""
    subject, text, html = messages.compose(kind, CONTEXT)
    assert "SKD-26-0004F7" in subject
    for shown in (text, _Page(html).text):
        for wanted in ("Citra Lestari", "SKD-26-0004F7", "Surat Keterangan Domisili"):
            assert wanted in shown
        for wanted in ("gratis", "UU No. 24 Tahun 2013 Pasal 79A", "(0541) 123456"):
            assert wanted in shown
        assert "{{" not in shown
        assert "{%" not in shown


@pytest.mark.parametrize("kind", EMAIL_KINDS)
def test_a_message_is_complete_without_what_is_optional(messages: Messages, kind: Kind) -> None:
    """No note, no phone, no link: no empty headings and no gaps either."""
    bare = {key: CONTEXT[key] for key in ("nama", "referensi", "judul_layanan")}
    _, text, html = messages.compose(kind, {**bare, "kantor": {"name": "Disdukcapil"}})
    assert "\n\n\n" not in text
    assert "Catatan petugas" not in text
    assert "Telepon" not in text
    assert _Page(html).links == []


def test_all_problems_are_told_at_once(messages: Messages) -> None:
    """An applicant who mends one thing a day gives up."""
    _, text, html = messages.compose(Kind.MEND, CONTEXT)
    assert "- NIK harus 16 angka.\n- Tanggal Lahir belum diisi.\n" in text
    assert html.count("<li>") == 2
    assert "Mohon lampirkan foto KTP yang jelas." in text


def test_the_mending_link_can_be_clicked_and_no_other(messages: Messages) -> None:
    """A name like "https://jahat.test" must not become a link under the office's letterhead."""
    context = {
        **CONTEXT,
        "nama": "https://jahat.test",
        "catatan": "lihat https://jahat.test/x",
        "tautan_perbaikan": LINK,
    }
    _, text, html = messages.compose(Kind.MEND, context)
    assert LINK in text
    assert _Page(html).links == [LINK]


@pytest.mark.parametrize("link", ["http://docs.google.com/x", "javascript:alert(1)", "https:///x"])
def test_a_link_that_is_not_https_is_left_out(messages: Messages, link: str) -> None:
    """A wrong setting must not send citizens to an address without TLS."""
    _, text, html = messages.compose(Kind.MEND, {**CONTEXT, "tautan_perbaikan": link})
    assert link not in text
    assert _Page(html).links == []
    assert "Edit jawaban" in text


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        '<img src="https://jahat.test/x.png">',
        '"><a href="https://jahat.test">klik</a>',
        "{{ kantor.email }} {% raw %}",
    ],
)
def test_what_citizens_typed_stays_text(messages: Messages, typed: str) -> None:
    """Escaped in HTML, never run as a template."""
    context = {**CONTEXT, "nama": typed, "catatan": typed, "masalah": [typed]}
    _, text, html = messages.compose(Kind.MEND, context)
    page = _Page(html)
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "img", "a"}
    assert page.text.count(typed) == 3
    assert text.count(typed) == 3


def test_a_nik_is_masked_whoever_typed_it(messages: Messages) -> None:
    """Emails are forwarded and printed; only the letter carries the number."""
    context = {
        **CONTEXT,
        "catatan": "NIK 6472010101900001 tidak cocok",
        "masalah": ["6472 0101 0190 0001"],
    }
    for shown in messages.compose(Kind.MEND, context):
        assert "6472010101900001" not in shown
        assert "0101 0190" not in shown


def test_nothing_is_loaded_from_elsewhere(messages: Messages) -> None:
    """A picture from outside would tell a stranger who reads what, when."""
    for kind in EMAIL_KINDS:
        _, _, html = messages.compose(kind, CONTEXT)
        for _, attrs in _Page(html).tags:
            assert "src" not in attrs
            assert "url(" not in (attrs.get("style") or "")


def test_an_office_overrides_one_message(tmp_path: Path) -> None:
    """Its own folder comes first; a workflow may name a template of its own."""
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "letter.txt").write_text("Subjek: Halo {{ nama }}\nSudah jadi.")
    (tmp_path / "messages" / "kk.txt").write_text("Subjek: KK\nKartu keluarga sudah jadi.")
    messages = Messages([tmp_path, ROOT / "templates"])

    assert messages.compose(Kind.LETTER, CONTEXT)[0] == "Halo Citra Lestari"
    own = messages.compose(Kind.LETTER, CONTEXT, template="messages/kk.txt")
    assert own[1] == "Kartu keluarga sudah jadi.\n"


@pytest.mark.parametrize(
    ("source", "name", "where"),
    [
        ("Halo {{ nama }}", "pesan-tanpa-subjek", "messages/own.txt:1"),
        ("Subjek: x\n{{ nama", "pesan-rusak", "messages/own.txt:2"),
        ("Subjek: x\n{{ nik }}", "pesan-rusak", "messages/own.txt"),
        ("Subjek: x\n{{ ''.__class__.__mro__ }}", "pesan-rusak", "messages/own.txt"),
    ],
)
def test_a_template_that_cannot_be_used_is_named(
    tmp_path: Path, source: str, name: str, where: str
) -> None:
    """The office edits these; it must read where, and what is allowed."""
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "own.txt").write_text(source)
    messages = Messages([tmp_path, ROOT / "templates"])
    with pytest.raises(Mendable) as caught:
        messages.compose(Kind.LETTER, CONTEXT, template="messages/own.txt")
    problem = caught.value.problems[0]
    assert problem.name == name
    assert where in problem.where
