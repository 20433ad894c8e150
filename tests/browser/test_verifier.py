"""The verification page in a real browser: what a citizen reads for genuine, forged, expired and withdrawn letters."""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sync.core.settings import Office, Settings
from sync.core.settings import Verification as VerificationSettings
from sync.core.verification import Facts, signed_text, write_code
from sync.ledger.verification import WITHDRAWN, PublicKey
from sync.letter.office_key import OfficeKey
from sync.web.verifier.page import keys_in, verifier_page
from tests.browser.test_demo_page import PATIENCE_MS, expect
from tests.fakes.serving import Served, serving

pytestmark = [pytest.mark.service("chromium"), pytest.mark.timeout(120)]

ROOT = Path(__file__).resolve().parents[2]
PARTS = ROOT / "templates" / "verifier"
ADDRESS = "https://verifikasi.contoh.go.id/"
KEY, LEAKED, ANOTHER_OFFICE = OfficeKey.new(), OfficeKey.new(), OfficeKey.new()
AT = datetime(2026, 11, 24, tzinfo=UTC)
FACTS = Facts(
    "470/0123/DKPS/XI/2026",
    "C*** A*** L***",
    "Surat Keterangan Domisili",
    date(2026, 11, 24),
    date(2027, 5, 24),
    KEY.mark(b"answers"),
)
SETTINGS = Settings(
    office=Office(name="Disdukcapil Contoh", phone="(0541) 123", email="surat@contoh.go.id"),
    verification=VerificationSettings(url=ADDRESS),
)
KEYS = [
    PublicKey(KEY.id, KEY.point.hex(), AT),
    PublicKey(LEAKED.id, LEAKED.point.hex(), AT, revoked_at=AT),
]
PAGE = verifier_page(PARTS, SETTINGS, KEYS)
CODE = KEY.link(ADDRESS, FACTS).partition("#")[2]


@dataclass
class Visitor:
    """A citizen with a phone; everything that the page asks of the network is counted."""

    page: Any
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def opens(self, link: str) -> None:
        self.page.goto("about:blank")  # else only the fragment changes
        self.page.goto(link)

    def sees(self, verdict: str, *texts: str) -> None:
        expect(self.page.locator("#verdict")).to_have_text(verdict, timeout=PATIENCE_MS)
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)

    def facts(self) -> list[str]:
        return list(self.page.locator("#facts dd").all_text_contents())


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Visitor]]:
    """A visitor who finds the page at its address, and at others that show it too."""
    contexts = []

    def start(*, script: str = "", now: date = date(2026, 12, 1), page_text: str = PAGE) -> Visitor:
        context = browser.new_context(viewport={"width": 360, "height": 740})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.clock.set_fixed_time(f"{now}T12:00:00")
        visitor = Visitor(page)
        page.on("pageerror", lambda error: visitor.errors.append(str(error)))
        page.on("dialog", lambda dialog: (visitor.errors.append("dialog"), dialog.dismiss()))
        if script:
            page.add_init_script(script)

        def answer(route: Any) -> None:
            visitor.asked.append(route.request.url)
            route.fulfill(body=page_text, content_type="text/html; charset=utf-8")

        context.route("**/*", answer)
        return visitor

    yield start
    for context in contexts:
        context.close()


def test_a_genuine_code_shows_its_facts_and_asks_nobody(visit):
    """The page itself is all that is loaded; the facts are there to be compared, and it is no TTE."""
    citizen = visit()
    citizen.opens(ADDRESS + "#" + CODE)
    citizen.sees(
        "ASLI",
        "Disdukcapil Contoh",
        "Bandingkan dengan surat di tangan Anda.",
        "Kode ini bukan tanda tangan elektronik (TTE)",
        "tidak mengetahui apakah surat kemudian dicabut",
    )
    assert citizen.facts() == [
        FACTS.number,
        FACTS.name,
        FACTS.kind,
        "24 November 2026",
        "24 Mei 2027",
    ]
    expect(citizen.page.locator("#site-warning")).to_be_hidden()
    assert citizen.asked == [ADDRESS]  # the facts stay with the browser
    assert citizen.errors == []
    assert citizen.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_letter_without_a_term_does_not_expire(visit):
    """However late it is looked at."""
    citizen = visit(now=date(2056, 1, 1))
    citizen.opens(KEY.link(ADDRESS, replace(FACTS, valid_until=None)))
    citizen.sees("ASLI", "tanpa batas waktu")


