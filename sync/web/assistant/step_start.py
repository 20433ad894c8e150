"""Step 8: the counter starts, now and with the machine."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sync.core.mendable import Mendable, Problem
from sync.core.workflow.links import PLACEHOLDER
from sync.web.assistant.lent import Said
from sync.web.assistant.step import Desk, Form, Wrong

ASIDE = "contoh"
"""A folder within workflows/: what lies there is no service of the office's."""
NOT_BEGUN = ("kolom-loket-belum-ada", "loket-tidak-berjalan")
"""What `doctor` finds wherever Loket was not started yet; starting it is the remedy."""


class StartStep:
    name, title = "mulai", "Mulai"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def show(self, query: Mapping[str, str]) -> dict[str, Any]:
        lent, progress = self._desk.lent, self._desk.progress
        return {
            "running": lent.worker(),
            "changed": self._desk.is_outdated,
            "can_install": lent.has_verb("service"),
            "installed": self._installed(),
            "unfilled": self._unfilled(),
            "service": self._desk.service,
            "sheet": progress.sheet,
            "examined": self._examined() if query.get("periksa") else None,
        }

    def take(self, form: Form) -> str:
        match form.get("aksi"):
            case "mulai":
                self._begin(aside=form.get("sisihkan") == "ya")
            case "ulang":
                self._begin_again()
            case "henti":
                self._desk.lent.stop_worker()
            case "pasang":
                self._install()
            case "lepas":
                self._require(self._desk.lent.verb("service", "remove", *_whose(self._status())))
            case "periksa":
                return "/mulai?periksa=ya"
        return "/mulai"

    def _begin(self, *, aside: bool) -> None:
        if not self._desk.service:
            raise Wrong(
                Problem(
                    "belum-ada-layanan",
                    "langkah Layanan",
                    "belum ada layanan yang disiapkan",
                    "selesaikan langkah Layanan dahulu",
                )
            )
        if aside:
            self._put_aside()
        problems = self._checked()
        if problems:
            raise Mendable.of(problems)
        self._desk.lent.start_worker()
        self._desk.finish(self.name)

    def _begin_again(self) -> None:
        """What `check` would refuse does not stop the worker that runs."""
        if problems := self._checked():
            raise Mendable.of(problems)
        status = self._status()
        if status.get("installed"):  # installing it once more starts it anew
            self._require(self._desk.lent.verb("service", "install", *_whose(status)))
        else:
            self._desk.lent.stop_worker()
            self._desk.lent.start_worker()

    def _install(self) -> None:
        """The service starts its own worker: the one started here gives way, and comes back where nothing was installed."""
        lent = self._desk.lent
        ran = lent.worker().process
        lent.stop_worker()
        said = lent.verb("service", "install")
        if said.code and ran:
            lent.start_worker()
        self._require(said)

    def _put_aside(self) -> None:
        """Samples that nobody filled in would be told as unfinished services, again and again."""
        for name in self._unfilled():
            file = self._desk.place.workflow_file(name)
            (file.parent / ASIDE).mkdir(exist_ok=True)
            with suppress(OSError):
                file.replace(file.parent / ASIDE / file.name)

    def _unfilled(self) -> list[str]:
        texts = self._desk.place.own_workflows()
        return [name for name, text in texts.items() if PLACEHOLDER in text]

    def _examined(self) -> list[dict[str, Any]]:
        """What `doctor` has to say of everything it looks at."""
        said = self._desk.lent.verb("doctor", "--json")
        try:
            found = list(_told(said)["checks"])
        except (ValueError, KeyError, TypeError):
            self._require(said)
            return []
        begun = self.name in self._desk.progress.done
        found = [one for one in found if begun or one["name"] not in NOT_BEGUN]
        return sorted(found, key=lambda one: one["level"] != "problem")

    def _checked(self) -> list[Problem]:
        """What `check` has to say."""
        said = self._desk.lent.verb("check", "--json")
        try:
            found = _told(said)["problems"]
            return [Problem(**one) for one in found]
        except (ValueError, KeyError, TypeError):
            self._require(said)
            return []

    def _installed(self) -> bool | None:
        """Whether the worker starts with the machine; None where that can't be told."""
        installed = self._status().get("installed")
        return None if installed is None else bool(installed)

    def _status(self) -> dict[str, Any]:
        """What `service status` says; empty where that can't be told."""
        if not self._desk.lent.has_verb("service"):
            return {}
        said = self._desk.lent.verb("service", "status", "--json")
        try:
            return _told(said)
        except ValueError:
            return {}

    def _require(self, said: Said) -> None:
        if said.code:
            raise Wrong(
                Problem("perintah", "loket.py", said.words.strip()[-600:] or f"kode {said.code}")
            )


def _whose(status: Mapping[str, Any]) -> list[str]:
    """The option of a service that is the machine's and not this account's."""
    return ["--system"] if status.get("system") else []


def _told(said: Said) -> dict[str, Any]:
    """The JSON in what a verb said. Raises ValueError."""
    return dict(json.loads(said.words[said.words.index("{") :]))
