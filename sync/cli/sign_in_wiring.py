"""The mails that bring links into the dashboard, made from settings for the worker."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.cli.wiring import Wiring
    from sync.worker.sign_in_mail import SignInMails


def sign_in_mails(wiring: "Wiring") -> "SignInMails | None":
    """None where nobody may log in."""
    settings = wiring.root.settings
    if not (settings.dashboard.people and settings.site.url):
        return None
    from sync.cli.opening import now
    from sync.delivery.messages import Messages
    from sync.worker.sign_in_mail import SignInMails

    return SignInMails(
        wiring.ledger,
        wiring.email,
        Messages(wiring.root.template_dirs),
        settings.site.url,
        settings.office,
        now,
    )