@pytest.mark.parametrize(
    ("now", "verdict"), [(date(2027, 5, 24), "ASLI"), (date(2027, 5, 25), "KEDALUWARSA")]
)
def test_a_letter_expires_after_its_last_day(visit, now, verdict):
    """By the clock of who looks, and it says so."""
    citizen = visit(now=now)
    citizen.opens(ADDRESS + "#" + CODE)
    citizen.sees(verdict)
    assert len(citizen.facts()) == 5


def test_a_code_of_a_revoked_key_is_not_trusted(visit):
    """Whoever has the leaked key can sign what he likes."""
    citizen = visit()
    citizen.opens(LEAKED.link(ADDRESS, FACTS))
    citizen.sees("KUNCI DICABUT", "tidak dapat dipercaya lagi")


def test_a_code_of_another_office_is_refused(visit):
    """Its key is not in this page; nothing that it says is shown."""
    citizen = visit()
    citizen.opens(ANOTHER_OFFICE.link(ADDRESS, FACTS))
    citizen.sees("TIDAK ASLI", "tidak dibuat dengan kunci")
    assert citizen.facts() == []


def test_a_code_that_claims_the_office_s_key_is_refused(visit):
    """Signed by another key under this one's name."""
    forged = ANOTHER_OFFICE.link(ADDRESS, FACTS).partition("#")[2]
    signature = base64.b32decode(forged + "=" * (-len(forged) % 8))[-64:]
    citizen = visit()
    citizen.opens(ADDRESS + "#" + write_code(signed_text(FACTS, KEY.id), signature))
    citizen.sees("TIDAK ASLI", "atau sudah diubah")
    assert citizen.facts() == []


WITHOUT_WEBCRYPTO = "Object.defineProperty(window, 'crypto', {value: undefined});"
"""As in a page over http, and in browsers before 2014."""
WITHOUT_BIGINT = WITHOUT_WEBCRYPTO + "delete window.BigInt;"


@pytest.mark.parametrize("script", ["", WITHOUT_WEBCRYPTO], ids=["webcrypto", "noble"])
def test_no_changed_code_passes_in_a_browser(visit, script):
    """Every character of a code replaced, cut off or put on: refused both with WebCrypto and without."""
    citizen = visit(script=script)
    citizen.opens(ADDRESS + "#" + CODE)
    citizen.sees("ASLI")
    other = {
        letter: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(ord(letter) * 7 + 3) % 32] for letter in CODE
    }
    changed = [
        CODE[:at] + (other[letter] if other[letter] != letter else "A" if letter != "A" else "B") + CODE[at + 1 :]
        for at, letter in enumerate(CODE)
    ]  # fmt: skip
    changed += [CODE[:-1], CODE[:-8], CODE[1:], CODE[8:], CODE + "A", CODE + "AAAAAAAA", CODE + "="]
    changed += [CODE.lower(), "A" * 1300, CODE + CODE]
    passed = citizen.page.evaluate(
        """codes => Promise.all(codes.map(text => new Promise(done => {
            const code = Code.read(Code.find(text));
            if (!code) return done(false);
            const key = JSON.parse(document.getElementById("office-facts").textContent).keys
                .find(key => key.id === code.keyId);
            if (!key) return done(false);
            Code.verify(code, key.point, done);
        })))""",
        [CODE, *changed],
    )
    assert passed == [True] + [False] * len(changed)


