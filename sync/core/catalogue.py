"""What an office may write in workflow files: one list from the registries, for the docs and `check --types`."""

from dataclasses import dataclass

from sync.core import file_names, numbering
from sync.core.expressions import BUILT_IN_FILTERS, BUILT_IN_TESTS
from sync.core.fieldtypes import TYPES
from sync.core.filters import FILTERS
from sync.core.rules import FUNCTIONS, VALUES

BEGIN = "<!-- daftar: dibuat dari program, jangan diubah dengan tangan -->"
END = "<!-- akhir daftar -->"


@dataclass(frozen=True, slots=True)
class Section:
    """`rows`: how it is written, what it means in Indonesian, and in English ("" where it has no English)."""

    title: str
    rows: tuple[tuple[str, str, str], ...]
    note: str = ""


def catalogue() -> tuple[Section, ...]:
    return (
        Section(
            "Tipe isian",
            tuple((name, kind.description, kind.english) for name, kind in TYPES.items()),
        ),
        Section(
            "Fungsi dan nilai dalam aturan",
            tuple(
                (entry.signature, entry.description, entry.english) for entry in FUNCTIONS.values()
            )
            + tuple((name, *meaning) for name, meaning in VALUES.items()),
        ),
        Section(
            "Filter",
            tuple(
                (entry.example, f"{entry.description} → {entry.gives}", entry.english)
                for entry in FILTERS.values()
            ),
            f"Dari Jinja: {', '.join(BUILT_IN_FILTERS)}. "
            f"Uji (`is …`): {', '.join(BUILT_IN_TESTS)}.",
        ),
        Section(
            "Nama dalam nomor surat",
            tuple((name, meaning, "") for name, meaning in numbering.NAMES.items()),
        ),
        Section(
            "Nama dalam nama berkas, selain nama isian",
            tuple((name, meaning, "") for name, meaning in file_names.NAMES.items()),
        ),
    )


def as_markdown() -> str:
    """The list as it stands between BEGIN and END in docs/workflow.md."""
    lines: list[str] = []
    for section in catalogue():
        heads = ("tulis", "arti", "in English")[: 3 if any(row[2] for row in section.rows) else 2]
        lines += [f"### {section.title}", "", _row(heads), "|---" * len(heads) + "|"]
        lines += [_row((f"`{row[0]}`", *row[1:])[: len(heads)]) for row in section.rows]
        lines += ["", section.note, ""] if section.note else [""]
    return "\n".join(lines).strip()


def _row(cells: tuple[str, ...]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"
