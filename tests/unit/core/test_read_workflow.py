"""Workflow files: read into models, or every mistake at once, each with its line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.mendable import Mendable
from sync.core.workflow.model import Applicant, Duplicates, Rule
from sync.core.workflow.read import read_workflow

ROOT = Path(__file__).parents[3]
SHEET = "1AbCdEfGhIjKlMnOpQrStUvWxYz"

EXAMPLE = f"""\
title: Surat Keterangan Domisili
prefix: SKD
sheet: https://docs.google.com/spreadsheets/d/{SHEET}/edit?gid=0#gid=0
tab: Form Responses 1                                # the tab the form writes to
form: https://docs.google.com/forms/d/{SHEET}/edit
applicant: {{name: Nama Lengkap, email: Alamat Email, phone: Nomor WhatsApp}}     # question headers
fields:                                              # name in letters
  nik:     {{question: NIK, type: nik}}
  lahir:   {{question: Tanggal Lahir, type: date}}
  alamat:  {{question: Alamat, type: text, max: 300}}
  ktp:     {{question: Foto KTP, type: file, required: false}}
rules:                                               # Jinja expressions over the fields
  - {{unless: "umur(lahir) >= 17", say: "Pemohon harus berusia 17 tahun atau lebih."}}
  - {{warn_if: "not cocok_tanggal(nik, lahir)", say: "NIK tidak cocok dengan tanggal lahir."}}
duplicates: {{same: [nik], within_days: 30, then: warn}}
review: petugas
letter: {{template: letters/domisili.html, number: "470/{{{{ serial|pad(4) }}}}/DKPS/{{{{ bulan_romawi }}}}/{{{{ tahun }}}}", file: "SKD {{{{ nama }}}}"}}
deliver: [email, drive]
"""


def problems(text, file="workflows/domisili.yaml"):
    with pytest.raises(Mendable) as mendable:
        read_workflow(text, file=file)
    return mendable.value.problems


def only_problem(text):
    found = problems(text)
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


def changed(old, new):
    assert old in EXAMPLE
    return EXAMPLE.replace(old, new)


def test_the_file_of_the_design_page_is_read_as_it_stands():
    """It is what offices copy from the docs."""
    workflow = read_workflow(EXAMPLE, file="workflows/domisili.yaml")
    assert (workflow.name, workflow.prefix) == ("domisili", "SKD")
    assert (workflow.sheet, workflow.form) == (SHEET, SHEET)
    assert workflow.applicant == Applicant(
        name="Nama Lengkap", email="Alamat Email", phone="Nomor WhatsApp"
    )
    assert workflow.fields["alamat"].max == "300"
    assert workflow.fields["ktp"].required is False
    assert workflow.rules[0] == Rule(
        unless="umur(lahir) >= 17", say="Pemohon harus berusia 17 tahun atau lebih."
    )
    assert workflow.duplicates == Duplicates(same=("nik",), within_days=30, then="warn")
    assert workflow.letter.number.startswith("470/{{ serial")
    assert workflow.deliver == ("email", "drive")


def lettered(*more):
    """The example, with these keys of the letter as well."""
    return changed('file: "SKD {{ nama }}"}', 'file: "SKD {{ nama }}", ' + ", ".join(more) + "}")


def test_a_letters_classification_series_and_start_are_read():
    """An office that moves in mid-year; the next year begins with 1."""
    text = lettered("classification: 474.2", "series: umum", "start: {2026: 124}")
    workflow = read_workflow(text, file="workflows/domisili.yaml")
    assert workflow.letter.classification == "474.2"
    assert workflow.series == "umum"
    assert [workflow.letter.first_serial(year) for year in (2025, 2026, 2027)] == [1, 124, 1]
    assert read_workflow(EXAMPLE, file="workflows/domisili.yaml").series == "domisili"


@pytest.mark.parametrize(
    ("more", "name", "found"),
    [
        ("classification: 47", "klasifikasi-salah", "47"),
        ("classification: 470/1", "klasifikasi-salah", "470/1"),
        ('classification: "٤٧٠"', "klasifikasi-salah", "٤٧٠"),
        ("series: Umum Kantor", "deret-salah", "Umum Kantor"),
        ("start: 124", "nilai-salah-bentuk", "letter.start"),
        ("start: {26: 124}", "awal-nomor-salah", "26: 124"),
        ("start: {2026: 0}", "awal-nomor-salah", "2026: 0"),
        ("start: {2026: -3}", "awal-nomor-salah", "2026: -3"),
        ("start: {2026: 12.5}", "awal-nomor-salah", "2026: 12.5"),
        ("start: {2026: 1000000}", "awal-nomor-salah", "2026: 1000000"),
        ('start: {2026: "１２４"}', "awal-nomor-salah", "2026: １２４"),
        ("start: {2026: }", "awal-nomor-salah", "2026: "),
        ("start: {2026: [1]}", "nilai-salah-bentuk", "letter.start.2026"),
        ("start: {2026: 5, 2026: 6}", "kunci-ganda", "2026"),
    ],
)
def test_nonsense_about_numbers_is_refused_with_its_line(more, name, found):
    """A wrong start would number a year's letters wrongly."""
    text = lettered(more)
    problem = only_problem(text)
    assert problem.name == name
    assert found in problem.found
    line = 1 + next(n for n, line in enumerate(text.splitlines()) if line.startswith("letter:"))
    assert problem.where == f"workflows/domisili.yaml:{line}"


