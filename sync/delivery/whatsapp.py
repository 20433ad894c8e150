"""Tell by WhatsApp, over Meta's Cloud API: a template that Meta approved, never the letter itself.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp (messages, error codes, status
webhooks). The API takes no key that would make a repeat harmless, and cannot be asked about a message: a lost answer
is CannotKnow. Meta gives our key back in every status webhook (`biz_opaque_callback_data`): that settles it later.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sync.core.delivery import Intent, Kind, Message
from sync.core.outcomes import CannotKnow, Failure, Never, QuotaUsedUp, Receipt, TryAgain
from sync.core.settings import WhatsApp
from sync.delivery.email_message import one_line
from sync.delivery.web_call import AnswerLost, NotSent, call

META = "https://graph.facebook.com"
LONGEST_PARAMETER = 700
"""A template's whole text may have 1,024 characters."""

UNREACHABLE = "WhatsApp tidak dapat dihubungi. Dicoba lagi sendiri."
BUSY = "WhatsApp menunda pengiriman. Dicoba lagi sendiri."
SIGN_IN = (
    "WhatsApp menolak token kantor; mungkin sudah kedaluwarsa. Perbarui token WhatsApp; yang tertunda "
    "dikirim sendiri."
)
ACCOUNT = (
    "Meta menahan akun WhatsApp kantor (pembayaran, verifikasi, atau pelanggaran). Buka WhatsApp Manager; "
    "yang tertunda dikirim sendiri."
)
TEMPLATE = (
    "Templat WhatsApp belum disetujui, dihentikan, atau isinya tidak cocok. Periksa templat di WhatsApp Manager; "
    "yang tertunda dikirim sendiri."
)
QUOTA = "Batas pesan WhatsApp kantor tercapai. Dilanjutkan sendiri setelah pulih."
NO_WHATSAPP = "Nomor pemohon tidak dapat menerima pesan WhatsApp. Hubungi pemohon dengan cara lain."
BAD_NUMBER = "Nomor WhatsApp pemohon tidak dapat dipakai. Perbaiki nomornya."
NOT_TOLD = "Kantor tidak memakai templat WhatsApp untuk pemberitahuan ini."
STOPPED = "Pemohon meminta tidak dikirimi pesan WhatsApp."
REFUSED = "WhatsApp menolak pesan ini. Periksa pengaturan WhatsApp."
UNKNOWN = "Sambungan putus ketika pesan WhatsApp dikirim; tidak diketahui apakah sampai."

_SIGN_IN_CODES = frozenset({0, 3, 10, 190, 131005, *range(200, 300)})
_ACCOUNT_CODES = frozenset({33, 368, 130497, 131031, 131037, 131042, 131045, 133010, 134011})
_TEMPLATE_CODES = frozenset({*range(132000, 132100), 131008, 131009, 100})
_QUOTA_CODES = frozenset({80007, 131048})
_RATE_CODES = frozenset({4, 130429, 131056, 133016})
_APPLICANT_CODES = frozenset({130472, 131021, 131026, 131030, 131047, 131049, 131050})
_PASSING_CODES = frozenset({1, 2, 131000, 131016, 131057, 135000})

FAILED_WORDS: Mapping[int, str] = {
    131026: "nomor itu tidak memakai WhatsApp, atau WhatsApp-nya terlalu lama",
    131042: "pembayaran akun WhatsApp kantor bermasalah",
    131049: "Meta tidak meneruskannya",
    131050: "pemohon menolak pesan dari kantor",
}
"""What the codes of a failed message mean, for the officer; others are told as such."""


class WhatsAppChannel:
    """Thread-safe. `stopped` says whether a number (E.164) wants no messages."""

    name = "whatsapp"
    repeatable = False

    def __init__(
        self,
        whatsapp: WhatsApp,
        token: str,
        *,
        stopped: Callable[[str], bool] = lambda _number: False,
    ) -> None:
        self._whatsapp = whatsapp
        self._token = token
        self._stopped = stopped
        self._templates: dict[str, str] = whatsapp.templates.model_dump()

    def plan(self, *, reference: str, kind: Kind, attempt: int) -> str:
        return f"{reference}.{kind.value}.{attempt}"

    def send(self, intent: Intent, message: Message) -> Receipt:
        template = self._templates.get(intent.kind.value, "")
        if not template:
            raise Never(NOT_TOLD, detail=f"no template for {intent.kind}")
        if self._stopped(intent.address):
            raise Never(STOPPED, detail="stopped")
        lines = [one_line(line)[:LONGEST_PARAMETER] for line in message.text.split("\n")]
        parameters = [{"type": "text", "text": line} for line in lines if line]
        self._post(
            intent.address,
            {
                "type": "template",
                "template": {
                    "name": template,
                    "language": {"code": self._whatsapp.language},
                    "components": [{"type": "body", "parameters": parameters}],
                },
                "biz_opaque_callback_data": intent.key,
            },
        )
        # Meta's own name for the message holds the number: it is not kept.
        return Receipt(intent.key)

    def answer(self, number: str, text: str) -> None:
        """To a citizen who wrote within the last 24 hours: no template is needed then. Raises Failure."""
        self._post(number, {"type": "text", "text": {"body": text, "preview_url": False}})

    def happened(self, intent: Intent) -> Receipt | None:
        raise CannotKnow(UNKNOWN, detail=f"whatsapp cannot be asked about {intent.key}")

    def _post(self, number: str, content: Mapping[str, Any]) -> None:
        if not (number.startswith("+") and number[1:].isdecimal()):
            raise Never(BAD_NUMBER, detail="number cannot be used")
        whatsapp = self._whatsapp
        url = f"{whatsapp.endpoint or META}/{whatsapp.api_version}/{whatsapp.phone_number_id}/messages"
        body = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": number[1:]}
        try:
            answer = call(
                "POST",
                url,
                content={**body, **content},
                headers={"Authorization": f"Bearer {self._token}"},
                timeout_s=whatsapp.timeout_s,
            )
        except NotSent as error:
            raise TryAgain(UNREACHABLE, detail=str(error)) from error
        except AnswerLost as error:
            raise CannotKnow(UNKNOWN, detail=str(error)) from error
        if answer.status == 200 and answer.told.get("messages"):
            return
        told = answer.told.get("error")
        code = told.get("code") if isinstance(told, dict) else None
        if not isinstance(code, int):  # no answer of any meaning: it may have been taken
            raise CannotKnow(UNKNOWN, detail=f"HTTP {answer.status} without a code")
        raise failure_of(code, answer.status)


def failure_of(code: int, status: int) -> Failure:
    """What a code of Meta's means. Their words may name the applicant: only codes are kept."""
    detail = f"HTTP {status}, code {code}"
    if code in _APPLICANT_CODES:
        return Never(NO_WHATSAPP, detail=detail)
    if code in _QUOTA_CODES:
        return QuotaUsedUp(QUOTA, detail=detail)
    if code in _RATE_CODES:
        return TryAgain(BUSY, detail=detail, wait_s=60)
    # What the office has to mend: nothing is lost meanwhile.
    for codes, reason in (
        (_SIGN_IN_CODES, SIGN_IN),
        (_ACCOUNT_CODES, ACCOUNT),
        (_TEMPLATE_CODES, TEMPLATE),
    ):
        if code in codes:
            return TryAgain(reason, detail=detail, wait_s=300)
    if code in _PASSING_CODES or status >= 500:
        return TryAgain(BUSY, detail=detail)
    return Never(REFUSED, detail=detail)
