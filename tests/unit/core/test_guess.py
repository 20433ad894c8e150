"""What the headers of a sheet and the questions of a form say about their answers, as offices write them."""

import re
from datetime import date

import pytest

from sync.core.fieldtypes import TYPES
from sync.core.workflow.check import FIELD_NAME
from sync.core.workflow.guess import Kind, Question, guess, name_of, prefix_of, title_of

HEADERS = """
NIK                                                     nik                     nik
NIK Pemohon                                             nik                     nik
NIK (16 digit)                                          nik                     nik
NIK (Nomor Induk Kependudukan)                          -                       text
Nomor Induk Kependudukan (NIK)                          nik                     nik
No. KTP                                                 nik                     nik
N I K                                                   -                       text
NIK Ayah                                                nik_ayah                nik
NIK Saksi 1                                             nik_saksi_1             nik
NIK Bayi (jika ada)                                     nik_bayi                nik
Nama dan NIK                                            nama_nik                text
NIK Ayah/Ibu                                            -                       text
NIK suami istri                                         -                       text
Apakah sudah punya NIK?                                 -                       text
Anggota keluarga (Nama; NIK; hubungan)                  -                       text
Foto KTP dan NIK                                        foto_ktp_nik            file
Nomor Kartu Keluarga                                    kk                      kk
No. KK                                                  kk                      kk
No KK sesuai KTP                                        kk                      kk
Nomor Kartu Keluarga (KK) 16 angka                      kk                      kk
KK                                                      kk                      text
Kartu Keluarga                                          kartu_keluarga          text
Nomor KK dan NIK                                        -                       text
Nama Kepala Keluarga                                    nama_kepala_keluarga    text
Nama Lengkap                                            nama                    text
Nama Lengkap (sesuai KTP)                               nama                    text
NAMA LENGKAP SESUAI KTP :                               nama                    text
Nama Pemohon                                            nama                    text
Nama Ayah                                               nama_ayah               text
Nama Ibu Kandung                                        nama_ibu_kandung        text
Tempat Lahir                                            tempat_lahir            text
Tanggal Lahir                                           lahir                   date
Tgl. Lahir                                              lahir                   date
Tanggal Lahir (contoh: 17-08-1990)                      lahir                   date
Tanggal Lahir Anak                                      lahir_anak              date
Tempat, Tanggal Lahir                                   tempat_tanggal_lahir    text
Tempat/Tgl Lahir                                        -                       text
TTL                                                     ttl                     text
Tanggal Lahir / Umur                                    -                       text
Tanggal lahir ayah dan ibu                              -                       text
Tanggal dan jam kedatangan                              -                       text
Hari/Tanggal kedatangan                                 -                       text
Tanggal perkawinan                                      tanggal_perkawinan      date
Tanggal kunjungan (pilih salah satu)                    -                       text
Tinggal di alamat tersebut sejak tanggal                -                       text
Jenis Kelamin                                           jenis_kelamin           text
Agama                                                   agama                   text
Status Perkawinan                                       status                  text
Pekerjaan                                               pekerjaan               text
Alamat sesuai KTP                                       alamat                  text
Alamat Lengkap                                          alamat                  text
Alamat tempat tinggal sekarang                          domisili                text
RT/RW                                                   rt_rw                   text
RT                                                      rt                      text
Kode Pos                                                kode_pos                text
Desa/Kelurahan                                          desa_kelurahan          text
Umur                                                    umur_2                  text
Anak ke-                                                anak                    text
Jumlah anggota keluarga yang ikut pindah                -                       number
Jumlah anak dan namanya                                 -                       text
Jumlah uang (Rp)                                        jumlah_uang_rp          money
Penghasilan per bulan                                   penghasilan_per_bulan   text
Keperluan surat                                         keperluan               text
Upload Foto KTP                                         upload_foto_ktp         file
Unggah Kartu Keluarga                                   unggah_kartu_keluarga   file
Swafoto dengan KTP                                      swafoto_ktp             file
Fotokopi KK                                             fotokopi_kk             text
NIP                                                     nip                     nip
Email Ayah                                              email_ayah              email
No HP Saksi                                             telepon_saksi           phone
Nomor Akta Kelahiran                                    nomor_akta_kelahiran    text
Kronologi kehilangan                                    kronologi_kehilangan    paragraph
Nomor                                                   nomor_2                 text
日本                                                    isian                   text
"""
"""A header as it stands in row 1, the field's name (-: whatever), and the type when nothing else is known."""