def test_each_of_ten_mistakes_is_named_with_its_line():
    """The office mends the file once."""
    text = (Path(__file__).parent / "ten_mistakes.yaml").read_text(encoding="utf-8")
    found = problems(text, "workflows/domisili.yaml")
    assert [(problem.where, problem.name) for problem in found] == [
        ("workflows/domisili.yaml:2", "prefix-salah"),
        ("workflows/domisili.yaml:3", "sheet-tidak-dikenal"),
        ("workflows/domisili.yaml:7", "tipe-tidak-dikenal"),
        ("workflows/domisili.yaml:8", "kunci-tidak-dikenal"),
        ("workflows/domisili.yaml:9", "batas-terbalik"),
        ("workflows/domisili.yaml:10", "pilihan-kurang"),
        ("workflows/domisili.yaml:12", "aturan-salah"),
        ("workflows/domisili.yaml:13", "aturan-salah"),
        ("workflows/domisili.yaml:14", "isian-tidak-dikenal"),
        ("workflows/domisili.yaml:17", "nomor-salah"),
    ]
    nearest = {2: "", 7: '"nik"', 8: '"required"', 12: '"lahir"', 14: '"alamat"'}
    for problem in found:
        line = int(problem.where.split(":")[1])
        assert nearest.get(line, "") in problem.found
        assert problem.allowed
        assert problem.run == "python loket.py check"


@pytest.mark.parametrize("name", ["domisili", "belum-menikah", "suket-ktp"])
def test_the_workflows_that_come_along_lack_only_the_offices_sheet(name):
    """Everything else is ready; the one thing to do has its own friendly problem."""
    text = (ROOT / "workflows" / f"{name}.yaml").read_text(encoding="utf-8")
    problem = only_problem(text.replace("\r\n", "\n"))
    assert problem.name == "sheet-belum-diisi"
    filled = text.replace("ISI-DENGAN-TAUTAN-SHEET", SHEET)
    assert read_workflow(filled, file=f"workflows/{name}.yaml").name == name


