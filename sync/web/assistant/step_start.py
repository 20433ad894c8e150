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


class StartStep:
    name, title = "mulai", "Mulai"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def show(self, query: Mapping[str, str]) -> dict[str, Any]:
        lent, progress = self._desk.lent, self._desk.progress
        return {
            "running": lent.worker(),
            "can_install": lent.has_verb("service"),
            "installed": self._installed(),
            "unfilled": self._unfilled(),
            "service": self._desk.service,
            "sheet": progress.sheet,
            "checked": self._checked() if query.get("periksa") else None,
        }

    def take(self, form: Form) -> str:
        match form.get("aksi"):
            case "mulai":
                self._begin(aside=form.get("sisihkan") == "ya")
            case "henti":
                self._desk.lent.stop_worker()
            case "pasang":
                self._install()
            case "lepas":
                self._require(self._desk.lent.verb("service", "remove"))
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

    def _checked(self) -> list[Problem]:
        """What `check` has to say."""
        said = self._desk.lent.verb("check", "--json")
        try:
            found = json.loads(said.words[said.words.index("{") :])["problems"]
            return [Problem(**one) for one in found]
        except (ValueError, KeyError, TypeError):
            self._require(said)
            return []

    def _installed(self) -> bool | None:
        """Whether the worker starts with the machine; None where that can't be told."""
        if not self._desk.lent.has_verb("service"):
            return None
        said = self._desk.lent.verb("service", "status", "--json")
        try:
            return bool(json.loads(said.words[said.words.index("{") :]).get("installed"))
        except (ValueError, AttributeError):
            return None

    def _require(self, said: Said) -> None:
        if said.code:
            raise Wrong(
                Problem("perintah", "loket.py", said.words.strip()[-600:] or f"kode {said.code}")
            )
