"""`publish-verifier` as an office runs it: no letter that was genuine turns into a forgery by it."""

from pathlib import Path

import pytest

from sync.web.verifier.page import keys_in
from tests.acceptance.conftest import loket


@pytest.fixture
def office(tmp_path: Path) -> Path:
    text = "verification: {url: 'https://verifikasi.contoh.go.id/'}\n"
    (tmp_path / "settings.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def publish(office: Path, *options: str, code: int = 0) -> str:
    done = loket("--root", str(office), "publish-verifier", *options)
    assert done.returncode == code, done.stderr
    return done.stderr


def keys(office: Path, folder: str = "data/verifikasi") -> list[str]:
    return list(keys_in((office / folder / "index.html").read_text(encoding="utf-8")))


def test_the_key_is_made_once_and_a_new_one_joins_it(office: Path) -> None:
    """--rotate keeps the old keys in the page; --revoke marks one, and makes another where it was the one that signs."""
    publish(office)
    publish(office)
    (first,) = keys(office)
    publish(office, "--rotate")
    second, old = keys(office)
    assert old == first
    told = publish(office, "--revoke", second.lower())
    assert f"Kunci {second}: dicabut" in told
    assert f"Kunci {first}: menandatangani" in told
    assert '"revoked": true' in (office / "data/verifikasi/index.html").read_text(encoding="utf-8")
    assert "kunci-tidak-dikenal" in publish(office, "--revoke", "ABCDEFGH", code=1)


def test_a_lost_ledger_takes_no_key_out_of_the_page(office: Path) -> None:
    """Without a copy of the ledger, the keys come back from the page that was published."""
    publish(office, "--output", str(office / "situs"))
    (old,) = keys(office, "situs")
    for file in (office / "data").glob("ledger.sqlite3*"):
        file.unlink()
    published = office / "situs" / "index.html"
    before = published.read_bytes()

    told = publish(office, "--output", str(office / "situs"), code=1)
    assert "kunci-akan-hilang" in told
    assert old in told
    assert published.read_bytes() == before

    publish(office, "--output", str(office / "situs"), "--adopt", str(published))
    assert old in keys(office, "situs")


def test_another_s_file_is_not_overwritten(office: Path) -> None:
    """The folder of a whole website has an index.html of its own."""
    (office / "situs").mkdir()
    (office / "situs" / "index.html").write_text("<h1>Situs kantor</h1>", encoding="utf-8")
    assert "halaman-tidak-terbaca" in publish(office, "--output", str(office / "situs"), code=1)
    assert "Situs kantor" in (office / "situs" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "address", ["http://verifikasi.contoh.go.id/", "https://contoh.go.id/?x=", "contoh.go.id"]
)
def test_an_address_that_cannot_serve_is_told_with_its_line(office: Path, address: str) -> None:
    """Over plain http anybody on the way could change the page."""
    (office / "settings.yaml").write_text(
        f"office:\n  name: x\nverification:\n  url: '{address}'\n", encoding="utf-8"
    )
    told = publish(office, code=1)
    assert "alamat-verifikasi" in told
    assert "settings.yaml:4" in told
