"""A webhook's payload → reports and incoming messages. Pure; what is not understood is left out.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sync.core.chat import Arrival, Incoming, Report
from sync.delivery.whatsapp import FAILED_WORDS

LONGEST_KEY = 255
_ARRIVALS = {arrival.value: arrival for arrival in Arrival}


@dataclass(frozen=True, slots=True)
class Events:
    reports: tuple[Report, ...]
    messages: tuple[Incoming, ...]


def read_events(payload: Any, phone_number_id: str) -> Events:
    """Only what is about the office's own number."""
    values = list(_values(payload, phone_number_id))
    reports = (_report(status) for value in values for status in _tables(value, "statuses"))
    messages = (_message(message) for value in values for message in _tables(value, "messages"))
    return Events(tuple(filter(None, reports)), tuple(filter(None, messages)))


def _values(payload: Any, phone_number_id: str) -> Iterator[Mapping[str, Any]]:
    for entry in _tables(payload, "entry"):
        for change in _tables(entry, "changes"):
            value = change.get("value")
            if change.get("field") == "messages" and isinstance(value, dict):
                metadata = value.get("metadata")
                own = isinstance(metadata, dict) and metadata.get("phone_number_id")
                if own == phone_number_id:
                    yield value


def _report(status: Mapping[str, Any]) -> Report | None:
    arrival = _ARRIVALS.get(str(status.get("status")))
    key, at = status.get("biz_opaque_callback_data"), _moment(status)
    if arrival is None or at is None or not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY:
        return None
    reason = _reason(status) if arrival is Arrival.FAILED else ""
    return Report("whatsapp", key, arrival, at, reason)


def _reason(status: Mapping[str, Any]) -> str:
    """Meta's own words may name the applicant: only what their code means is told."""
    code = next((error.get("code") for error in _tables(status, "errors")), None)
    if not isinstance(code, int):
        return ""
    return FAILED_WORDS.get(code, f"kode {code} dari WhatsApp")


def _message(message: Mapping[str, Any]) -> Incoming | None:
    """A text, or a button of a template that was pressed; pictures and voices are for nobody here."""
    id_, number, at = message.get("id"), message.get("from"), _moment(message)
    said = message.get(str(message.get("type")))
    text = (said.get("body") or said.get("text")) if isinstance(said, dict) else None
    fits = message.get("type") in ("text", "button") and isinstance(text, str)
    if not (fits and isinstance(id_, str) and isinstance(number, str) and number.isdecimal()):
        return None
    return Incoming(id_, f"+{number}", str(text), at) if at and number.isascii() else None


def _moment(told: Mapping[str, Any]) -> datetime | None:
    text = str(told.get("timestamp"))
    if not (text.isascii() and text.isdecimal() and len(text) <= 11):
        return None
    return datetime.fromtimestamp(int(text), UTC)


def _tables(table: Any, key: str) -> Iterator[Mapping[str, Any]]:
    found = table.get(key) if isinstance(table, dict) else None
    yield from (one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()