@pytest.mark.parametrize(
    ("old", "new", "name", "found"),
    [
        ("title: Surat Keterangan Domisili\n", "", "kunci-kurang", '"title"'),
        ("title: Surat Keterangan Domisili", 'title: ""', "nilai-kosong", "title"),
        ("title: Surat", "name: x\ntitle: Surat", "kunci-tidak-dikenal", '"name"'),
        ("title: Surat", "titel: x\ntitle: Surat", "kunci-tidak-dikenal", '"title"'),
        ("prefix: SKD", "prefix: SK-D", "prefix-salah", "SK-D"),
        ("prefix: SKD", "prefix: DOMISILI", "prefix-salah", "DOMISILI"),
        (
            f"forms/d/{SHEET}/edit",
            "forms/d/e/1FAIpQLSd0123456789/viewform",
            "form-tidak-dikenal",
            "viewform",
        ),
        (
            f"spreadsheets/d/{SHEET}/edit?gid=0#gid=0",
            "spreadsheets/d/e/2PACX-1vQ0123456789/pubhtml",
            "sheet-tidak-dikenal",
            "pubhtml",
        ),
        ("type: nik}", "type: [nik]}", "nilai-salah-bentuk", "fields.nik.type"),
        ("required: false", "required: mungkin", "nilai-salah-bentuk", "mungkin"),
        ("max: 300", "max: banyak", "batas-salah", "banyak"),
        ("type: nik}", "type: nik, max: 3}", "batas-tidak-berlaku", "max"),
        ("type: nik}", "type: nik, options: [a]}", "pilihan-tidak-berlaku", "options"),
        ("type: text, max: 300", "type: choice, options: [A, a]", "pilihan-ganda", "options"),
        ("  alamat: ", "  Alamat Rumah: ", "nama-isian", "Alamat Rumah"),
        ("  alamat: ", "  kantor: ", "nama-isian", "sudah dipakai"),
        ("  alamat: ", "  umur: ", "nama-isian", "sudah dipakai"),
        ("  alamat: ", "  self: ", "nama-isian", "self"),
        ("question: Alamat,", 'question: " ",', "nilai-kosong", "fields.alamat.question"),
        ("unless: ", "warn_if: x, unless: ", "aturan-salah", None),
        ('unless: "umur(lahir) >= 17", ', "", "aturan-salah", "tanpa unless"),
        (', say: "NIK tidak cocok dengan tanggal lahir."', "", "kunci-kurang", "say"),
        ("umur(lahir) >= 17", "umur(nik) >= 17", "aturan-salah", "jawaban contoh"),
        ("umur(lahir) >= 17", "umr(lahir) >= 17", "aturan-salah", '"umur"'),
        ("same: [nik]", "same: []", "ganda-kosong", "same"),
        ("same: [nik]", "same: nik", "nilai-salah-bentuk", "same"),
        ("within_days: 30", "within_days: sebulan", "nilai-salah-bentuk", "sebulan"),
        ("within_days: 30", "within_days: 0", "nilai-salah-bentuk", "within_days"),
        ("then: warn", "then: warned", "nilai-tidak-dikenal", '"warn"'),
        ("review: petugas", "review: petugass", "nilai-tidak-dikenal", '"petugas"'),
        ("letters/domisili.html", "../../etc/passwd", "template-salah", "passwd"),
        ("letters/domisili.html", "C:/x.html", "template-salah", "C:"),
        ("letters/domisili.html", "/etc/passwd", "template-salah", "passwd"),
        ("SKD {{ nama }}", "SKD {{ nma }}", "nama-berkas-surat", '"nama"'),
        ("[email, drive]", "[]", "kirim-kosong", "deliver"),
        ("[email, drive]", "[email, email]", "kirim-ganda", "email"),
        ("[email, drive]", "[whatsapp, sms]", "surat-tanpa-jalan", "tidak membawa surat"),
        ("[email, drive]", "[emial]", "nilai-tidak-dikenal", '"email"'),
        ("[email, drive]", "[sms]\nmessages: {leter: x.txt}", "pesan-tidak-dikenal", '"letter"'),
        ("[email, drive]", "[sms]\nmessages: {mend: ../x.txt}", "template-salah", "messages.mend"),
        (", phone: Nomor WhatsApp", ", fone: Nomor WhatsApp", "kunci-tidak-dikenal", '"phone"'),
        (", email: Alamat Email", "", "alamat-pemohon-kurang", "applicant.email"),
        ("applicant: {name: Nama Lengkap, ", "applicant: {", "kunci-kurang", "applicant.name"),
        ("tab: Form Responses 1 ", "tab: Form Responses 1\ntab: Respons ", "kunci-ganda", "tab"),
    ],
)
def test_each_mistake_has_its_own_problem(old, new, name, found):
    """With the name that the docs list, and the word that was found."""
    told = problems(changed(old, new))
    assert name in {problem.name for problem in told}
    problem = next(problem for problem in told if problem.name == name)
    assert found is None or found in problem.found
    assert len(told) <= 2


