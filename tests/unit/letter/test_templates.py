"""Templates that an office changed: what goes wrong is told with file and line, and never printed half."""

import pytest

from sync.letter.press import LetterFailed, Letterpress
from sync.letter.resources import _is_whole
from tests.unit.letter.orders import HEAD, order, text_of


def test_an_unknown_field_fails_the_letter_with_its_line(refused, letter):
    """Jinja's default prints nothing for it: a letter without an address."""
    failed = refused(order(letter("\n<p>{{ nama }} {{ alamt }}</p>")))
    assert failed.reason == (
        'Template surat memakai nama yang tidak ada: "alamt" (letters/surat.html baris 5).'
    )


def test_an_unknown_part_of_the_office_fails_the_letter(refused, letter):
    """`kantor.nmae` is as wrong as `nmae`."""
    failed = refused(order(letter("{{ kantor.nmae }}")))
    assert '"nmae"' in failed.reason


def test_a_slip_in_a_command_is_told_with_its_line(refused, letter):
    """The officer calls whoever changed the template, and can say where."""
    failed = refused(order(letter("<p>\n{% if nama %}\n</p>")))
    assert failed.reason == "Template surat salah tulis: letters/surat.html baris 6."


def test_a_missing_template_is_named(refused):
    """The workflow's file names a template that nobody has written."""
    failed = refused(order("letters/tidak-ada.html"))
    assert failed.reason == "Template surat letters/tidak-ada.html tidak ditemukan."


@pytest.mark.parametrize("outside", ["../rahasia.html", "/etc/passwd", "letters/../../x.html"])
def test_no_template_is_read_from_outside_its_folder(refused, outside):
    """A workflow file is not a way to read the PC's files."""
    assert "tidak ditemukan" in refused(order(outside)).reason


@pytest.mark.parametrize(
    "escape",
    [
        "{{ nama.__class__.__mro__ }}",
        "{{ ''.join.__globals__ }}",
        "{{ kantor.update({'name': 'x'}) }}",
        "{{ nama.format.__self__ }}",
    ],
)
def test_a_template_cannot_leave_the_sandbox(refused, letter, escape):
    """Templates travel by email between offices."""
    failed = refused(order(letter(escape)))
    assert "Template surat" in failed.reason


def test_answers_cannot_be_printed_as_markup(refused, letter):
    """`|safe` would undo every other care."""
    assert "salah tulis" in refused(order(letter("{{ nama|safe }}"))).reason


def test_a_missing_font_fails_the_letter(refused, templates):
    """PlutoPrint makes a valid PDF without any text of it, and says nothing."""
    page = HEAD.replace("LiberationSerif-Regular", "Times") + "<p>{{ nama }} {{ nomor }}</p></html>"
    (templates / "letters" / "surat.html").write_text(page, encoding="utf-8")
    failed = refused(order("letters/surat.html"))
    assert failed.reason == (
        "Berkas huruf letters/fonts/Times.ttf tidak ada di folder templates (letters/surat.html)."
    )


PLAIN = "<!DOCTYPE html><html><p style='font-family: {family}'>{{{{ nama }}}} {{{{ nomor }}}}</p></html>"


@pytest.mark.parametrize("family", ["inherit", "serif", "Arial, sans-serif", "Comic Sans MS"])
def test_a_page_that_knows_nothing_of_fonts_is_set_in_the_houses(press, templates, family):
    """Whoever writes a letter need not know of fonts, and the machine's own ones are shut out."""
    page = PLAIN.format(family=family)
    (templates / "letters" / "surat.html").write_text(page, encoding="utf-8")
    pdf = press.make(order("letters/surat.html"))
    assert "Citra Ayu Lestari" in text_of(pdf)
    assert b"Liberation" in pdf


@pytest.mark.parametrize("font", [None, b"\0" * 1000], ids=["none", "broken"])
def test_without_a_font_that_can_be_read_the_letter_fails(templates, font):
    """A copy that stopped half-way: PlutoPrint would print a valid PDF without a word in it."""
    if font:
        (templates / "letters" / "fonts").mkdir()
        (templates / "letters" / "fonts" / "LiberationSerif-Regular.ttf").write_bytes(font)
    page = PLAIN.format(family="Liberation Serif")
    (templates / "letters" / "surat.html").write_text(page, encoding="utf-8")
    with Letterpress([templates], processes=1) as press, pytest.raises(LetterFailed) as caught:
        press.make(order("letters/surat.html"))
    assert caught.value.reason == "Surat tercetak kosong: huruf untuk surat tidak ditemukan."


def test_a_letter_that_forgets_the_name_is_not_sent(refused, letter):
    """A letter for nobody: the template was cut too far."""
    failed = refused(order(letter("<p>Nomor {{ nomor }}</p>")))
    assert failed.reason.startswith("Nama pemohon atau nomor surat tidak terbaca")


def test_a_hidden_name_does_not_count(refused, letter):
    """What can't be seen on paper is not in the letter."""
    failed = refused(order(letter('<p style="display: none">{{ nama }}</p><p>{{ nomor }}</p>')))
    assert failed.reason == "Sebagian tulisan tidak tampak di surat; periksa templatenya."


