"""Columns are found by their headers: case, spaces and trailing punctuation don't matter.

Google writes its own headers in the language of the form's owner; those are alike too. The promise: a column that
can't be told for certain is a problem to mend, never a guess.
"""

import difflib
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from sync.core.cells import clean_text
from sync.core.mendable import Mendable, Problem

ALIASES: tuple[frozenset[str], ...] = (
    frozenset({"timestamp", "stempel waktu", "cap waktu"}),
    frozenset({"email address", "alamat email"}),
)
"""Headers that Google Forms itself writes, in English and Indonesian."""


def _bare(header: str) -> str:
    text = unicodedata.normalize("NFC", "".join(clean_text(header).casefold().split()))
    end = len(text)
    while end and unicodedata.category(text[end - 1])[0] in "PSZ":
        end -= 1
    return text[:end] or text


_SAME = {_bare(header): min(map(_bare, group)) for group in ALIASES for header in group}


@lru_cache(maxsize=4096)
def normal(header: str) -> str:
    """The form in which two headers are compared; not for showing."""
    bare = _bare(header)
    return _SAME.get(bare, bare)


def find_columns(
    headers: Sequence[str], wanted: Sequence[str], *, where: str = "baris 1 sheet"
) -> dict[str, int]:
    """Each wanted header → its column's index (from 0). Raises Mendable with every problem.

    Among several alike, the one that is spelled exactly as wanted is taken.
    """
    columns: dict[str, list[int]] = {}
    for index, header in enumerate(headers):
        if normal(header):
            columns.setdefault(normal(header), []).append(index)
    found: dict[str, int] = {}
    problems: list[Problem] = []
    for header in wanted:
        alike = columns.get(normal(header), [])
        exact = [index for index in alike if headers[index].strip() == header.strip()]
        if len(alike) == 1:
            found[header] = alike[0]
        elif len(exact) == 1:
            found[header] = exact[0]
        elif alike:
            places = ", ".join(column_letters(index) for index in alike)
            problems.append(
                Problem(
                    "kolom-ganda",
                    where,
                    f'judul "{header}" ada di beberapa kolom: {places}',
                    "satu kolom saja; beri judul lain pada kolom yang tidak dipakai",
                    "python loket.py check",
                )
            )
        else:
            near = nearest(header, headers)
            hint = f"; yang mirip: {', '.join(near)}" if near else ""
            problems.append(
                Problem(
                    "kolom-tidak-ditemukan",
                    where,
                    f'judul "{header}" tidak ada{hint}',
                    "salah satu judul di baris 1",
                    "python loket.py check",
                )
            )
    if problems:
        raise Mendable.of(problems)
    return found


def nearest(word: str, choices: Sequence[str], count: int = 3) -> list[str]:
    """The choices that look most like the word, in quotes, best first."""
    by_bare = {_bare(choice): choice for choice in reversed(choices) if choice.strip()}
    bare = _bare(word)
    close = difflib.get_close_matches(bare, by_bare, n=count, cutoff=0.6)
    if len(bare) > 2:
        close += [known for known in by_bare if bare in known and known not in close]
    return [f'"{clean_text(by_bare[known])[:80]}"' for known in close[:count]]


def column_letters(index: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
