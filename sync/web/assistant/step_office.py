"""Step 1: the office, for the letterhead, the signature and the messages."""

from collections.abc import Mapping
from typing import Any

from sync.core.cells import clean_text
from sync.core.mendable import Mendable
from sync.core.settings import Settings
from sync.web.assistant.step import Desk, Form, Wrong, beside, ensure_unchanged
from sync.web.local.files import digest_of

ZONES = {
    "Asia/Jakarta": "WIB – Indonesia Barat",
    "Asia/Makassar": "WITA – Indonesia Tengah",
    "Asia/Jayapura": "WIT – Indonesia Timur",
}
FIELDS = (
    "office.government",
    "office.name",
    "office.unit",
    "office.address",
    "office.city",
    "office.phone",
    "office.email",
    "office.responsible",
    "office.timezone",
    "office.head.title",
    "office.head.name",
    "office.head.rank",
    "office.head.nip",
)
"""The settings asked for; a field of the form has its setting's name."""
NEEDED = ("office.government", "office.name", "office.city", "office.email", "office.head.name")
LONGEST = 200


class OfficeStep:
    name, title = "kantor", "Kantor"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def show(self, query: Mapping[str, str]) -> dict[str, Any]:  # noqa: ARG002
        values = self._stored()
        zones = dict(ZONES)
        zones.setdefault(values["office.timezone"], values["office.timezone"])
        return {"values": values, "seen": digest_of(values), "zones": zones}

    def take(self, form: Form) -> str:
        stored = self._stored()
        ensure_unchanged(form, stored)
        given = {name: clean_text(form.get(name, "")) for name in FIELDS}
        wrong = {name: "mohon diisi" for name in NEEDED if not given[name]}
        wrong |= {
            name: f"paling panjang {LONGEST} huruf"
            for name, text in given.items()
            if len(text) > LONGEST
        }
        if wrong:
            raise Wrong(fields=wrong)
        nip = "".join(given["office.head.nip"].split())
        try:
            self._desk.place.change_settings(given | {"office.head.nip": nip})
        except Mendable as error:
            raise beside(error, {name: name for name in FIELDS}) from error
        self._desk.finish(self.name)
        return "/google"

    def _stored(self) -> dict[str, str]:
        """As settings.yaml has it; the name of an office that is only an example is left out."""
        office = self._desk.place.settings().office
        values = {}
        for name in FIELDS:
            value: Any = office
            for part in name.split(".")[1:]:
                value = getattr(value, part)
            values[name] = value
        if values["office.government"] == Settings().office.government:
            values["office.government"] = ""
        return values
