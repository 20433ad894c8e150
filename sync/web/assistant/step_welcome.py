"""Step 0: what will be needed."""

from collections.abc import Mapping
from typing import Any

from sync.web.assistant.step import Desk, Form


class WelcomeStep:
    name, title = "selamat-datang", "Selamat datang"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def show(self, query: Mapping[str, str]) -> dict[str, Any]:  # noqa: ARG002
        place = self._desk.place
        return {"has_settings": (place.folder / "settings.yaml").exists(), "synced": place.synced}

    def take(self, form: Form) -> str:  # noqa: ARG002
        self._desk.finish(self.name)
        return "/kantor"
