"""No render reads a file or opens a connection: seen from outside, in the calls that the engines make to the system.

The pages are handed straight to the engines, past the escaping and the checks, as if both had failed.
"""

import os
import re
import shutil
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pypdfium2
import pytest

from sync.letter.press import LetterFailed, Letterpress
from tests.conftest import missing_service
from tests.contract.letter import watched
from tests.contract.letter.installed import ENGINES, require
from tests.fakes.loopback_http import LoopbackServer
from tests.unit.letter.orders import HEAD, OURS, order, text_of

ROOT = Path(__file__).resolve().parents[3]
CANARY = "burung-kenari-di-tambang"
NOWHERE = 'sin_port=htons(9), sin_addr=inet_addr("127.0.0.1")'

ASKING = {
    "image": '<img src="{url}x.png"><img src="{file}">',
    "frame": '<iframe src="{file}"></iframe><iframe src="{url}x.html"></iframe>',
    "object": '<object data="{file}"></object><embed src="{file}"><object data="{url}x"></object>',
    "stylesheet": '<link rel="stylesheet" href="{url}x.css"><link rel="stylesheet" href="{file}">',
    "import": "<style>@import '{url}x.css'; @import url({file});</style>",
    "background": "<p style=\"background: url('{url}x.png'), url({file})\">x</p>",
    "content": "<style>p::before {{ content: url({file}) url({url}x) }}</style><p>x</p>",
    "font": "<style>@font-face {{ font-family: F; src: url({file}), url({url}f) }} p {{ font-family: F }}"
    "</style><p>x</p>",
    "svg": '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    '<image href="{url}x.png" width="9" height="9"/><image xlink:href="{file}" width="9" height="9"/>'
    '<use href="{file}#a"/><style>@import url({url}y.css);</style></svg>',
    "svg in a data url": "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'>"
    "<image href='{file}' width='9' height='9'/><image href='{url}x.png' width='9' height='9'/></svg>\">",
    "svg frame": '<svg xmlns="http://www.w3.org/2000/svg"><foreignObject width="90" height="90">'
    '<iframe xmlns="http://www.w3.org/1999/xhtml" src="{file}"></iframe><img src="{url}y"></foreignObject></svg>',
    "data in data": '<img src=\'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"><image width="9" height="9" '
    'href="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22%3E%3Cimage width=%229%22 height=%229%22 '
    "href=%22{file}%22/%3E%3Cuse href=%22{url}z%22/%3E%3C/svg%3E\"/></svg>'>",
    "html in data": '<iframe src="data:text/html,<img src={url}x><iframe src={file}></iframe>"></iframe>',
    "another host": '<img src="{host}x.png"><link rel="stylesheet" href="{host}x.css">',
    "sizes": '<img srcset="{url}x.png 1x, {file} 2x"><img sizes="100vw" srcset="{file} 100w, {host}x 200w">',
    "image-set": "<p style=\"background: image-set('{url}x.png' 1x, '{file}' 2x)\">x</p>",
    "font by name": '<style>@font-face {{ font-family: F; src: local("DejaVu Sans"), local("Liberation Serif"), url({file}) }}'
    " p {{ font-family: F }}</style><p>x</p>",
    "attachment": '<link rel="attachment" href="{file}"><a rel="attachment" href="{url}x">x</a>',
    "script": "<script>var r = new XMLHttpRequest(); r.open('GET', '{file}', false); r.send();"
    "document.write(r.responseText); r.open('GET', '{url}x', false); r.send();</script>",
    "base": '<base href="{url}"><img src="y.png"><link rel="stylesheet" href="z.css">',
    "refresh": '<meta http-equiv="refresh" content="0; url={file}">',
    "link": '<a href="{file}">x</a><link rel="prefetch" href="{url}x"><link rel="icon" href="{url}i">',
    "media": '<video src="{url}v" poster="{file}"></video><audio src="{file}"></audio>'
    '<picture><source srcset="{url}s"><img src="{file}"></picture><input type="image" src="{url}i">',
    "options": '<meta name="pdfkit-enable-local-file-access" content=""><meta name="pdfkit-header-html" '
    'content="{file}"><meta name="pdfkit-cover" content="{url}c"><iframe src="{file}"></iframe>',
    "entity": '<!DOCTYPE html [<!ENTITY x SYSTEM "{file}">]><p>&x;</p>',
}


@dataclass(frozen=True)
class Calls:
    """What a program asked of the system: files it opened, addresses it connected to, programs it ran."""

    opened: str
    connected: list[str]
    said: str