def test_without_webcrypto_no_genuine_code_is_refused(visit):
    """Libraries have erred on rare signatures (leading zeros in a hash or a number): many keys, many letters."""
    made = []
    for serial in range(150):
        key = OfficeKey.new()
        link = key.link(ADDRESS, replace(FACTS, number=f"470/{serial}"))
        made.append([link.partition("#")[2], key.point.hex()])
    citizen = visit(script=WITHOUT_WEBCRYPTO)
    citizen.opens(ADDRESS)
    citizen.sees("BELUM ADA KODE")
    passed = citizen.page.evaluate(
        """made => Promise.all(made.map(([text, point]) =>
            new Promise(done => Code.verify(Code.read(text), point, done))))""",
        made,
    )
    assert passed == [True] * len(made)


def test_a_truncated_code_is_told_as_such(visit):
    """A camera that read half of it is the likeliest reason."""
    citizen = visit()
    citizen.opens(ADDRESS + "#" + CODE[:90])
    citizen.sees("TIDAK ASLI", "bukan kode verifikasi yang utuh")


def test_an_old_browser_verifies_without_webcrypto(visit):
    """By the library that the page carries; the verdict is the same."""
    citizen = visit(script=WITHOUT_WEBCRYPTO)
    citizen.opens(ADDRESS + "#" + CODE)
    citizen.sees("ASLI")
    citizen.opens(LEAKED.link(ADDRESS, FACTS))
    citizen.sees("KUNCI DICABUT")


def test_a_browser_that_cannot_verify_says_so(visit):
    """Neither genuine nor forged."""
    citizen = visit(script=WITHOUT_BIGINT)
    citizen.opens(ADDRESS + "#" + CODE)
    citizen.sees("TIDAK DAPAT DIPERIKSA", "Peramban ini terlalu lama")
    assert citizen.facts() == []


def test_our_scripts_are_of_the_old_kind():
    """ES5: a word of a newer JavaScript would stop an old browser at the first line. (p256.js may: it is a script of its own.)"""
    for name in ("code.js", "page.js"):
        text = (PARTS / name).read_text(encoding="utf-8")
        text = re.sub(r"//.*|\"[^\"\n]*\"", "", text)
        newer = re.findall(r"=>|`|\b(?:let|const|class|async|await|of)\b|\.\.\.", text)
        assert newer == [], name


def test_the_page_at_another_address_warns(visit):
    """A copy on a site that looks like the office's; over http as well, where there is no WebCrypto."""
    for elsewhere in ("https://verifikasi-contoh.example/", "http://verifikasi.contoh.go.id:81/"):
        citizen = visit()
        citizen.opens(elsewhere + "#" + CODE)
        citizen.sees("ASLI", "JANGAN PERCAYA HALAMAN INI", "seharusnya verifikasi.contoh.go.id")
        expect(citizen.page.locator("#site-warning")).to_be_visible()
        assert citizen.page.locator(".good").count() == 0


def test_it_works_offline_from_a_file(browser, tmp_path):
    """On a counter's PC without the internet: opened from the disk, and the link pasted."""
    file = tmp_path / "periksa surat.html"
    file.write_text(PAGE, encoding="utf-8")
    context = browser.new_context(offline=True)
    citizen = Visitor(context.new_page())
    citizen.page.on("request", lambda request: citizen.asked.append(request.url))
    citizen.opens(file.as_uri())
    citizen.sees("BELUM ADA KODE", "dibuka dari berkas")
    citizen.page.fill("#text", f"  {ADDRESS}#{CODE[:50]}\n{CODE[50:]} ")
    citizen.page.click("button")
    citizen.sees("ASLI", FACTS.number)
    assert citizen.asked == [file.as_uri()]
    context.close()


