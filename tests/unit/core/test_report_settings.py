"""What `report` and `province` in settings.yaml may say: each mistake with its line."""

import pytest

from sync.core.mendable import Mendable
from sync.core.settings_file import read_settings

SHEET = "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOpQrStUvWxYz/edit"


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ("report:\n  at: 25:00\n", "jam-salah", 2),
        ("report:\n  at: sore\n", "jam-salah", 2),
        ("report:\n  to:\n    - kepala@example.org\n    - kepala\n", "nilai-salah", 4),
        ("report:\n  sheet: laporan\n", "tautan-salah", 2),
        ("report:\n  publish: true\n", "laporan-tanpa-sheet", 2),
        ("province:\n  regencies:\n    - {name: Berau}\n", "sumber-laporan", 3),
        (
            f"province:\n  regencies:\n    - {{name: Berau, sheet: '{SHEET}', folder: x}}\n",
            "sumber-laporan",
            3,
        ),
        ("province:\n  regencies:\n    - {name: Berau, sheet: berau}\n", "tautan-salah", 3),
        (
            "province:\n  regencies:\n    - {name: Berau, folder: a}\n    - {name: ' berau ', folder: b}\n",
            "nama-ganda",
            4,
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, name: str, line: int) -> None:
    with pytest.raises(Mendable) as caught:
        read_settings(text, file="settings.yaml")
    assert [(one.name, one.where) for one in caught.value.problems] == [
        (name, f"settings.yaml:{line}")
    ]


def test_a_province_and_an_office_that_reports_are_read() -> None:
    """The hour without quotes too."""
    text = (
        f"report:\n  at: 15:30\n  to: [a@example.org]\n  sheet: {SHEET}\n  publish: true\n"
        f"province:\n  name: Kaltim\n  regencies:\n    - {{name: Berau, sheet: '{SHEET}'}}\n"
        "    - {name: Paser, folder: offices/paser}\n"
    )
    settings = read_settings(text, file="settings.yaml")
    assert (settings.report.at, settings.report.to) == ("15:30", ("a@example.org",))
    assert [one.name for one in settings.province.regencies] == ["Berau", "Paser"]