@pytest.fixture
def web() -> Iterator[LoopbackServer]:
    server = LoopbackServer()
    yield server
    server.close()


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    file = tmp_path / "rahasia kantor" / f"{CANARY}.svg"
    file.parent.mkdir()
    file.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20"><text y="15">{CANARY}</text></svg>',
        encoding="utf-8",
    )
    plain = file.parent.with_name("rahasia") / file.name  # without a space, for bare url(…)
    plain.parent.mkdir()
    shutil.copy(file, plain)
    return plain


def print_watched(name: str, pages: list[str], tmp_path: Path) -> Calls:
    strace = shutil.which("strace")
    if strace is None or sys.platform != "linux":
        missing_service("needs Linux and strace")
        raise AssertionError
    files = []
    for number, html in enumerate(pages):
        files.append(tmp_path / f"{number:02d}.html")
        files[-1].write_text(
            f"<!DOCTYPE html><html><body><p>surat</p>{html}</body></html>", "utf-8"
        )
    folder, trace = tmp_path / "engine", tmp_path / "calls"
    folder.mkdir()
    done = subprocess.run(
        [
            *(strace, "-f", "-qq", "-s", "300", "-o", str(trace)),
            *("-e", "trace=open,openat,openat2,connect,sendto"),
            *(sys.executable, watched.__file__, name, str(folder), *map(str, files)),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    if "Operation not permitted" in done.stderr:
        missing_service("strace may not watch here")
    assert done.returncode == 0, done.stderr
    calls = trace.read_text(encoding="utf-8", errors="replace")
    opened = "\n".join(re.findall(r"open\w*\([^\n]*", calls))
    connected = re.findall(r"connect\([^\n]*AF_INET6?[^\n]*", calls)
    return Calls(opened, connected, done.stdout)


def asking_pages(web: LoopbackServer, canary: Path) -> list[str]:
    return [asking(page, web, canary) for page in ASKING.values()]


def asking(page: str, web: LoopbackServer, canary: Path) -> str:
    return page.format(
        url=f"{web.url}/", host=f"{web.url.partition(':')[2]}/", file=canary.as_uri()
    )


@pytest.fixture(scope="module", params=ENGINES)
def name(request: pytest.FixtureRequest) -> str:
    return require(request.param)


@pytest.mark.timeout(180)
def test_no_render_reads_a_file_or_opens_a_connection(
    name: str, web: LoopbackServer, canary: Path, tmp_path: Path
) -> None:
    """Another citizen's letter, the office's key, the neighbour's printer: a letter must not be able to ask for them."""
    calls = print_watched(name, asking_pages(web, canary), tmp_path)
    assert len(calls.said.splitlines()) == len(ASKING)
    assert CANARY not in calls.opened
    assert web.asked == []
    # In place of the network wkhtmltopdf has a proxy that is not there: refused by this machine, nothing leaves it.
    assert [one for one in calls.connected if NOWHERE not in one] == []
    for pdf in tmp_path.glob("*.pdf"):
        assert CANARY not in text_of(pdf.read_bytes())
        assert CANARY.encode() not in pdf.read_bytes()


@pytest.mark.parametrize(
    "body",
    [
        '<img src="{url}x.png">',
        '<img src="{file}">',
        '<img src="{host}x.png">',
        '<link rel="stylesheet" href="{url}x.css">',
        "<style>@import '{file}';</style>",
        "<style>p::before {{ content: url({url}x.png) }}</style><p>x</p>",
        '<img src="letters/logo.png">',
    ],
)
def test_what_an_engine_was_refused_fails_the_letter(
    name: str, body: str, web: LoopbackServer, canary: Path, tmp_path: Path
) -> None:
    """Engines print on without it: a letter that lacks its emblem, and nobody knows."""
    page = tmp_path / "page.html"
    page.write_text(
        f'<!DOCTYPE html><html lang="id"><body>{asking(body, web, canary)}</body></html>', "utf-8"
    )
    folder = tmp_path / "engine"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, watched.__file__, name, str(folder), str(page)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "refused by the fetcher" in done.stdout or "ended with code" in done.stdout
    assert web.asked == []


def test_the_watch_sees_what_a_careless_engine_would_do(
    web: LoopbackServer, canary: Path, tmp_path: Path
) -> None:
    """Else the promise above would be kept by a watch that is blind."""
    calls = print_watched("control", asking_pages(web, canary)[:1], tmp_path)
    assert CANARY in calls.opened
    port = web.url.rpartition(":")[2]
    assert any(f"htons({port})" in one for one in calls.connected)


@pytest.fixture(scope="module")
def press(name: str) -> Iterator[Letterpress]:
    with Letterpress([OURS], engine=name, processes=1, timeout_s=8) as press:
        yield press


@pytest.mark.parametrize("page", ASKING.values(), ids=ASKING)
def test_an_answer_that_asks_for_something_is_printed_as_it_was_typed(
    press: Letterpress, page: str, web: LoopbackServer, canary: Path
) -> None:
    """It is an answer, and an officer approved it: it stands in the letter, letter by letter, and is no element."""
    typed = asking(page, web, canary)
    pdf = press.make(order(alamat=typed))
    assert "".join(typed.split()) in "".join(text_of(pdf).split())
    assert web.asked == []
    document = pypdfium2.PdfDocument(pdf)
    images = [one for page in document for one in page.get_objects() if one.type == 3]
    document.close()
    plain = pypdfium2.PdfDocument(press.make(order(alamat="Jalan Kenanga")))
    usual = [one for page in plain for one in page.get_objects() if one.type == 3]
    plain.close()
    assert len(images) == len(usual)


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("Jalan\x00Kenanga", "JalanKenanga"),
        ("Jalan \u202eagnaneK\u202c", "Jalan agnaneK"),
        ("Ke\u200bna\u200dnga\ufeff", "Kenanga"),
        ("{{ kantor.head.nip }}{% include 'letters/domisili.html' %}", None),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }} ${7*7} #{7*7}", None),
        ("\ud800Kenanga\udfff", "Kenanga"),
        ("a\u0301" * 20, "\u00e1" * 20),
    ],
    ids=["null", "turned round", "zero width", "include", "sandbox escape", "half", "combined"],
)
def test_unseen_characters_are_left_out_and_templates_stay_text(
    press: Letterpress, typed: str, seen: str | None
) -> None:
    """The letter reads as the officer read the row."""
    text = " ".join(text_of(press.make(order(alamat=typed))).split())
    assert "".join((seen or typed).split()) in "".join(text.split())
    assert "49" not in text.replace("197003121995032002", "")


