"""Which engine prints: the best that is on the machine, without an edit; else a sentence that says what to install."""

import logging
import subprocess
import sys

import pytest

from sync.core.mendable import Mendable
from sync.core.settings import Settings
from sync.letter.engines import here
from sync.letter.engines.here import AUTO, choose_engine, engines_here
from sync.letter.press import Letterpress
from tests.unit.letter.orders import OURS, order, text_of


@pytest.fixture
def hide(monkeypatch):
    """Takes engines off this machine: `hide("plutoprint")`."""

    def off(*names: str) -> None:
        for name in names:
            if name == "wkhtmltopdf":
                monkeypatch.setattr(here, "wkhtmltopdf_program", lambda: None)
            elif name == "pango":
                monkeypatch.setattr(here, "_pango_is_here", lambda: False)
            else:
                monkeypatch.setitem(sys.modules, name, None)

    return off


@pytest.fixture
def all_here(monkeypatch):
    """A machine that has every engine."""
    monkeypatch.setattr(here.importlib.util, "find_spec", lambda name: sys.modules.get(name, here))
    monkeypatch.setattr(here, "wkhtmltopdf_program", lambda: "/usr/bin/wkhtmltopdf")
    monkeypatch.setattr(here, "_pango_is_here", lambda: True)
    for name in ("plutoprint", "weasyprint", "pdfkit"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def refusal(wanted: str):
    with pytest.raises(Mendable) as caught:
        choose_engine(wanted)
    (problem,) = caught.value.problems
    return problem


def test_an_office_that_sets_nothing_gets_the_best_engine():
    """Most offices never open settings.yaml for it."""
    assert Settings().letters.engine == AUTO


@pytest.mark.usefixtures("all_here")
@pytest.mark.parametrize(
    ("hidden", "chosen"),
    [
        ((), "plutoprint"),
        (("plutoprint",), "weasyprint"),
        (("plutoprint", "weasyprint"), "pdfkit"),
        (("plutoprint", "pango"), "pdfkit"),
    ],
)
def test_the_best_engine_that_is_there_prints(hide, hidden, chosen):
    """plutoprint has no build for Linux on ARM and Intel Macs: the next one serves, without an edit."""
    hide(*hidden)
    assert choose_engine(AUTO) == chosen


def test_letters_come_out_without_plutoprint(hide, caplog):
    """The whole way, on a machine that has another engine only; the log tells which."""
    hide("plutoprint")
    if not any(engine.there for engine in engines_here()):
        pytest.skip("no other engine is installed")
    with caplog.at_level(logging.INFO), Letterpress([OURS], processes=1) as press:
        assert press.engine != "plutoprint"
        assert f"letters are printed by {press.engine}" in caplog.text
        assert "Citra" in text_of(press.make(order()))


@pytest.mark.usefixtures("all_here")
def test_an_engine_that_was_asked_for_is_never_replaced(hide):
    """An office that must archive would not notice letters that are no PDF/A."""
    hide("weasyprint")
    problem = refusal("weasyprint")
    assert problem.found == "mesin cetak weasyprint belum terpasang di komputer ini"
    assert "requirements-archive.txt" in problem.run


@pytest.mark.usefixtures("all_here")
def test_libraries_that_lack_are_told_apart_from_the_package(hide):
    """`pip install` once more would not help."""
    hide("pango")
    assert "ango" in refusal("weasyprint").run
    assert "pip" not in refusal("weasyprint").run


def test_a_machine_without_any_engine_is_told_what_to_install(hide):
    """Before the first citizen waits for a letter."""
    hide("plutoprint", "weasyprint", "wkhtmltopdf")
    problem = refusal(AUTO)
    assert problem.found == "tidak ada mesin cetak surat yang terpasang"
    assert "wkhtmltopdf" in problem.run
    assert not any(engine.there for engine in engines_here())
    assert all(engine.remedy for engine in engines_here())


def test_an_unknown_engine_is_told_with_those_that_exist():
    """Whoever calls the press from a program gets the same words."""
    assert refusal("pena-bulu").allowed == "auto, plutoprint, weasyprint, pdfkit"


def test_looking_loads_no_engine():
    """`doctor` and the worker ask; engines belong in the printers."""
    program = (
        "import sys; from sync.letter.engines.here import engines_here; engines_here();"
        "print([name for name in ('plutoprint', 'weasyprint', 'pdfkit') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=OURS.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
