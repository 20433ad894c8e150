"""What goes into an SMS: in letters that every phone has, and no longer than the office pays for."""

from collections.abc import Callable

from sync.core.delivery import Intent, Kind, Message
from sync.core.outcomes import Never
from sync.core.sms_parts import count_parts, plain_text
from sync.delivery.email_message import one_line

BAD_NUMBER = "Nomor ponsel pemohon tidak dapat dipakai. Perbaiki nomornya."
STOPPED = "Pemohon meminta tidak dikirimi SMS."


def fitted(text: str, most: int, kind: Kind) -> str:
    """The text as it is sent, on one line. Raises Never where it has more parts than `most`: nothing is cut silently."""
    sent = plain_text(one_line(text))
    parts = count_parts(sent)
    if 0 < parts <= most:
        return sent
    raise Never(
        f"SMS ini terdiri atas {parts} bagian; paling banyak {most}. "
        f"Pendekkan templates/messages/sms/{kind.value}.txt.",
        detail=f"{parts} parts",
    )


def prepared(intent: Intent, message: Message, most: int, stopped: Callable[[str], bool]) -> str:
    """The text as it is sent. Raises Never where it is too long, or the number can't be used or wants no messages."""
    text = fitted(message.text, most, intent.kind)
    if not (intent.address.startswith("+") and intent.address[1:].isdecimal()):
        raise Never(BAD_NUMBER, detail="number cannot be used")
    if stopped(intent.address):
        raise Never(STOPPED, detail="stopped")
    return text
