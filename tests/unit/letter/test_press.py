"""The press: whatever a template, an engine or an answer does, only that letter fails, and in time."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from sync.letter.press import AHEAD, LetterFailed, Letterpress
from tests.unit.letter.orders import NUMBER, OURS, order, soon, text_of

ROOT = OURS.parent
ENDLESS = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals or limits")


def alive(pid: int) -> bool:
    """A process that ended but was not yet collected counts as dead."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z" if stat.exists() else True
    except OSError:
        return False


def resident_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError


def test_an_endless_template_is_stopped_and_the_next_letter_is_made(templates, letter):
    """Else one slip in a template would stop the whole counter."""
    endless = letter(ENDLESS)
    with Letterpress([templates, OURS], processes=1, timeout_s=1) as press:
        started = time.monotonic()
        with pytest.raises(LetterFailed) as caught:
            press.make(order(endless))
        assert time.monotonic() - started < 8
        assert caught.value.reason == (
            "Surat terlalu lama dibuat (lebih dari 1 detik) (letters/surat.html)."
        )
        assert "Citra" in text_of(press.make(order()))


@posix
def test_a_printer_that_dies_fails_its_letter_alone(templates, letter):
    """An engine in C can take its process with it; Doni's letter is none of its business."""
    endless = letter(ENDLESS)
    with Letterpress([templates, OURS], processes=1, timeout_s=30) as press:
        failures: list[LetterFailed] = []

        def make() -> None:
            with pytest.raises(LetterFailed) as caught:
                press.make(order(endless))
            failures.append(caught.value)

        making = threading.Thread(target=make)
        making.start()
        assert soon(lambda: press.pids())
        time.sleep(1)  # it is in the midst of the loop now
        os.kill(press.pids()[0], signal.SIGKILL)
        making.join(timeout=10)

        assert [failed.reason for failed in failures] == [
            "Pembuat surat terhenti di tengah jalan (letters/surat.html)."
        ]
        assert "Doni" in text_of(press.make(order(nama="Doni")))


@posix
def test_a_printer_that_died_while_idle_costs_no_letter(press):
    """The system may end a sleeping process when memory is short."""
    press.make(order())
    (pid,) = press.pids()
    os.kill(pid, signal.SIGKILL)
    assert soon(lambda: not alive(pid))
    assert "Citra" in text_of(press.make(order()))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the memory of a process so")
def test_a_letter_that_eats_memory_fails_alone(templates, letter):
    """An office PC has 4 GB, and the officer's spreadsheet is open too."""
    hungry = letter("{{ 'x' * 3000000000 }}{{ nama }}{{ nomor }}")
    with Letterpress([templates, OURS], processes=1) as press:
        with pytest.raises(LetterFailed, match="terlalu besar"):
            press.make(order(hungry))
        assert "Citra" in text_of(press.make(order()))


@posix
def test_ctrl_c_is_the_parents_affair(press):
    """Ctrl-C reaches every process of a terminal; the letter in hand must still be finished."""
    press.make(order())
    pids = press.pids()
    for pid in pids:
        os.kill(pid, signal.SIGINT)
    time.sleep(0.2)
    assert "Citra" in text_of(press.make(order()))
    assert press.pids() == pids