def test_fifty_thousand_characters_give_a_whole_letter_or_a_reason(press: Letterpress) -> None:
    """A cell of Sheets holds so many; the press must not hang, and no half letter may go out."""
    pdf = letter_or_reason(press, "Kenanga " * 6_250)
    assert pdf is None or text_of(pdf).count("Kenanga") >= 6_250


@pytest.mark.parametrize("typed", ["<div>" * 9_000, "<table><tr><td>" * 3_000, "(" * 49_000])
def test_deep_nesting_in_an_answer_nests_nothing(press: Letterpress, typed: str) -> None:
    """Escaped, it is only long."""
    pdf = letter_or_reason(press, typed)
    assert pdf is None or "".join(text_of(pdf).split()).count(typed[:5]) >= 3_000
    assert press.make(order()).startswith(b"%PDF-")


@cache
def bomb(width: int, height: int) -> bytes:
    """A picture of few bytes that is huge when it is unpacked."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    packer = zlib.compressobj(9)
    row = bytes(1 + width * 4)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


def test_a_picture_that_explodes_stops_one_letter_and_no_other(name: str, tmp_path: Path) -> None:
    """An emblem or a scanned signature out of the internet: a megabyte that wants two thousand."""
    letters = tmp_path / "templates" / "letters"
    letters.mkdir(parents=True)
    picture = bomb(24_000, 22_000)
    assert len(picture) < 3_000_000
    (letters / "lambang.png").write_bytes(picture)
    (letters / "surat.html").write_text(
        HEAD
        + '<body><img src="letters/lambang.png" width="90">{{ nama }} {{ nomor }}</body></html>',
        encoding="utf-8",
    )
    with Letterpress(
        [tmp_path / "templates", OURS], engine=name, processes=1, timeout_s=8
    ) as press:
        started = time.monotonic()
        made = dict(press.make_all([("surat", order("letters/surat.html"))]))["surat"]
        assert time.monotonic() - started < 40
        if isinstance(made, LetterFailed):
            assert made.reason
        else:
            assert "Citra" in text_of(made)
        assert "Citra" in text_of(press.make(order()))


def letter_or_reason(press: Letterpress, address: str) -> bytes | None:
    """The letter; None where the press said that it is too long."""
    made = dict(press.make_all([("surat", order(alamat=address))]))["surat"]
    if isinstance(made, LetterFailed):
        assert "terlalu" in made.reason
        return None
    return made
