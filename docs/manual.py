"""The manual: `python docs/manual.py html OUT` builds it as searchable pages that need no server and no network;
`python docs/manual.py pictures [NAME…]` takes its screenshots from the real program.

Needs tests/requirements.txt. Sphinx was chosen because its search works from plain files.
"""

import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
SETTINGS: dict[str, Any] = {
    "project": "Loket",
    "html_title": "Panduan Loket",
    "language": "id",
    "root_doc": "index",
    "extensions": ["myst_parser"],
    "myst_heading_anchors": 4,
    "html_theme": "furo",
    "html_static_path": [str(DOCS / "manual.css")],
    "html_css_files": ["manual.css"],
    "html_copy_source": False,
    "html_show_sphinx": False,
    "html_show_search_summary": False,  # it fetches pages, which a browser refuses from plain files
}
# Sphinx speaks Indonesian, docutils does not: nothing of docutils' own words is in the manual.
_DOCUTILS = 'Language "id" not supported'


def build(out: Path, docs: Path = DOCS) -> list[str]:
    """Writes the pages; `out/index.html` is the first. Returns Sphinx's warnings: broken links, missing pictures."""
    from io import StringIO

    from pygments.lexers.special import TextLexer
    from rich.text import Text
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace

    said = StringIO()
    with docutils_namespace():
        app = Sphinx(
            docs,
            None,
            out,
            out / ".doctrees",
            "html",
            confoverrides=SETTINGS,
            status=None,
            warning=said,
            freshenv=True,
        )
        app.add_lexer("mermaid", TextLexer)
        app.build()
    lines = Text.from_ansi(said.getvalue()).plain.splitlines()
    return [line for line in lines if _DOCUTILS not in line]


def main(arguments: list[str]) -> int:
    match arguments:
        case ["html", out]:
            warnings = build(Path(out).resolve())
            print("\n".join(warnings), file=sys.stderr)
            return 1 if warnings else 0
        case ["pictures", *names]:
            sys.path.insert(0, str(DOCS.parent))
            from docs.manual_pictures import take

            return take(names)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
