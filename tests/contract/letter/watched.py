"""Prints letters whose HTML asks for things: run under strace by test_hostile_letters.py.

`watched.py ENGINE FOLDER FILE...`: each file is a page's HTML, handed straight to the engine, past every check before
it. Says for each whether it printed. ENGINE `control` opens what the page names, as a careless engine would.
"""

import re
import socket
import sys
from pathlib import Path

from sync.letter.engines import Page, load_engine
from sync.letter.failed import LetterFailed
from sync.letter.fonts import write_fontconfig


def main() -> None:
    name, folder, *files = sys.argv[1:]
    write_fontconfig(Path(folder), [Path(__file__).resolve().parents[3] / "templates"])
    for file in files:
        html = Path(file).read_text(encoding="utf-8")
        if name == "control":
            _open_all(html)
            continue
        engine = load_engine(name, folder=Path(folder), timeout_s=20)
        try:
            pdf = engine.print(Page(html, {}, title="x", author="y"))
        except LetterFailed as failed:
            print(file, failed.detail)
        else:
            Path(file).with_suffix(f".{name}.pdf").write_bytes(pdf)
            print(file, len(pdf))


def _open_all(html: str) -> None:
    for path in re.findall(r"file://(/[^\"')\s]+)", html):
        Path(path).read_bytes()
    for port in re.findall(r"http://127\.0\.0\.1:(\d+)/", html):
        socket.create_connection(("127.0.0.1", int(port)), timeout=2).close()


if __name__ == "__main__":
    main()
