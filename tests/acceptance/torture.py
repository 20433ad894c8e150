"""Nothing lost, nothing twice, no cell misdirected: `python tests/acceptance/torture.py --minutes 3 --seed 1`.

The real worker against the local Google, both killed at random; citizens and officers who do what people do; every
fault the local Google knows. Then all becomes calm, what is open is settled as officers would, and ledger, sheets,
Drive, mailbox and logs are compared with what was typed. One line says what was found; exit code 1 keeps the world.
"""

import argparse
import random
import re
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from sqlalchemy.exc import DBAPIError  # noqa: E402

from sync.cli.root import Root  # noqa: E402
from tests.acceptance.officers_bot import OfficersBot  # noqa: E402
from tests.acceptance.people import Person, Response, new_person  # noqa: E402
from tests.acceptance.torture_audit import Audit, Findings  # noqa: E402
from tests.acceptance.torture_cluster import Cluster  # noqa: E402
from tests.acceptance.torture_edits import rearrangements  # noqa: E402
from tests.acceptance.torture_weather import ANSWERS, Weather  # noqa: E402
from tests.acceptance.torture_world import SERVICES, World  # noqa: E402

CALM_ROUNDS = 60


class Torture:
    def __init__(
        self,
        folder: Path,
        seed: int,
        minutes: float,
        mail: str | None,
        workers: int,
        postgres: bool,
    ) -> None:
        self.rng = random.Random(seed)
        via = mail or ("gmail" if seed % 3 == 0 else "smtp")
        per_day = self.rng.choice((40, 150, 450)) * max(1, round(minutes / 10))
        self.world = (
            Cluster(folder, via, per_day, workers) if postgres else World(folder, via, per_day)
        )
        self.weather = Weather(self.world, self.rng)
        self.complaints: list[str] = []
        self.people = 0
        self.bot: OfficersBot

    def open(self) -> None:
        self.world.open()
        self.bot = OfficersBot(self.world, self.rng)
        workflows, problems = Root.of(self.world.office).workflows()
        assert not problems, problems
        self.bot.workflows = {workflow.name: workflow for workflow in workflows}
        assert self.world.run_once() == 0, (
            "see worker.txt"
        )  # Loket's columns come first, the officers' own after them
        for service in SERVICES:
            self.bot.prepare(service)

    # The storm

    def storm(self, seconds: float) -> None:
        deeds: dict[Callable[[], None], int] = {
            self.submit: 20,
            self.edit_a_response: 9,
            self.answer_again: 6,
            self.officer: 60,
            self.inject: 10,
            self.weather.change: 9,
            self.weather.change_the_mail: 9,
            self.kill_worker: 5,
            self.kill_starting_worker: 1,
            self.kill_printer: 4,
            self.kill_sandbox: 1,
        }
        if isinstance(self.world, Cluster):
            deeds |= {self.kill_worker: 10, self.crash_the_database: 5}
        self.world.start_worker()
        until = time.monotonic() + seconds
        watched = 0.0
        while time.monotonic() < until:
            if time.monotonic() - watched > 2:
                self.watch()
                watched = time.monotonic()
            self.rng.choices(list(deeds), list(deeds.values()))[0]()
            self.keep_running()
            time.sleep(self.rng.uniform(0.02, 0.35))

    def keep_running(self) -> None:
        sandbox = self.world.sandbox
        if sandbox is not None and sandbox.poll() is not None:
            self.complaints.append(f"the sandbox ended by itself: {sandbox.returncode}")
            self.world.start_sandbox()
            self.weather.set(self.weather.rules)
        for code in self.world.revive_workers():
            self.complaints.append(f"a worker ended by itself: {code}")

    def watch(self) -> None:
        try:
            rows = self.world.asked("SELECT name, fingerprint FROM applications")
        except DBAPIError:  # it is being made, or the server is down
            return
        known = {(name[-5:], fingerprint) for name, fingerprint in rows}
        for service in SERVICES:
            self.bot.watch(service, known)

    # Citizens

    def _send(self, person: Person, answers: dict[str, str], response: Response | None) -> None:
        form = self.world.forms[person.service]["formId"]
        path = f"/_sandbox/forms/{form}/responses"
        if response is None:
            sent = self.world.call("POST", path, {"answers": answers})
            person.responses.append(Response(sent["responseId"], answers))
            return
        self.world.call("PUT", f"{path}/{response.id}", {"answers": answers})
        response.answers = answers
        if response.row:
            kept = self.bot.rows[person.service][response.row]
            kept.cells |= {name.lower(): text for name, text in answers.items()}
            _, rows = self.bot.table(person.service)
            kept.cells["timestamp"] = next(
                row.cells["timestamp"] for row in rows if row.mark == response.row
            )

    def submit(self) -> None:
        for _ in range(self.rng.choice((1, 1, 1, 2, 6))):
            self.people += 1
            person = new_person(self.rng, self.people, self.rng.choice(list(SERVICES)))
            self.bot.people[person.token] = person
            self._send(person, person.write(self.rng, good=self.rng.random() < 0.7), None)

    def edit_a_response(self) -> None:
        people = [p for p in self.bot.people.values() if p.steady and not p.moved]
        if people:
            person = self.rng.choice(people[-60:])
            person.pending = True
            answers = person.write(self.rng, good=self.rng.random() < 0.75)
            answers["Nomor Permohonan Lama"] = person.responses[-1].answers["Nomor Permohonan Lama"]
            self._send(person, answers, person.responses[-1])

    def answer_again(self) -> None:
        """By the link of the last mending message, whose row still waits for it."""
        service = self.rng.choice(list(SERVICES))
        waiting = [
            (row, kept.person)
            for _, row, kept in self.bot.seen(service)
            if row.status == "Perlu perbaikan"
            and not row.cells["keputusan"]
            and kept.person.steady
            and not kept.person.pending
            and row.mark == kept.person.responses[-1].row
            and row.cells["surat elektronik"] == kept.person.email  # else nobody can be known by it
        ]
        if not waiting:
            return
        row, person = self.rng.choice(waiting)
        reference = row.cells["no. permohonan"]
        links = [
            link
            for mail in self.world.call("GET", "/_sandbox/mailbox")["messages"]
            if person.email in mail["recipients"]
            for link in re.findall(r"https://docs\.google\.com/forms/\S+", mail["text"])
        ]
        if links and not links[-1].endswith(reference):
            self.complaints.append(f"{person.token}: {reference} has the link {links[-1]}")
        if links:
            answers = person.write(self.rng, good=self.rng.random() < 0.8, own_email=True)
            answers["Nomor Permohonan Lama"] = links[-1].rpartition("=")[2]
            person.again = True
            self._send(person, answers, None)

    # Officers

    def officer(self) -> None:
        service = self.rng.choice(list(SERVICES))
        deeds = self.bot.deeds
        self.rng.choices(list(deeds), list(deeds.values()))[0](service)

    def inject(self) -> None:
        """A colleague rearranges the sheet just before the worker's next write, or its read-back."""
        service = self.rng.choice(list(SERVICES))
        columns, rows = self.bot.look(service)
        last = max((row.index for row in rows), default=0)
        if last < 3:
            return
        requests = list(rearrangements(self.bot, self.rng, service, columns, last).values())
        chosen = [self.rng.choice(requests)]
        api = self.rng.choice(("values.batchUpdate", "values.batchGet", "values.batchUpdate"))
        sheet = self.world.forms[service]["spreadsheetId"]
        edit = {"spreadsheetId": sheet, "requests": chosen}
        before = self.weather.rules
        rule = {"api": f"sheets.spreadsheets.{api}", "do": "edit", "times": 1, "edit": edit}
        self.weather.set([*(r for r in before if r["do"] in ANSWERS), rule])
        patience = time.monotonic() + 2
        while time.monotonic() < patience and not self.weather.listed()[-1]["done"]:
            time.sleep(0.05)
        self.weather.set(before)
        time.sleep(0.2)  # a call that was just struck has its edit applied by now

    # Kills

    def kill_worker(self) -> None:
        self.world.kill_worker()
        if self.rng.random() < 0.3:
            time.sleep(self.rng.uniform(0, 1.5))
        self.world.start_worker()

    def kill_starting_worker(self) -> None:
        for _ in range(self.rng.randint(1, 3)):
            self.world.kill_worker()
            self.world.start_worker()
            time.sleep(self.rng.uniform(0, 2))

    def kill_printer(self) -> None:
        turn, patience = self.rng.randint(0, 5), time.monotonic() + 0.5
        while not self.world.kill_a_printer(turn) and time.monotonic() < patience:
            time.sleep(0.02)

    def kill_sandbox(self) -> None:
        rules = self.weather.rules
        self.weather.set([])
        self.world.kill_sandbox()
        time.sleep(self.rng.uniform(0, 1.5))
        options = ("--quotas",) if self.rng.random() < 0.2 else ()
        self.world.start_sandbox(*options)
        self.weather.set(rules)

    def crash_the_database(self) -> None:
        assert isinstance(self.world, Cluster)
        self.world.crash_the_database(for_s=self.rng.uniform(0, 3))

    # The calm

    def settle(self) -> None:
        """No faults any more; officers go through their rows as the rows tell them, until nothing is open."""
        self.weather.clear_up()
        self.world.kill_sandbox()  # it comes back without quotas: the calm is not for waiting
        self.world.start_sandbox()
        code = self.world.stop_worker()
        if code != 0:
            self.complaints.append(f"SIGTERM: exit code {code}")
        for service in SERVICES:
            self.bot.rename_a_column(service, back=True)
            while any(kept.copy for kept in self.bot.rows[service].values()):
                self.bot.delete_a_copy(service)
        again = 0
        for number in range(CALM_ROUNDS):
            queued = any(self.bot.count(service, "Antre kirim") for service in SERVICES)
            self.world.ahead_s += 25 * 3600 if queued else 3700 * (1 + number % 3)
            code = self.world.run_once()
            if code not in (0, 1):
                self.complaints.append(f"run --once: exit code {code}")
            self.watch()
            todo = [self.settle_rows(service, number) for service in SERVICES]
            again = again + 1 if not any(todo) and not self.open_intents() else 0
            if again == 2:
                return
        self.complaints.append(f"not at rest after {CALM_ROUNDS} calm rounds")

    def open_intents(self) -> int:
        open_ones = "SELECT count(*) FROM intents WHERE state IN ('planned', 'sending')"
        return int(self.world.asked(open_ones)[0][0])

    def settle_rows(self, service: str, number: int) -> int:
        done = 0
        for columns, row, kept in list(self.bot.seen(service)):
            person = kept.person
            there = row.cells["keputusan"]
            if row.status == "Menunggu petugas":
                word = self.rng.choices(("Setujui", "Tolak"), (4, 1))[0]
                note = "Di luar wilayah kami." if word == "Tolak" else None
                self.bot.decide(
                    service, columns, row, person, "" if there else word, None if there else note
                )
                person.final = "" if there else word
                done += 1
            elif row.status == "Perlu dicek":
                self.bot.settle_uncertain(service, columns, row, person)
                done += 1
            elif row.status == "Gagal kirim":
                self.bot.decide(service, columns, row, person, "" if there else "Kirim ulang")
                done += 1
            elif row.status == "Perlu perbaikan" and number < 4 and not person.moved:
                if row.mark == person.responses[-1].row and self.rng.random() < 0.5:
                    person.final = ""
                    answers = person.write(self.rng, good=True)
                    old = person.responses[-1].answers["Nomor Permohonan Lama"]
                    answers["Nomor Permohonan Lama"] = old
                    self._send(person, answers, person.responses[-1])
                    done += 1
            elif row.status not in ENDS:
                done += 1
        return done

    def resend_exactly(self) -> None:
        """In the calm an order is carried out once for certain."""
        chosen = []
        for service in SERVICES:
            found = [each for each in self.bot.seen(service) if each[1].status == "Selesai"]
            for columns, row, kept in self.rng.sample(found, min(5, len(found))):
                self.bot.decide(service, columns, row, kept.person, "")
                chosen.append((service, row.mark, row.cells["no. permohonan"]))
        self.world.run_once()
        for service, mark, reference in chosen:
            for columns, row, kept in list(self.bot.seen(service)):
                if row.mark == mark:
                    self.bot.decide(service, columns, row, kept.person, "Kirim ulang")
                    kept.person.exact_mails = 1 + self.bot.letters_to(kept.person, reference)
        for _ in range(3):
            self.world.ahead_s += 26 * 3600  # also where the day's quota was used up
            self.world.run_once()