CASES = [tuple(re.split(r"\s{2,}", line)) for line in HEADERS.strip().splitlines()]


def only(*questions, **options):
    [field] = guess(questions, **options).fields
    return field


@pytest.mark.parametrize(("header", "name", "kind"), CASES, ids=[case[0] for case in CASES])
def test_a_header_alone(header, name, kind):
    """Without the form: what might be two things is text."""
    field = only(Question(header))
    assert field.type == kind
    assert field.reason
    assert name in ("-", field.name)
    assert FIELD_NAME.fullmatch(field.name)


def test_there_are_many_real_headers():
    assert len(CASES) >= 60
    assert {kind for *_, kind in CASES} == set(TYPES) - {"choice", "choices", "time"}  # a form's


@pytest.mark.parametrize(
    ("question", "kind", "more"),
    [
        (
            Question("Agama", Kind.CHOICE, options=("Islam", "Hindu")),
            "choice",
            {"options": ("Islam", "Hindu")},
        ),
        (
            Question("Berkas", Kind.CHECKBOXES, options=("KTP", "KK")),
            "choices",
            {"options": ("KTP", "KK")},
        ),
        (Question("Alasan", Kind.CHOICE, options=("Hilang",), other=True), "text", {"options": ()}),
        (Question("Alasan", Kind.CHOICE, options=("Rusak", "rusak ")), "text", {}),
        (Question("NIK", Kind.PARAGRAPH), "paragraph", {}),
        (Question("Foto KTP", Kind.TEXT), "text", {}),
        (Question("Foto KTP", Kind.FILE, files=1), "file", {"max": "1", "required": True}),
        (Question("Foto KTP", Kind.FILE, files=1, required=False), "file", {"required": False}),
        (Question("Jam kedatangan", Kind.TIME), "time", {}),
        (Question("Kapan lahir", Kind.DATE), "date", {}),
        (Question("Tanggal lahir", Kind.OTHER), "text", {}),
        (Question("Kepuasan", Kind.SCALE, low=1, high=5), "number", {"min": "1", "max": "5"}),
        (Question("Nomor KK (jika ada)"), "kk", {"required": False}),
        (Question("Nomor KK (jika ada)", Kind.TEXT), "kk", {"required": True}),
        (Question("Nama Lengkap", Kind.TEXT), "text", {"max": "100"}),
        (Question("Alamat", Kind.PARAGRAPH), "paragraph", {"max": "300"}),
    ],
    ids=lambda value: f"{value.title} {value.kind}" if isinstance(value, Question) else None,
)
def test_the_forms_kind_of_question_goes_before_the_header(question, kind, more):
    field = only(question)
    assert field.type == kind
    assert {name: getattr(field, name) for name in more} == more


def of(*headers):
    return guess([Question(header) for header in headers])


def test_who_applies_is_found_among_others():
    found = of(
        "Timestamp",
        "Email Address",
        "Nama Ayah",
        "Nama Lengkap Pemohon",
        "No. WhatsApp Aktif",
        "NIK",
    )
    assert found.applicant == {
        "name": "Nama Lengkap Pemohon",
        "email": "Email Address",
        "phone": "No. WhatsApp Aktif",
    }
    assert [field.name for field in found.fields] == ["nama_ayah", "nama", "nik"]
    assert found.left_out == {"Timestamp": "waktu pengiriman, diisi Google"}


@pytest.mark.parametrize(
    "header",
    [
        "No HP",
        "Nomor HP/WA",
        "Nomor WhatsApp",
        "No. Telp/HP",
        "No. Handphone (aktif)",
        "WhatsApp",
        "Nomor HP Pemohon",
    ],
)
def test_a_mobile_number_is_known(header):
    assert of("Nama", header).applicant["phone"] == header


