"""Tell by SMS through an Android phone of the office's, with the app SMSGate (https://sms-gate.app) and its local server.

Source: the app's published API (https://github.com/capcom6/android-sms-gateway, docs/api/swagger.json: POST /message,
GET /message/{id}). The id is ours: the phone refuses a second message of the same id, and can be asked about it. A
message that the phone failed to send keeps its id, so the next attempt has the key with a number behind it.
"""

import hashlib
from collections.abc import Callable

from sync.core.chat import Arrival
from sync.core.delivery import Intent, Kind, Message
from sync.core.outcomes import CannotKnow, Failure, Never, Receipt, TryAgain
from sync.core.settings import Sms
from sync.delivery.sms_text import prepared
from sync.delivery.web_call import Answer, AnswerLost, NotSent, call

UNREACHABLE = (
    "Ponsel SMS kantor tidak dapat dihubungi. Pastikan ponsel menyala, tersambung ke Wi-Fi kantor, dan SMSGate "
    "berjalan; yang tertunda dikirim sendiri."
)
SIGN_IN = "Ponsel SMS menolak nama pengguna atau kata sandi. Samakan dengan yang ada di SMSGate; yang tertunda dikirim sendiri."
NO_SERVER = "Server lokal SMSGate di ponsel kantor tidak ditemukan. Periksa sms.url; yang tertunda dikirim sendiri."
REFUSED = "Ponsel SMS menolak pesan ini. Periksa nomor pemohon."
NOT_SENT = "Ponsel tidak dapat mengirim SMS ini. Periksa pulsa dan sinyalnya, dan nomor pemohon."
FAILED_WORDS = "periksa pulsa dan sinyal ponsel kantor"
UNKNOWN = "Sambungan ke ponsel SMS putus; tidak diketahui apakah SMS terkirim."
_TRIES = 20

_ARRIVALS = {
    "Sent": Arrival.SENT,
    "Delivered": Arrival.DELIVERED,
    "Failed": Arrival.FAILED,
}


class AndroidSmsChannel:
    """Thread-safe. `stopped` says whether a number (E.164) wants no messages."""

    name = "sms"
    repeatable = False

    def __init__(
        self,
        sms: Sms,
        password: str,
        *,
        stopped: Callable[[str], bool] = lambda _number: False,
    ) -> None:
        self._sms = sms
        self._password = password
        self._stopped = stopped

    def plan(self, *, reference: str, kind: Kind, attempt: int) -> str:
        """A key that the phone has no message of: where the ledger was lost, the first one may be an old message's."""
        first = f"{reference}.{kind.value}.{attempt}"
        for key in (first, *(f"{first}.{again}" for again in range(2, _TRIES))):
            if not self._state(_id(key, 0)):
                return key
        raise Never(NOT_SENT, detail="no key is left")

    def send(self, intent: Intent, message: Message) -> Receipt:
        text = prepared(intent, message, self._sms.parts, self._stopped)
        known, state = self._latest(intent.key)
        if state not in ("", "Failed"):
            return Receipt(intent.key)
        id_ = _id(intent.key, known)
        body = {
            "id": id_,
            "textMessage": {"text": text},
            "phoneNumbers": [intent.address],
            "withDeliveryReport": True,
        }
        try:
            answer = self._call("POST", "/message", body)
        except CannotKnow as failure:
            # Here it can be known: the phone is asked, now or before the next attempt.
            raise TryAgain(UNREACHABLE, detail=failure.detail) from failure
        if answer.status not in (200, 201, 202) and not self._state(id_):
            raise _refusal(answer)
        return Receipt(intent.key)

    def happened(self, intent: Intent) -> Receipt | None:
        _, state = self._latest(intent.key)
        return Receipt(intent.key) if state not in ("", "Failed") else None

    def arrival(self, intent: Intent) -> tuple[Arrival, str] | None:
        """How far the message came, and why no further; None where that is not known yet, or no more. Raises Failure."""
        _, state = self._latest(intent.key)
        if state not in _ARRIVALS:
            return None
        return _ARRIVALS[state], FAILED_WORDS if state == "Failed" else ""

    def _latest(self, key: str) -> tuple[int, str]:
        """How many messages the phone has of this key, and the state of the last; "" where there is none."""
        state = ""
        for known in range(_TRIES):
            found = self._state(_id(key, known))
            if not found:
                return known, state
            state = found
        raise Never(NOT_SENT, detail="failed too often")

    def _state(self, id_: str) -> str:
        try:
            answer = self._call("GET", f"/message/{id_}")
        except CannotKnow as failure:
            raise TryAgain(UNREACHABLE, detail=failure.detail) from failure
        if answer.status == 404:
            return ""
        state = answer.told.get("state")
        if answer.status != 200 or not isinstance(state, str):
            raise _refusal(answer)
        return state

    def _call(self, method: str, path: str, content: dict[str, object] | None = None) -> Answer:
        """Raises TryAgain where it certainly had no effect, else CannotKnow."""
        sms = self._sms
        try:
            return call(
                method,
                sms.url.rstrip("/") + path,
                content=content,
                auth=(sms.user, self._password),
                timeout_s=sms.timeout_s,
            )
        except NotSent as error:
            raise TryAgain(UNREACHABLE, detail=str(error)) from error
        except AnswerLost as error:
            raise CannotKnow(UNKNOWN, detail=str(error)) from error


def _id(key: str, failures: int) -> str:
    """At most 36 characters; the same key and number of failures give the same id."""
    return hashlib.sha256(f"{key}#{failures}".encode()).hexdigest()[:32]


def _refusal(answer: Answer) -> Failure:
    detail = f"HTTP {answer.status}"
    if answer.status in (401, 403):
        return TryAgain(SIGN_IN, detail=detail, wait_s=300)
    if answer.status == 404:
        return TryAgain(NO_SERVER, detail=detail, wait_s=300)
    if answer.status >= 500 or answer.status in (408, 425, 429):
        return TryAgain(UNREACHABLE, detail=detail)
    return Never(REFUSED, detail=detail)
