"""Several offices in one installation: none reads what is another's, and none stops another."""

from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from sync.cli import offices
from sync.cli.opening import ledger_url, open_ledger
from sync.cli.root import PROGRAM, Root
from sync.core.mendable import Mendable
from sync.ledger.engine import in_schema
from sync.letter.press import LetterFailed, Letterpress
from tests.unit.letter.orders import order


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """Two offices, kutai and berau, with settings of their own."""
    for name in ("kutai", "berau"):
        folder = tmp_path / "offices" / name
        (folder / "templates" / "letters").mkdir(parents=True)
        (folder / "settings.yaml").write_text(f"office: {{unit: {name.upper()}}}\n")
    return Root.of(tmp_path)


def settings(root: Root, text: str) -> Root:
    """The office kutai with these settings."""
    (root.office("kutai").folder / "settings.yaml").write_text(text, encoding="utf-8")
    return root.office("kutai")


def test_each_office_has_its_own_settings_and_data(root: Root) -> None:
    """Whether it is named by --office or by --root."""
    assert [office.tenant for office in root.offices()] == ["berau", "kutai"]
    kutai = root.office("kutai")
    assert kutai.settings.office.unit == "KUTAI"
    assert kutai.data != root.office("berau").data
    assert Root.of(kutai.folder) == kutai
    assert not root.tenant


def test_the_letters_loket_comes_with_are_everybodys(root: Root) -> None:
    """An office without templates of its own prints the shipped ones, and never its neighbour's."""
    kutai = root.office("kutai")
    assert kutai.template_dirs == (kutai.folder / "templates", PROGRAM / "templates")


@pytest.mark.parametrize("name", ["samarinda", "../kutai", "kutai/../berau", "Kutai", "", "."])
def test_only_an_offices_name_opens_an_office(root: Root, name: str) -> None:
    """--office is no way to any other folder."""
    with pytest.raises(Mendable):
        root.office(name)


@pytest.mark.parametrize(
    "text",
    [
        "google: {credentials: ../berau/credentials.json}",
        "mail: {password_file: ../berau/sandi.txt}",
        "signature: {file: ../berau/kantor.p12}",
        "signature: {password_file: /etc/hostname}",
        "backup: {passphrase_file: data/../../berau/sandi.txt}",
        "province: {regencies: [{name: Berau, folder: ../berau}]}",
        "ledger: {url: 'sqlite:///../berau/data/ledger.sqlite3'}",
    ],
)
def test_settings_lead_to_nothing_outside_the_office(root: Root, text: str) -> None:
    """Every setting that names a file, each by its name in the message."""
    with pytest.raises(Mendable) as refused:
        _ = settings(root, text).settings
    assert text.partition(":")[0] in refused.value.problems[0].where


def test_a_link_in_the_offices_folder_leads_nowhere_else(root: Root) -> None:
    """The file that it leads to counts."""
    kutai = settings(root, "google: {credentials: kunci.json}")
    (root.folder / "offices" / "berau" / "credentials.json").write_text("{}")
    (kutai.folder / "kunci.json").symlink_to("../berau/credentials.json")
    with pytest.raises(Mendable):
        _ = kutai.settings


def test_secrets_of_the_environment_are_nobodys(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process serves all: its environment would be a password of every office."""
    monkeypatch.setenv("LOKET_MAIL_PASSWORD", "rahasia")
    assert root.secret("LOKET_MAIL_PASSWORD", "", setting="mail.password_file") == "rahasia"
    kutai = root.office("kutai")
    assert kutai.secret("LOKET_MAIL_PASSWORD", "", setting="mail.password_file") is None


@pytest.mark.parametrize("body", ["{% include '../../berau/templates/letters/x.html' %}", "gambar"])
def test_no_letter_holds_a_neighbours_template_or_image(root: Root, body: str) -> None:
    """Neither by an include nor by an image's path."""
    kutai, berau = root.office("kutai"), root.office("berau")
    (berau.folder / "templates/letters/x.html").write_text("<p>RAHASIA</p>")
    (berau.folder / "templates/letters/x.svg").write_text(
        "<svg xmlns='http://www.w3.org/2000/svg'/>"
    )
    if body == "gambar":
        body = "<img src='../../berau/templates/letters/x.svg' alt=''>"
    text = f'<html lang="id"><head><title>S</title></head><body>{{{{ nama }}}}{body}</body></html>'
    (kutai.folder / "templates/letters/surat.html").write_text(text)
    with (
        Letterpress(kutai.template_dirs, processes=1) as press,
        pytest.raises(LetterFailed) as failed,
    ):
        press.make(order("letters/surat.html"))
    assert "Template surat" in failed.value.reason


def test_one_postgresql_is_many_ledgers(root: Root, new_postgresql_database: str) -> None:
    """The same URL in every office's settings: each has a schema of its own, whatever schema the URL names."""
    for name in ("kutai", "berau"):
        url = in_schema(new_postgresql_database, "kantor_berau")
        folder = root.office(name).folder
        (folder / "settings.yaml").write_text(f"ledger: {{url: '{url}'}}\n", encoding="utf-8")
    kutai, berau = root.office("kutai"), root.office("berau")
    assert "schema=kantor_kutai" in ledger_url(kutai)
    with closing(open_ledger(kutai)) as ledger, ledger.begin() as tx:
        tx.desks.keep_resource("milik", "kutai")
        assert tx.numbers.next_reference("SKD", 2026) == 1
    with closing(open_ledger(berau)) as ledger, ledger.begin() as tx:
        assert tx.desks.resource("milik") is None
        assert tx.numbers.next_reference("SKD", 2026) == 1
    with closing(open_ledger(kutai)) as ledger, ledger.reading() as look:
        assert look.desks.resource("milik") == "kutai"


def test_an_office_in_trouble_stops_no_other_and_comes_back(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broken settings and a mistake of ours alike; an office that is added, or mended, begins by itself."""
    served: dict[str, int] = {}
    stop = Event()

    def serve(office: Root, stop_office: Event, **_: object) -> bool:
        _ = office.settings
        if office.tenant == "berau" and "berau" not in served:
            served["berau"] = 0
            raise RuntimeError
        served[office.tenant] = served.get(office.tenant, 0) + 1
        if served.keys() >= {"kutai", "paser"} and served.get("berau"):
            stop.set()
        else:
            mend()
        stop_office.wait(20)
        return False

    def mend() -> None:
        (root.folder / "offices" / "kutai" / "settings.yaml").write_text("")
        (root.folder / "offices" / "paser").mkdir(exist_ok=True)

    settings(root, "office: [tidak, benar]\n")
    monkeypatch.setattr(offices, "serve", serve)
    monkeypatch.setattr(offices.screen, "problems", lambda _: mend())
    assert not offices.serve_offices(root, stop, once=False, look_again_s=0.05)
    assert served == {"berau": 1, "kutai": 1, "paser": 1}