def test_text_beyond_the_papers_edge_is_not_sent(refused, letter):
    """It is in the file, but nobody will ever see it."""
    off = '<p style="position: absolute; left: -300mm">{{ nama }}</p><p>{{ nomor }}</p>'
    failed = refused(order(letter(off)))
    assert failed.reason == "Sebagian tulisan tidak tampak di surat; periksa templatenya."


def test_a_name_broken_over_lines_and_set_in_capitals_is_still_found(press, letter):
    """The read-back must not refuse a good letter."""
    name = letter(
        '<p style="width: 12mm; text-transform: uppercase; overflow-wrap: break-word">{{ nama }}</p>'
        "<p>{{ nomor }}</p>"
    )
    assert "CITRAAYULESTARI" in text_of(press.make(order(name))).replace(" ", "")


def test_an_image_of_the_office_is_printed(press, letter, templates):
    """The regency's own emblem lies in the office's folder."""
    (templates / "lambang kita.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>',
        encoding="utf-8",
    )
    name = letter('<img src="{{ kantor.emblem }}"><p>{{ nama }} {{ nomor }}</p>')
    office = dict(order().context["kantor"]) | {"emblem": "lambang kita.svg"}
    bare = press.make(order(letter("<p>{{ nama }} {{ nomor }}</p>", "letters/polos.html")))
    assert len(press.make(order(name, kantor=office))) > len(bare)


def test_a_missing_image_is_named(refused, letter):
    """A letter without its emblem is not official."""
    failed = refused(order(letter('<img src="letters/logo.png"><p>{{ nama }} {{ nomor }}</p>')))
    assert failed.reason == (
        "Gambar letters/logo.png tidak ada di folder templates (letters/surat.html)."
    )


def test_an_image_that_is_too_large_is_named(refused, letter, templates):
    """A photograph of 50 MB in the letterhead would be in every letter; it is not even read."""
    with (templates / "besar.png").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    failed = refused(order(letter('<img src="besar.png"><p>{{ nama }} {{ nomor }}</p>')))
    assert failed.reason == (
        "Berkas besar.png terlalu besar; paling besar 4 MB (letters/surat.html)."
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 500),
        ("logo.png", b"\xff\xd8\xff\xe0" + b"\0" * 500 + b"\xff\xd9"),
        ("logo.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 500),
        ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9'),
        ("logo.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>'.encode("utf-16")),
        ("logo.svg", b""),
    ],
    ids=["half a png", "a jpg by the name of png", "half a jpg", "half an svg", "utf-16", "empty"],
)
def test_an_image_that_is_broken_is_named(refused, letter, templates, name, content):
    """A copy that stopped half-way: engines print on without the emblem, and say nothing."""
    (templates / name).write_bytes(content)
    failed = refused(order(letter(f'<img src="{name}"><p>{{{{ nama }}}} {{{{ nomor }}}}</p>')))
    assert failed.reason.startswith(f"Gambar {name} rusak atau bukan {name[-3:].upper()}; ")
    assert "letters/surat.html" in failed.reason


def test_a_photograph_with_the_cameras_notes_behind_it_is_whole():
    """Telephones write on after a picture's end."""
    content = b"\xff\xd8\xff\xe0" + b"\0" * 5000 + b"\xff\xd9" + b"\0" * 900
    assert _is_whole(".jpg", content)


def test_a_link_out_of_the_folder_is_not_followed(refused, letter, templates, tmp_path):
    """A symbolic link in templates/ must not open the rest of the PC."""
    (tmp_path / "luar.png").write_bytes(b"\x89PNG")
    try:
        (templates / "dalam.png").symlink_to(tmp_path / "luar.png")
    except OSError:
        pytest.skip("no symbolic links here")
    failed = refused(order(letter('<img src="dalam.png"><p>{{ nama }} {{ nomor }}</p>')))
    assert "tidak ada di folder templates" in failed.reason


def test_an_svg_that_reaches_out_is_refused(refused, letter, templates):
    """An image is a document of its own, with links of its own."""
    (templates / "nakal.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        encoding="utf-8",
    )
    failed = refused(order(letter('<img src="nakal.svg"><p>{{ nama }} {{ nomor }}</p>')))
    assert failed.reason == ("Gambar nakal.svg memuat tautan atau skrip (letters/surat.html).")


def test_a_template_saved_by_notepad_works(press, templates):
    """Notepad may put a mark before the first character."""
    page = HEAD + "<p>{{ nama }} {{ nomor }}</p></html>"
    (templates / "letters" / "surat.html").write_text(page, encoding="utf-8-sig")
    assert text_of(press.make(order("letters/surat.html"))).startswith("Citra")


def test_a_template_that_is_not_utf8_is_told(refused, templates):
    """An old editor writes another encoding."""
    (templates / "letters" / "surat.html").write_bytes(b"<p>\xe9</p>")
    assert "UTF-8" in refused(order("letters/surat.html")).reason


def test_a_changed_template_is_used_for_the_next_letter(press, letter):
    """`preview` reloads on save, and a corrected letter needs no restart."""
    press.make(order(letter("<p>lama {{ nama }} {{ nomor }}</p>")))
    name = letter("<p>yang baru {{ nama }} {{ nomor }}</p>")
    assert "yang baru" in text_of(press.make(order(name)))
