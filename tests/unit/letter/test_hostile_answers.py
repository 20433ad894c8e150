"""Citizens' text is data: it is printed as it was typed, or the letter fails with a reason. It never does anything."""

import socket

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.letter.press import LetterFailed, Letterpress
from tests.unit.letter.orders import OURS, order, text_of


@pytest.mark.parametrize(
    "typed",
    [
        "<b>Citra</b>",
        "<img src=file:///etc/passwd>",
        "{{ 7*7 }} {% for i in range(9) %}",
        "</td></tr></table><script>alert(1)</script>",
        "<style>@import url(http://127.0.0.1/x)</style>",
        '"><iframe src="file:///etc/passwd"></iframe>',
        "&lt;b&gt; &amp; &#60;",
        "<meta name='pdfkit-enable-local-file-access' content=''>",
        "Jl. \"Mawar\" 'Merah' \\ 100% #1 --title x",
        "url(letters/fonts/LiberationSerif-Regular.ttf)",
    ],
)
def test_markup_in_an_answer_is_printed_as_it_was_typed(press, typed):
    """An address that is HTML could show another citizen's letter, or a file of the office's PC."""
    text = text_of(press.make(order(alamat=typed))).replace(" ", "")
    assert typed.replace(" ", "") in text


def test_a_very_long_answer_gives_a_whole_letter_or_a_reason(press):
    """50,000 characters in one cell: Sheets allows it, and a press must not hang on it."""
    pdf = press.make(order(alamat="Jalan Kenanga " * 3600))
    assert text_of(pdf).count("Kenanga") == 3600


def test_an_answer_without_end_is_refused_with_a_reason(refused):
    """A letter of a thousand pages is nobody's letter."""
    failed = refused(order(alamat="Jalan Kenanga\n" * 120_000))
    assert "terlalu panjang" in failed.reason or "terlalu lama" in failed.reason


def test_direction_marks_do_not_turn_a_name_round(press):
    """With a right-to-left override the letter would read otherwise than what the officer approved."""
    text = text_of(press.make(order(alamat="Jalan \u202egnarabmeS\u202c \u200b\u2066Satu\u2069")))
    assert "Jalan gnarabmeS Satu" in text


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("Citra 😀", "emoji atau simbol (😀)"),
        ("Jalan 文", "huruf Tionghoa (文)"),
        ("مسجد", "huruf Arab"),
        ("60 ㎡", "(㎡)"),
        ("2 m 60 ㎡", "(㎡)"),
        ("Blok Ⅳ", "(Ⅳ)"),
        ("ꦕꦶꦠꦿ", "aksara Jawa"),
    ],
)
def test_a_letter_that_no_font_has_is_named(refused, typed, kind):
    """Engines drop such a character without a word: a name would be printed wrong."""
    failed = refused(order(alamat=typed))
    assert failed.reason.startswith("Surat memuat huruf yang tidak dapat dicetak: ")
    assert kind in failed.reason


def test_accents_of_many_languages_are_printed(press):
    """Indonesia's citizens have names from everywhere."""
    names = "Đặng Thị Ngọc, Łukasz Żółć, Ñuñez, Ωμέγα, Юлия, Ḥusayn, Şükrü, O’Brien, D'Souza, 1½ “x” – …"
    assert names.replace(" ", "") in text_of(press.make(order(alamat=names))).replace(" ", "")


@pytest.mark.parametrize(
    "name", ["דוד כהן", "Citra (דוד) Ayu", "Jean‑Luc Sukarno-Putri", "X" * 100]
)
def test_unusual_names_are_found_again_in_the_letter(press, name):
    """The read-back must not refuse a good letter."""
    assert press.make(order(nama=name)).startswith(b"%PDF-")


def test_an_unescaped_answer_still_reaches_nothing(templates, press, refused, letter, tmp_path):
    """Even a template that prints answers as HTML can't be made to open a file or a connection."""
    secret = tmp_path / "rahasia.txt"
    secret.write_text("rahasia kantor", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(0.3)
        port = door.getsockname()[1]
        for hole in (
            f'<img src="http://127.0.0.1:{port}/">',
            f'<iframe src="{secret.as_uri()}"></iframe>',
            f'<link rel="stylesheet" href="http://127.0.0.1:{port}/x.css">',
            f"<style>@import 'http://127.0.0.1:{port}/x.css';</style>",
            f"<style>p {{ background: url(http://127.0.0.1:{port}/x.png) }}</style>",
            f"<style>p {{ background: \\75 rl(http://127.0.0.1:{port}/x.png) }}</style>",
            f'<p style="background: url({secret.as_uri()})">x</p>',
            f'<object data="{secret.as_uri()}"></object>',
            '<img src="../../rahasia.txt">',
            "<script>1</script>",
        ):
            name = letter(hole + "<p>{{ nama }} {{ nomor }}</p>")
            failed = refused(order(name))
            assert "Template surat" in failed.reason, hole
        with pytest.raises(TimeoutError):
            door.accept()
    assert "Citra" in text_of(press.make(order()))


printable = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x24F, exclude_categories=["Cc", "Cf"]),
    max_size=200,
)


@pytest.fixture(scope="module")
def one_press():
    with Letterpress([OURS], processes=1) as press:
        yield press


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(typed=printable)
def test_whatever_is_typed_in_latin_letters_is_printed(one_press, typed):
    """No combination of signs may be dropped on the way through HTML, engine and read-back."""
    assert one_press.make(order(alamat=typed)).startswith(b"%PDF-")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(typed=st.text(max_size=80))
def test_anything_at_all_gives_a_letter_or_a_reason(one_press, typed):
    """The worker goes on, and the officer reads why."""
    result = dict(one_press.make_all([("surat", order(alamat=typed))]))["surat"]
    if isinstance(result, LetterFailed):
        assert "tidak dapat dicetak" in result.reason or "tidak tampak" in result.reason
    else:
        assert result.startswith(b"%PDF-")