@posix
@pytest.mark.parametrize("busy", [False, True], ids=["idle", "in the midst of a letter"])
def test_printers_die_with_the_program(templates, letter, busy):
    """After kill -9 of the worker nothing may be left that eats the processor."""
    endless = letter(ENDLESS)
    program = textwrap.dedent(
        f"""
        import sys, threading, time
        sys.path.insert(0, {str(ROOT)!r})
        from pathlib import Path
        from sync.letter.press import Letterpress
        from tests.unit.letter.orders import OURS, order
        press = Letterpress([Path({str(templates)!r}), OURS], processes=1, timeout_s=60)
        press.make(order())
        print(press.pids()[0], flush=True)
        if {busy}:
            press.make(order({endless!r}))
        time.sleep(60)
        """
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    with parent:
        try:
            pid = int(parent.stdout.readline())
            time.sleep(0.5)
            assert alive(pid)
        finally:
            parent.kill()
    assert soon(lambda: not alive(pid), within_s=5)


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory from /proc")
def test_two_hundred_letters_take_no_more_memory_than_twenty(press):
    """A backlog of thousands must not grow until the PC stands still."""
    made = iter(press.make_all((place, order(nama=f"Citra {place}")) for place in range(220)))
    for _ in range(20):
        next(made)
    (pid,) = press.pids()
    early = resident_kib(pid)
    assert all(isinstance(pdf, bytes) for _, pdf in made)
    assert press.pids() == (pid,)
    assert resident_kib(pid) - early < 16 * 1024


def test_a_printer_is_renewed_after_enough_letters(templates):
    """What an engine leaks must end some time."""
    with Letterpress([templates, OURS], processes=1, letters_per_process=2) as press:
        press.make(order())
        first = press.pids()
        press.make(order())
        assert press.pids() == first
        press.make(order())
        assert press.pids() != first


def test_many_letters_come_back_with_their_own_keys(templates, letter):
    """Citra must never get Doni's letter, and a failure stays with its order."""
    broken = letter("{{ tidak_ada }}")
    orders = [
        (place, order(broken) if place % 5 == 0 else order(nama=f"Pemohon Nomor{place}"))
        for place in range(40)
    ]
    with Letterpress([templates, OURS], processes=2) as press:
        results = dict(press.make_all(orders))

    assert sorted(results) == list(range(40))
    for place, result in results.items():
        if place % 5 == 0:
            assert isinstance(result, LetterFailed)
        else:
            assert f"Pemohon Nomor{place} " in text_of(result)


def test_each_slip_in_a_template_is_told_with_its_file_and_the_other_letters_go_on(
    templates, letter
):
    """One batch with everything that goes wrong in an office; Citra's letters stand between."""
    with (templates / "besar.png").open("wb") as photograph:
        photograph.truncate(50 * 1024 * 1024)
    bad = {
        "syntax": letter("<p>\n{% if nama %}\n</p>", "letters/satu.html"),
        "unknown": letter("\n<p>{{ nma }}</p>", "letters/dua.html"),
        "endless": letter(ENDLESS, "letters/tiga.html"),
        "large": letter('<img src="besar.png">{{ nama }}', "letters/empat.html"),
        "missing": letter('<img src="{{ kantor.emblem }}">{{ nama }}', "letters/lima.html"),
    }
    office = {**order().context["kantor"], "emblem": "letters/img/tidak-ada.png"}
    orders = [(kind, order(template, kantor=office)) for kind, template in bad.items()]
    orders = [pair for one in orders for pair in (one, (f"after {one[0]}", order()))]
    with Letterpress([templates, OURS], processes=2, timeout_s=3) as press:
        made = dict(press.make_all(orders))
    reasons = {kind: made[kind].reason for kind in bad}
    assert reasons == {
        "syntax": "Template surat salah tulis: letters/satu.html baris 6.",
        "unknown": 'Template surat memakai nama yang tidak ada: "nma" (letters/dua.html baris 5).',
        "endless": "Surat terlalu lama dibuat (lebih dari 3 detik) (letters/tiga.html).",
        "large": "Berkas besar.png terlalu besar; paling besar 4 MB (letters/empat.html).",
        "missing": "Gambar letters/img/tidak-ada.png tidak ada di folder templates (letters/lima.html).",
    }
    assert all("Citra" in text_of(made[f"after {kind}"]) for kind in bad)


def test_orders_are_taken_only_as_letters_get_done(press):
    """Ten thousand answers in memory at once would be too many."""
    taken = []

    def orders():
        for place in range(30):
            taken.append(place)
            yield place, order()

    made = press.make_all(orders())
    for done, _ in enumerate(made, start=1):
        assert len(taken) - done <= AHEAD


def test_an_abandoned_batch_leaves_the_press_usable(press):
    """Ctrl-C between two letters ends the batch, not the press."""
    made = press.make_all((place, order()) for place in range(10))
    next(made)
    made.close()
    assert "Citra" in text_of(press.make(order()))


def test_an_order_that_cannot_travel_is_a_failure_of_its_own(press, refused):
    """A context with an open file in it is a bug of the caller, told as such and not as a hang."""
    failed = refused(order(berkas=threading.Lock()))
    assert failed.reason == "Data surat tidak dapat dibaca."
    assert "Citra" in text_of(press.make(order()))


def test_a_closed_press_has_no_processes_left(templates):
    """Windows keeps the folder of a running process locked."""
    press = Letterpress([templates, OURS])
    press.make(order())
    pids = press.pids()
    press.close()
    press.close()
    assert pids
    assert press.pids() == ()
    assert not any(alive(pid) for pid in pids)
    with pytest.raises(RuntimeError):
        press.make(order())


def test_the_press_and_the_check_load_no_engine():
    """`loket status` must start at once; engines belong in the printers."""
    program = (
        "import sys, sync.letter.press, sync.letter.check;"
        "print([name for name in ('plutoprint', 'weasyprint', 'pypdfium2', 'pdfkit', 'pyhanko') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_secrets_in_the_environment_do_not_reach_a_printer(press, monkeypatch):
    """The mail password has no business in a process that reads citizens' text."""
    monkeypatch.setenv("LOKET_MAIL_PASSWORD", "rahasia")
    press.make(order())
    environment = Path(f"/proc/{press.pids()[0]}/environ")
    if not environment.exists():
        pytest.skip("reads the environment from /proc")
    assert b"rahasia" not in environment.read_bytes()


def test_a_failure_tells_the_log_nothing_of_the_citizen(templates, letter):
    """NIKs and names never stand in logs."""
    broken = letter("<p>{{ nama.tidak_ada }} {{ nomor }}</p>")
    with Letterpress([templates, OURS]) as press:
        for bad in (order(broken), order(nama="Citra 😀"), order(must="x", nama="\u202e")):
            with pytest.raises(LetterFailed) as caught:
                press.make(bad)
            assert "Citra" not in caught.value.detail
            assert NUMBER not in caught.value.detail