@pytest.mark.parametrize(
    "header", ["Nomor Telepon", "Telepon Kantor", "No. Telp Rumah", "Nama kontak HP"]
)
def test_a_number_that_may_be_no_mobile_one_is_text(header):
    assert "phone" not in of("Nama", header).applicant
    assert of(header).fields[0].type == "text"


@pytest.mark.parametrize(
    "header",
    ["Email", "Alamat Email", "E-mail", "Surel", "Email aktif", "Alamat e-mail yang aktif"],
)
def test_an_email_address_is_known(header):
    assert of("Nama", header).applicant["email"] == header


def test_a_reporter_applies_where_nobody_else_is_named():
    assert of("Nama Bayi", "Nama Pelapor", "Email Pelapor").applicant == {
        "name": "Nama Pelapor",
        "email": "Email Pelapor",
    }
    assert of("Nama Bayi", "Nama Ayah").applicant == {}


def test_the_question_that_carries_the_old_reference_is_no_field():
    found = of("Nama", "Nomor Permohonan (bila memperbaiki)")
    assert found.applicant["reference"] == "Nomor Permohonan (bila memperbaiki)"
    assert [field.name for field in found.fields] == ["nama"]


def test_lokets_own_columns_are_left_out_and_so_are_blank_ones():
    found = guess([Question("Nama"), Question("Status"), Question("")], own=["Status"])
    assert set(found.left_out) == {"Status", ""}
    assert [field.question for field in found.fields] == ["Nama"]


def test_names_are_apart_and_may_be_written():
    found = of("Nama", "Nama Lengkap", "Set", "Nomor", "umur", "2 saksi", "x" * 80, "a b " * 40)
    names = [field.name for field in found.fields]
    assert len(set(names)) == len(names)
    assert all(FIELD_NAME.fullmatch(name) for name in names)
    assert not {"set", "nomor", "umur"} & set(names)


@pytest.mark.parametrize(
    ("title", "cleaned", "prefix", "name"),
    [
        ("Surat Keterangan Domisili (Responses)", "Surat Keterangan Domisili", "SKD", "domisili"),
        ("Formulir Surat Keterangan Pindah (Jawaban)", "Surat Keterangan Pindah", "SKP", "pindah"),
        ("Permohonan Akta Kelahiran", "Permohonan Akta Kelahiran", "AK", "akta-kelahiran"),
        ("Domisili", "Domisili", "DO", "domisili"),
        ("Form KIA", "KIA", "KI", "kia"),
        ("Permohonan", "Permohonan", "PE", "permohonan"),
        ("2026", "2026", "LA", "2026"),
        ("🙂", "🙂", "LA", "layanan"),
    ],
)
def test_title_prefix_and_name(title, cleaned, prefix, name):
    assert title_of(title) == cleaned
    assert prefix_of(cleaned) == prefix
    assert name_of(cleaned) == name


def test_what_another_service_has_is_not_taken():
    assert prefix_of("Surat Keterangan Domisili", {"SKD"}) == "SKDO"
    taken = set()
    for _ in range(60):
        taken.add(prefix_of("Surat Keterangan Domisili", taken))
    assert len(taken) == 60
    assert all(2 <= len(prefix) <= 5 and prefix.isalpha() for prefix in taken)
    assert name_of("Surat Domisili", {"domisili"}) == "domisili-2"


def test_a_title_that_says_little_still_gives_a_prefix_that_is_apart():
    taken = set()
    for _ in range(20):
        taken.add(prefix_of("A", taken))
    assert len(taken) == 20


def test_a_type_of_each_case_reads_a_plausible_answer():
    """A guess that could not even show a sample would stop `check`."""
    from sync.core.fieldtypes import sample_values
    from sync.core.workflow.model import Field

    fields = guess([Question(header) for header, *_ in CASES]).fields
    models = {f.name: Field(question=f.question, type=f.type, max=f.max or None) for f in fields}
    assert isinstance(sample_values(models)["lahir"], date)
