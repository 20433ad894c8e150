"""One day's flood and the days after it, on a consumer's mail account: `python tests/acceptance/quota_days.py`.

Everybody applies in one day, far more than the mail quota of a day has room for. The local Google keeps Sheets' and
the mail provider's quotas; the days after the first go by three hours at a time. Prints one line; exit 1 when a promise broke.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from tests.acceptance.conftest import Office, an_office  # noqa: E402 - found when run as a script too

FAST_CLOCK = Path(__file__).with_name("fast_clock.py")
STEP_S = 3 * 3600.0
LONGEST_S = 30 * 86400.0
PROVIDER_PER_DAY = 500
"""What a consumer's Gmail account may send in a day (support.google.com/mail/answer/22839)."""


@dataclass(frozen=True)
class Outcome:
    """What the flood came to. `overtaken` counts letters that went out before an earlier approval's."""

    responses: int
    days: float
    delivered: int
    twice: int
    overtaken: int
    refused: int  # calls and mails that a quota refused
    said_so: int  # rows that said Antre kirim on the first day
    warned: str

    def __str__(self) -> str:
        return (
            f"{self.responses} responses, {self.delivered} delivered over {self.days:.1f} days, twice {self.twice}, "
            f"overtaken {self.overtaken}, refused by a quota {self.refused}, Antre kirim {self.said_so}, "
            f"warned: {self.warned or 'never'}"
        )

    @property
    def kept(self) -> bool:
        trouble = self.twice or self.overtaken or self.refused
        return self.delivered == self.responses and bool(self.warned) and not trouble


def flood(folder: Path, *, responses: int, per_day: int, patience_s: float) -> Outcome:
    """`per_day` is the office's setting; the provider refuses somewhat later."""
    with an_office(folder, "--quotas") as office:
        _put(office, "mailbox/limit", {"per_day": per_day * PROVIDER_PER_DAY // 450})
        settings = office.folder / "settings.yaml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace("mail:\n", f"mail:\n  per_day: {per_day}\n"), "utf-8")
        workflow = office.folder / "workflows" / "domisili.yaml"
        workflow.write_text(
            workflow.read_text("utf-8").replace("[email, drive]", "[email]"), "utf-8"
        )
        for number in range(responses):
            office.applies(
                f"P{number:05d} Lestari",
                f"640201{number // 9000 + 41:02d}0190{number % 9000 + 1:04d}",
            )
        with _worker(office):
            _until(office, patience_s, lambda rows: rows["Menunggu petugas"] == responses)
            _approve_all(office)
            first_day = _until(
                office,
                patience_s,
                lambda rows: (
                    rows["Selesai"] == min(per_day, responses)
                    and rows["Selesai"] + rows["Antre kirim"] == responses
                ),
            )
            warned = _warning(office, patience_s)
        ahead_s = 0.0
        while ahead_s < LONGEST_S and _states(office)["Selesai"] < responses:
            ahead_s += STEP_S
            _put(office, "clock", {"ahead_s": STEP_S})
            subprocess.run(
                _command(office, ahead_s, "--once"), cwd=ROOT, env=_environment(), check=True
            )
        mails = [message for message in office.mailbox() if message["attachments"]]
        addressed = [message["to"] for message in mails]
        numbers = [int(address[1:6]) for address in addressed]
        return Outcome(
            responses=responses,
            days=ahead_s / 86400,
            delivered=len(set(addressed)),
            twice=len(addressed) - len(set(addressed)),
            overtaken=sum(a > b for a, b in pairwise(numbers)),
            refused=_refused(office),
            said_so=first_day["Antre kirim"],
            warned=warned,
        )


@contextmanager
def _worker(office: Office) -> Iterator[None]:
    """The real worker; it is asked to stop at the end."""
    with (office.folder / "worker.txt").open("wb") as output:
        process = subprocess.Popen(
            _command(office, 0), cwd=ROOT, env=_environment(), stdout=output, stderr=output
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=120)


def _command(office: Office, ahead_s: float, *options: str) -> list[str]:
    """`run` with a clock that is ahead."""
    clock = [sys.executable, str(FAST_CLOCK), "1", "0", str(ahead_s), "--"]
    return [*clock, "--root", str(office.folder), "run", *options]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def _states(office: Office) -> Counter[str]:
    return Counter(row.get("Status", "") for row in office.rows().values())


def _until(
    office: Office, patience_s: float, there: Callable[[Counter[str]], bool]
) -> Counter[str]:
    """Looks at the sheet until it is as it should be. Raises TimeoutError with what it was."""
    ends = time.monotonic() + patience_s
    rows: Counter[str] = Counter()
    while time.monotonic() < ends:
        rows = _states(office)
        if there(rows):
            return rows
        time.sleep(3)
    raise TimeoutError(f"still {dict(rows)}")


def _approve_all(office: Office) -> None:
    tab = office.tab
    values = tab.get_all_values()
    column = values[0].index("Keputusan") + 1
    first, last = (f"R{row}C{column}" for row in (2, len(values)))
    tab.spreadsheet.values_update(
        f"'{tab.title}'!{first}:{last}",
        params={"valueInputOption": "RAW"},
        body={"values": [["Setujui"] for _ in values[1:]]},
    )


def _warning(office: Office, patience_s: float) -> str:
    """What the tab Loket warns of; it is written once a minute."""
    ends = time.monotonic() + patience_s
    while time.monotonic() < ends:
        for row in office.tab.spreadsheet.worksheet("Loket").get_all_values():
            for text in row:
                if text.startswith("PERHATIAN"):
                    return text
        time.sleep(5)
    return ""


def _refused(office: Office) -> int:
    """By Sheets, and by the mail server."""
    answer = requests.get(f"{office.url}/_sandbox/requests", timeout=30).json()
    logs = (path.read_text("utf-8") for path in (office.folder / "data" / "log").iterdir())
    return int(answer["refused"].get("429", 0)) + sum(log.count("5.4.5") for log in logs)


def _put(office: Office, what: str, body: dict[str, object]) -> None:
    requests.put(f"{office.url}/_sandbox/{what}", json=body, timeout=30).raise_for_status()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--responses", type=int, default=3000)
    parser.add_argument("--per-day", type=int, default=450)
    parser.add_argument("--patience-s", type=float, default=1800)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = flood(
            Path(folder),
            responses=asked.responses,
            per_day=asked.per_day,
            patience_s=asked.patience_s,
        )
    print(outcome)
    return 0 if outcome.kept else 1


if __name__ == "__main__":
    sys.exit(main())
