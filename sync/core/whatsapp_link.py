"""WhatsApp's click-to-chat links, which need no contract and cost nothing: https://faq.whatsapp.com/5913398998672934.

A link opens a chat with a number, with a text that stands ready; nothing is sent until a person presses Send.
"""

from urllib.parse import quote

LONGEST_TEXT = 1000
"""Phones and browsers cut longer addresses."""


def chat_link(phone: str, text: str = "") -> str:
    """`phone` in E.164. The text is percent-encoded whole; "" where there is no number."""
    if not phone:
        return ""
    written = f"?text={quote(text[:LONGEST_TEXT], safe='')}" if text else ""
    return f"https://wa.me/{phone.removeprefix('+')}{written}"


def office_link(office_number: str, reference: str = "") -> str:
    """For pages and messages: the citizen asks the office. `office_number` in E.164 or "" (then there is no link)."""
    about = f" tentang permohonan {reference}" if reference else ""
    return chat_link(office_number, f"Halo, saya ingin bertanya{about}.")
