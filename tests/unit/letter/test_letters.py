"""The letters that Loket comes with: readable, complete, small, and whole with long answers too."""

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from tests.unit.letter.orders import NUMBER, OFFICE, order, text_of

LETTERS = ("letters/domisili.html", "letters/belum-menikah.html", "letters/suket-ktp.html")


@pytest.mark.parametrize("template", LETTERS)
def test_a_letter_says_who_what_where_and_who_signs(press, template):
    """What a citizen shows at another counter must be complete."""
    text = text_of(press.make(order(template)))

    for fact in (
        "PEMERINTAH KABUPATEN CONTOH",
        "DINAS KEPENDUDUKAN DAN PENCATATAN SIPIL",
        f"Nomor: {NUMBER}",
        "Citra Ayu Lestari",
        "6402055203980001",
        "Samarinda, 12 Maret 1998",
        "Melamar pekerjaan",
        "Kota Contoh, 31 Agustus 2026",
        "Dra. Ratna Wulandari, M.Si.",
        "NIP 19700312 199503 2 002",
    ):
        assert fact in text


@pytest.mark.parametrize("template", LETTERS)
def test_a_letter_is_one_small_a4_page_with_title_and_author(press, template):
    """Citizens pay for each page they print and each megabyte they load."""
    pdf = press.make(order(template))

    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    assert [round(points / 72 * 25.4) for points in document[0].get_size()] == [210, 297]
    assert document.get_metadata_dict()["Title"] == f"Surat Keterangan Domisili {NUMBER}"
    assert document.get_metadata_dict()["Author"] == OFFICE["name"]
    assert len(pdf) < 60_000
    document.close()


def test_every_font_of_a_letter_is_inside_it(press):
    """A telephone without Times must show the same letter."""
    document = pypdfium2.PdfDocument(press.make(order()))
    texts = list(document[0].get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]))
    assert texts
    for text in texts:
        assert pdfium.FPDFFont_GetIsEmbedded(pdfium.FPDFTextObj_GetFont(text.raw))
    document.close()


def test_a_temporary_letter_is_valid_for_six_months(press):
    """31 August has no 31st six months later."""
    text = text_of(press.make(order("letters/suket-ktp.html")))
    assert "sampai dengan tanggal 28 Februari 2027" in text


def test_a_temporary_letter_without_a_recording_date_names_none(press):
    """The question is not required; "pada tanggal None" would be a shame."""
    text = text_of(press.make(order("letters/suket-ktp.html", rekam=None)))
    assert "perekaman KTP elektronik, sedangkan" in text
    assert "None" not in text


@pytest.mark.parametrize("template", LETTERS)
def test_long_answers_wrap_and_lose_nothing(press, template):
    """Names of 100 characters exist, and so do addresses of 300, without a space where one would break them."""
    name = ("Raden Ajeng Citra Ayu Lestari Kusumaningrum Widyastuti binti Haji Abdurrahman " * 2)[
        :100
    ]
    address = "Gang" + "Bukit" * 59
    made = press.make(order(template, nama=name.strip(), alamat=address))

    document = pypdfium2.PdfDocument(made)
    assert len(document) <= 2
    document.close()
    assert address in text_of(made).replace(" ", "")


def test_the_signature_never_stands_alone_on_a_page(press):
    """A page with nothing but a signature could be put under any text."""
    for lines in range(1, 30):
        made = press.make(order(alamat="\n".join(["Jalan Kenanga"] * lines)))
        document = pypdfium2.PdfDocument(made)
        if len(document) == 2:
            last = document[1].get_textpage().get_text_bounded()
            assert "Demikian surat keterangan ini" in last
            assert "Dra. Ratna Wulandari" in last
            document.close()
            return
        document.close()
    pytest.fail("no letter reached a second page")


def test_an_office_that_has_filled_in_little_gets_a_letter_too(press):
    """On the first day an office has neither an emblem nor a telephone number in its settings."""
    bare = dict.fromkeys(OFFICE, "") | {
        "name": "Dinas Dukcapil",
        "government": "Kabupaten Contoh",
        "head": {"title": "Kepala Dinas", "name": "", "rank": "", "nip": ""},
    }
    text = text_of(press.make(order(kantor=bare)))
    assert "DINAS DUKCAPIL" in text
    assert "NIP" not in text
    assert "Telepon" not in text


def test_the_office_sees_its_own_copy_of_a_template_first(press, templates):
    """Offices change letters in their own folder; Loket's update must not undo that."""
    (templates / "letters" / "domisili.html").write_text(
        '{% extends "letters/_dasar.html" %}{% block isi %}<p>Surat kami: {{ nama }}</p>{% endblock %}',
        encoding="utf-8",
    )
    assert "Surat kami: Citra Ayu Lestari" in text_of(press.make(order()))


def test_plain_values_print_as_people_write_them(press, letter):
    """An office that forgets |tanggal gets a date in words, not 1998-03-12."""
    name = letter(
        "<p>{{ nama }} {{ nomor }} [{{ lahir }}] [{{ kosong }}] [{{ pilihan }}] [{{ ya }}]</p>"
    )
    made = press.make(order(name, kosong=None, pilihan=["KTP-el", "KK"], ya=True))
    assert "[12 Maret 1998] [] [KTP-el, KK] [Ya]" in text_of(made)
