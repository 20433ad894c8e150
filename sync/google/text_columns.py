"""Answers that are digits and no amounts (a NIK, a phone number) are kept as text, as a step of the setup. Pure.

An officer who corrects one in a plain cell makes it a number: a 0 in front is lost, and of sixteen digits the last is no
longer certain (core/cells.py). Only the format of the cells below the header is changed, never what they hold. A column that
is locked for Loket stays as it is: the answers are the office's.
"""

from collections.abc import Collection, Sequence

from sync.core.headers import normal
from sync.google.columns import Step
from sync.google.tab import FirstRow, TabFacts


def text_steps(
    facts: TabFacts, seen: FirstRow, titles: Sequence[str], digits: Collection[str]
) -> list[Step]:
    """At most one: for the columns with these headers that are not kept as text yet."""
    asked = {normal(header) for header in digits}
    columns = [
        at
        for at, title in enumerate(titles)
        if normal(title) in asked and not seen.is_text(at) and not seen.is_locked(at)
    ]
    if not columns:
        return []
    told = ", ".join(f'"{titles[at]}"' for at in columns)
    tells = f"angka yang diketik di kolom {told} disimpan sebagai teks, agar tetap utuh"
    return [Step(tells, tuple(_as_text(facts, at) for at in columns))]


def _as_text(facts: TabFacts, column: int) -> dict[str, object]:
    below = {
        "sheetId": facts.sheet_id,
        "startRowIndex": 1,
        "startColumnIndex": column,
        "endColumnIndex": column + 1,
    }
    cell = {"userEnteredFormat": {"numberFormat": {"type": "TEXT"}}}
    return {
        "repeatCell": {"range": below, "cell": cell, "fields": "userEnteredFormat.numberFormat"}
    }
