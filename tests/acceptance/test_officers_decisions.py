"""What an officer decides: the letter holds what stood beside it, and whatever is in the cell is read or explained."""

from typing import Any

import pytest

from tests.acceptance.conftest import Office
from tests.acceptance.officers_desk import (
    CITRA,
    DONI,
    desk_of,
    does,
    letters,
    people_served,  # noqa: F401 - the fixture `served`
)


@pytest.mark.parametrize("moment", ["at rest", "before the look", "before the write"])
@pytest.mark.parametrize("whose", [CITRA[0], DONI[0]])
def test_a_letter_holds_the_answers_that_stood_beside_the_decision(
    served: Office, moment: str, whose: str
) -> None:
    """An answer is edited when the decision was read, or is read with it: the old letter, or a void decision."""
    edit = [desk_of(served).types("Jl. Baru 9", desk_of(served).cells(whose, "Alamat"))]
    does(served, moment, edit)
    served.run_once()
    served.run_once()
    row = served.rows()[whose]
    if whose == DONI[0]:
        assert row["Status"] == "Menunggu petugas"
        assert "Jawaban diperbarui" in row["Keterangan"]
        return
    if moment == "at rest":
        assert row["Status"] == "Menunggu petugas"
        assert "keputusan tidak berlaku" in row["Keterangan"]
        assert not [to for to, letter in letters(served) if letter and to.startswith("citra")]
    else:
        assert row["Status"] == "Selesai"
        assert "surat tetap memuat jawaban yang disetujui" in row["Keterangan"]
        assert "Jl. Mawar 1" in letter_text(served, row["No. Permohonan"])
        assert "Jl. Baru 9" not in letter_text(served, row["No. Permohonan"])


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"stringValue": "  setujui  "}, "Selesai"),
        ({"formulaValue": '="Set"&"ujui"'}, "Selesai"),
        ({"boolValue": True}, "tidak dikenal"),
        ({"numberValue": 1}, "tidak dikenal"),
        ({"formulaValue": "=1/0"}, "tidak dikenal"),
        ({"stringValue": "✓"}, "tidak dikenal"),
    ],
)
def test_whatever_stands_in_the_decision_cell_is_read_or_explained(
    served: Office, typed: dict[str, Any], expected: str
) -> None:
    """A word however it came there; a tick, a number, an error are no words."""
    desk = desk_of(served)
    cell = {"userEnteredValue": typed}
    request = {
        "range": desk.cells(DONI[0], "Keputusan"),
        "cell": cell,
        "fields": "userEnteredValue",
    }
    served.tab.spreadsheet.batch_update({"requests": [{"repeatCell": request}]})
    served.run_once()
    row = served.rows()[DONI[0]]
    assert expected in (row["Status"], row["Keterangan"]) or expected in row["Keterangan"]


def letter_text(office: Office, reference: str) -> str:
    import pypdfium2

    (path,) = (office.folder / "data" / "letters").rglob(f"{reference}.pdf")
    with pypdfium2.PdfDocument(path) as pdf:
        return pdf[0].get_textpage().get_text_range()