def test_nothing_in_a_code_becomes_markup(visit):
    """Not even where the office itself signed it: names of services and numbers are texts."""
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'&amp;"
    citizen = visit()
    citizen.opens(KEY.link(ADDRESS, replace(FACTS, kind=hostile, name=hostile, number=hostile)))
    citizen.sees("ASLI")
    assert citizen.facts()[:3] == [hostile] * 3
    citizen.page.fill("#text", hostile)
    citizen.page.click("button")
    citizen.sees("TIDAK ASLI")
    assert citizen.page.locator("main img, main script").count() == 0
    assert citizen.errors == []


def test_the_office_s_own_name_becomes_no_markup_either(visit):
    """It stands in a script element: an end tag in it must not end that."""
    name = "Dinas </script><script>alert(1)</script><!-- & {{page}}"
    office = SETTINGS.office.model_copy(update={"name": name})
    text = verifier_page(PARTS, SETTINGS.model_copy(update={"office": office}), KEYS)
    citizen = visit(page_text=text)
    citizen.opens(ADDRESS + "#" + CODE)
    citizen.sees("ASLI", name)
    assert citizen.errors == []


def test_what_got_into_the_page_otherwise_does_not_run(visit):
    """The policy names our scripts by their hashes; a request to anywhere is refused as well."""
    text = PAGE.replace(
        "</body>", "<script>document.title = 'x'</script><img src='https://192.0.2.1/x'></body>"
    )
    citizen = visit(page_text=text)
    citizen.opens(ADDRESS + "#" + CODE)
    citizen.sees("ASLI")
    assert citizen.page.title() == "Pemeriksaan keaslian surat"
    assert citizen.asked == [ADDRESS]


def test_the_next_code_replaces_the_last(visit):
    """A letter after another, in the same page."""
    citizen = visit()
    citizen.opens(ADDRESS + "#" + CODE)
    citizen.sees("ASLI")
    citizen.page.fill("#text", LEAKED.link(ADDRESS, replace(FACTS, number="470/9")))
    citizen.page.click("button")
    citizen.sees("KUNCI DICABUT")
    assert citizen.facts()[0] == "470/9"


def test_a_page_gives_its_keys_back():
    """After a loss of the ledger they are taken from the page that stands on the office's site."""
    assert keys_in(PAGE) == {key.id: key.point for key in KEYS}
    for wrong in ("", "<html></html>", PAGE.replace(KEY.point.hex(), "04zz")):
        with pytest.raises(ValueError, match=r"facts|keys"):
            keys_in(wrong)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path) as served:
        yield served


def test_a_letter_that_was_withdrawn_is_told_by_the_office(browser, served):
    """With `serve` the page asks; each question is recorded, and who asked is not."""
    context = browser.new_context()
    citizen = Visitor(context.new_page())
    citizen.page.on("request", lambda request: citizen.asked.append(request.url))
    citizen.opens(served.link(0))
    citizen.sees("ASLI", "Menurut catatan kantor, surat ini tidak dicabut.")
    with served.world.ledger.begin() as tx:
        tx.applications.record(served.application(0).id, AT, WITHDRAWN)
    citizen.opens(served.link(0))
    citizen.sees("SURAT DICABUT", "Kantor sudah mencabut surat ini.")
    citizen.opens(served.link(1))
    citizen.sees("ASLI", "Menurut catatan kantor, surat ini tidak dicabut.")

    citra, doni = (served.application(at).reference for at in (0, 1))
    assert served.lookups() == [(citra, "genuine"), (citra, "revoked"), (doni, "genuine")]
    assert {url.partition("#")[0] for url in citizen.asked} == {
        served.url,
        served.url + "/status",
    }
    context.close()


def test_an_office_that_cannot_be_asked_is_told(browser, served):
    """The verdict of the signature stands; what is not known is said to be so."""
    context = browser.new_context()
    citizen = Visitor(context.new_page())
    context.route("**/status", lambda route: route.abort())
    citizen.opens(served.link(0))
    citizen.sees("ASLI", "Belum dapat ditanyakan apakah surat ini dicabut.")
    context.close()
