"""What goes into an SMS: in letters that every phone has, and no longer than the office pays for."""

from sync.core.delivery import Kind
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
