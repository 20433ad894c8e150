"""WhatsApp and SMS from the settings: the channels, the column "Kirim WA", and the webhook."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sync.core.mendable import Mendable

if TYPE_CHECKING:
    from starlette.routing import Route

    from sync.cli.root import Root
    from sync.core.application import Application
    from sync.core.delivery import Channel
    from sync.core.settings import Columns
    from sync.core.workflow.model import Workflow
    from sync.delivery.messages import Messages
    from sync.delivery.whatsapp import WhatsAppChannel
    from sync.ledger.ledger import Ledger


def chat_channel(root: "Root", name: str, ledger: "Ledger") -> "Channel":
    """`name`: whatsapp or sms. Raises Mendable when a secret is missing."""

    def stopped(number: str) -> bool:
        with ledger.reading() as look:
            return look.chat.stopped(number)

    if name == "whatsapp":
        return whatsapp_channel(root, stopped)
    sms = root.settings.sms
    if sms.via == "apprise":
        from sync.delivery.sms_apprise import AppriseSmsChannel

        return AppriseSmsChannel(sms, gateway_of(root), stopped=stopped)
    from sync.delivery.sms_android import AndroidSmsChannel

    return AndroidSmsChannel(
        sms, _secret(root, "sms", "password", "kata sandi server lokal SMSGate"), stopped=stopped
    )


def gateway_of(root: "Root") -> str:
    """apprise's address of the SMS gateway. Raises Mendable."""
    from sync.delivery.sms_apprise import ensure_gateway

    sms = root.settings.sms
    gateway = root.secret(
        sms.gateway_env, sms.gateway_file, setting="sms.gateway_file", private=True
    )
    return ensure_gateway(gateway, where=f"variabel {sms.gateway_env} atau sms.gateway_file")


def whatsapp_channel(
    root: "Root", stopped: Callable[[str], bool] = lambda _number: False
) -> "WhatsAppChannel":
    """Raises Mendable when the token is missing."""
    from sync.delivery.whatsapp import WhatsAppChannel

    token = _secret(root, "whatsapp", "token", "token akses WhatsApp Cloud API")
    return WhatsAppChannel(root.settings.whatsapp, token, stopped=stopped)


def desk_columns(root: "Root", workflow: "Workflow") -> "Columns":
    """Without the column "Kirim WA" where nobody is asked for a number."""
    columns = root.settings.columns
    return columns if workflow.applicant.phone else columns.model_copy(update={"whatsapp": ""})


def chat_link(
    root: "Root",
    workflow: "Workflow",
    messages: "Messages",
    mending_link: Callable[[str], str],
) -> "Callable[[Application], str] | None":
    """What stands in that column; None where there is none."""
    if not desk_columns(root, workflow).whatsapp:
        return None
    from sync.worker.chat_links import ChatLinks

    office = root.settings.office.model_dump()
    return ChatLinks(messages, workflow.title, office, mending_link).of


def whatsapp_door(root: "Root", ledger: "Ledger") -> "list[Route]":
    """The webhook, for `serve`; empty where the office does not use the Cloud API or gave it no app secret.

    Raises Mendable when one of the secrets is there and another is not.
    """
    whatsapp = root.settings.whatsapp
    app_secret = root.secret(
        whatsapp.app_secret_env,
        whatsapp.app_secret_file,
        setting="whatsapp.app_secret_file",
        private=True,
    )
    if not (whatsapp.phone_number_id and app_secret):
        return []
    from sync.cli.opening import now
    from sync.web.whatsapp.inbox import Inbox
    from sync.web.whatsapp.webhook import Secrets, whatsapp_routes

    word = _secret(root, "whatsapp", "verify_token", "kata pengenal webhook")
    inbox = Inbox(ledger, whatsapp_channel(root).answer, now)
    return whatsapp_routes(Secrets(word, app_secret), whatsapp.phone_number_id, inbox)


def _secret(root: "Root", section: str, name: str, what: str) -> str:
    settings = getattr(root.settings, section)
    env, file = getattr(settings, f"{name}_env"), getattr(settings, f"{name}_file")
    found = root.secret(env, file, setting=f"{section}.{name}_file", private=True)
    if not found:
        raise Mendable.one(
            f"{section}-tanpa-rahasia",
            where=f"variabel {env} atau {section}.{name}_file",
            found=f"{what} belum diberikan",
            allowed="variabel lingkungan, atau berkas yang hanya memuatnya; lihat docs/panduan/whatsapp-sms.md",
            run="python loket.py doctor",
        )
    return found