def test_a_missing_address_is_told_for_each_channel_that_needs_it():
    """WhatsApp and SMS need the phone."""
    told = problems(
        changed(", phone: Nomor WhatsApp", "").replace("[email, drive]", "[email, sms, whatsapp]")
    )
    assert [problem.name for problem in told] == ["alamat-pemohon-kurang"] * 2


def test_sheet_and_form_may_be_given_by_their_ids():
    """And by the links of the sandbox."""
    for written in (
        SHEET,
        f"http://127.0.0.1:8801/spreadsheets/d/{SHEET}/edit",
        f"https://docs.google.com/spreadsheets/u/0/d/{SHEET}",
    ):
        text = changed(f"https://docs.google.com/spreadsheets/d/{SHEET}/edit?gid=0#gid=0", written)
        assert read_workflow(text, file="workflows/domisili.yaml").sheet == SHEET


def test_ya_and_tidak_are_understood():
    """The office writes in its own language."""
    workflow = read_workflow(changed("required: false", "required: tidak"), file="workflows/x.yaml")
    assert workflow.fields["ktp"].required is False


def test_a_file_needs_a_name_that_can_be_typed():
    """The name is the service's everywhere."""
    told = problems(EXAMPLE, "workflows/Surat Domisili!.yaml")
    assert [problem.name for problem in told] == ["nama-berkas"]


def test_line_breaks_of_windows_change_no_line():
    """The office's editor writes CRLF."""
    told = problems(changed("prefix: SKD", "prefix: s").replace("\n", "\r\n"))
    assert told[0].where == "workflows/domisili.yaml:2"


def test_an_empty_table_lists_what_is_missing():
    """Also when nearly everything is."""
    names = {problem.found.split('"')[1] for problem in problems("title: x\n")}
    assert names == {"prefix", "sheet", "tab", "applicant", "fields", "letter"}


@given(st.sampled_from(EXAMPLE.splitlines()), st.text(alphabet="abc:{}[]\"' -,\n0|", max_size=20))
def test_any_damage_is_told_and_never_crashes(line, damage):
    """Half-typed files are checked too."""
    try:
        read_workflow(EXAMPLE.replace(line, damage), file="workflows/domisili.yaml")
    except Mendable as mendable:
        for problem in mendable.problems:
            assert int(problem.where.rpartition(":")[2]) >= 1


def test_shapes_that_make_no_sense_are_told():
    """A list where a table belongs, a text where a list belongs."""
    for old, new in (
        ("rules:  ", "rules: x\nx: "),
        ("deliver: [email, drive]", "deliver: {email: drive}"),
        ("duplicates: {same: [nik], within_days: 30, then: warn}", "duplicates: [nik]"),
        ("applicant: {name", "applicant: [name]\nx: {name"),
        ("  nik:     {question: NIK, type: nik}", "  nik: NIK"),
        ("letter: {template", "letter: surat\nx: {template"),
    ):
        assert "nilai-salah-bentuk" in {
            problem.name for problem in problems(changed(old, new))
        } or new.startswith("rules")
