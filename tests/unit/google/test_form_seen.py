"""A form's questions as Google's Forms API tells them, in every kind that a form can have."""

from sync.core.workflow.guess import Kind, Question
from sync.google.forms import _asked


def item(title, **question):
    return {"title": title, "questionItem": {"question": {"questionId": "1a", **question}}}


FORM = {
    "items": [
        item("Nama", required=True, textQuestion={}),
        item("Alasan", textQuestion={"paragraph": True}),
        item(
            "Agama",
            choiceQuestion={"type": "RADIO", "options": [{"value": "Islam"}, {"value": "Hindu"}]},
        ),
        item("Kelurahan", choiceQuestion={"type": "DROP_DOWN", "options": [{"value": "Bugis"}]}),
        item(
            "Berkas",
            choiceQuestion={"type": "CHECKBOX", "options": [{"value": "KK"}, {"isOther": True}]},
        ),
        item("Lahir", dateQuestion={"includeYear": True}),
        item("Ulang tahun", dateQuestion={}),
        item("Kedatangan", dateQuestion={"includeYear": True, "includeTime": True}),
        item("Jam", timeQuestion={}),
        item("Lama", timeQuestion={"duration": True}),
        item("KTP", fileUploadQuestion={"folderId": "x", "maxFiles": 3}),
        item("Nilai", scaleQuestion={"low": 1, "high": 5}),
        item("Bintang", ratingQuestion={"ratingScaleLevel": 5, "iconType": "STAR"}),
        {"title": "Judul bagian", "pageBreakItem": {}},
        {"title": "Gambar", "imageItem": {}},
        {"questionItem": {"question": {"questionId": "2", "textQuestion": {}}}},
        {
            "title": "Kepuasan",
            "questionGroupItem": {
                "questions": [
                    {"questionId": "3", "required": True, "rowQuestion": {"title": "Loket"}}
                ]
            },
        },
    ]
}


def test_every_kind_is_known_and_what_is_no_question_is_left_out():
    assert list(_asked(FORM)) == [
        Question("Nama", Kind.TEXT, True),
        Question("Alasan", Kind.PARAGRAPH, False),
        Question("Agama", Kind.CHOICE, False, ("Islam", "Hindu")),
        Question("Kelurahan", Kind.CHOICE, False, ("Bugis",)),
        Question("Berkas", Kind.CHECKBOXES, False, ("KK",), other=True),
        Question("Lahir", Kind.DATE, False),
        Question("Ulang tahun", Kind.OTHER, False),
        Question("Kedatangan", Kind.OTHER, False),
        Question("Jam", Kind.TIME, False),
        Question("Lama", Kind.OTHER, False),
        Question("KTP", Kind.FILE, False, files=3),
        Question("Nilai", Kind.SCALE, False, low=1, high=5),
        Question("Bintang", Kind.SCALE, False, low=1, high=5),
        Question("Kepuasan [Loket]", Kind.OTHER, True),
    ]