ENDS = ("Selesai", "Ditolak", "Dibatalkan", "Perlu perbaikan", "Digantikan", "Salinan")


def torture(
    minutes: float,
    seed: int,
    *,
    mail: str | None = None,
    folder: Path | None = None,
    workers: int = 1,
    postgres: bool = False,
) -> tuple[str, Findings, Path]:
    """The line, what was found, and where the world lies; it is removed when nothing was found. `postgres`: so many
    members of a cluster, and a server that crashes too."""
    place = folder or Path(tempfile.mkdtemp(prefix="loket-torture-"))
    place.mkdir(parents=True, exist_ok=True)
    run = Torture(place, seed, minutes, mail, workers, postgres)
    began = time.monotonic()
    try:
        run.open()
        run.storm(minutes * 60)
        run.settle()
        run.resend_exactly()
        found = Audit(run.bot).whole()
    finally:
        run.world.close()
    log = place / "google" / "sandbox.log"
    if log.exists() and (broken := log.read_text(encoding="utf-8").count("Traceback")):
        run.complaints.append(f"the sandbox broke {broken} times: see {log}")
    found.wrong += run.complaints
    kills = ", ".join(f"{count} {what}" for what, count in sorted(run.world.kills.items()))
    line = (
        f"{found.applications} applications ({found.letters} letters, {run.world.via}),"
        f" {sum(run.world.kills.values())} kills ({kills}), {run.weather.faults + run.world.wire.cuts} faults:"
        f" missing {len(found.missing)}, twice {len(found.twice)}, wrong cell {len(found.wrong)},"
        f" number gaps {len(found.gaps)} (seed {seed}, {minutes:g} minutes,"
        f" {(time.monotonic() - began) / 60:.1f} in all)"
    )
    if found.clean and folder is None:
        run.world.remove()
    return line, found, place


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mail", choices=("smtp", "gmail"))
    parser.add_argument("--folder", type=Path, help="where the world lies; kept")
    parser.add_argument(
        "--postgres", action="store_true", help="a cluster on a PostgreSQL that crashes"
    )
    parser.add_argument("--workers", type=int, default=2, help="members of the cluster")
    given = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT):  # also where it was started in the background
        signal.signal(number, lambda *_: sys.exit(130))
    line, found, place = torture(
        given.minutes,
        given.seed,
        mail=given.mail,
        folder=given.folder,
        workers=given.workers,
        postgres=given.postgres,
    )
    print(line, flush=True)
    if found.clean:
        return 0
    for kind in ("missing", "twice", "wrong", "gaps"):
        for text in getattr(found, kind)[:200]:
            print(f"{kind}: {text}")
    print(f"The world is kept in {place}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
