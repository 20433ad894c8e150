"""The fonts that every letter may rely on, by name: those under letters/fonts, and nothing of the machine's.

A letter that names no font, or one that this machine lacks, is set in the nearest of them, the same on every
machine. (A PDF engine that finds no font prints a blank page and says nothing.)
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

FOLDER = "letters/fonts"

_STANDS_FOR: Mapping[str, tuple[str, ...]] = {
    "Liberation Serif": (
        "serif",
        "Times New Roman",
        "Times",
        "Georgia",
        "Cambria",
        "Bookman Old Style",
    ),
    "Liberation Sans": (
        "sans-serif",
        "Arial",
        "Helvetica",
        "Calibri",
        "Verdana",
        "Tahoma",
        "Segoe UI",
    ),
}


def write_fontconfig(folder: Path, template_dirs: Sequence[Path]) -> Path:
    """Writes `folder`/fonts.conf, which knows the fonts of every template folder; returns the file."""
    fonts = [templates / FOLDER for templates in template_dirs if (templates / FOLDER).is_dir()]
    lines = ['<?xml version="1.0"?>', "<fontconfig>"]
    lines += [f"<dir>{escape(str(one))}</dir>" for one in (*fonts, folder)]
    lines.append(f"<cachedir>{escape(str(folder / 'cache'))}</cachedir>")
    for ours, names in _STANDS_FOR.items():
        for name in names:
            lines.append(
                f'<alias binding="same"><family>{name}</family><accept><family>{ours}</family></accept></alias>'
            )
    file = folder / "fonts.conf"
    file.write_text("\n".join([*lines, "</fontconfig>\n"]), encoding="utf-8")
    return file
