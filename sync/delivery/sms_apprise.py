"""Tell by SMS through a gateway that apprise knows (https://appriseit.com/services/#sms-based-services).

apprise says whether a gateway took a message, and nothing about why not: a no may be a lost answer. So it is CannotKnow,
and nobody gets a second SMS.
"""

import logging
import warnings
from collections.abc import Callable
from typing import Any

from sync.core.delivery import Intent, Kind, Message
from sync.core.mendable import Mendable
from sync.core.outcomes import CannotKnow, Receipt
from sync.core.settings import Sms
from sync.delivery.sms_text import prepared

PLACE = "{nomor}"
UNKNOWN = "Gerbang SMS tidak memberi kepastian; tidak diketahui apakah SMS terkirim."
_SAMPLE = "6281200000000"


class AppriseSmsChannel:
    """`gateway` is apprise's address with {nomor} where the number belongs; it is a secret."""

    name = "sms"
    repeatable = False

    def __init__(
        self,
        sms: Sms,
        gateway: str,
        *,
        stopped: Callable[[str], bool] = lambda _number: False,
    ) -> None:
        self._sms = sms
        self._gateway = gateway
        self._stopped = stopped

    def plan(self, *, reference: str, kind: Kind, attempt: int) -> str:
        return f"{reference}.{kind.value}.{attempt}"

    def send(self, intent: Intent, message: Message) -> Receipt:
        text = prepared(intent, message, self._sms.parts, self._stopped)
        number = intent.address.removeprefix("+")
        if not _notify(self._gateway.replace(PLACE, number), text):
            raise CannotKnow(UNKNOWN, detail="the gateway did not say yes")
        return Receipt(intent.key)

    def happened(self, intent: Intent) -> Receipt | None:
        raise CannotKnow(UNKNOWN, detail=f"the gateway cannot be asked about {intent.key}")


def ensure_gateway(gateway: str | None, *, where: str) -> str:
    """The address, if apprise can use it. Raises Mendable, which does not repeat it."""
    if not gateway or PLACE not in gateway or not _loaded(gateway.replace(PLACE, _SAMPLE)):
        raise Mendable.one(
            "gerbang-sms",
            where=where,
            found="alamat gerbang SMS kosong, tanpa {nomor}, atau tidak dikenal",
            allowed="satu alamat layanan SMS dari appriseit.com, dengan {nomor} di tempat nomor tujuan",
            run="python loket.py doctor",
        )
    return gateway


def _notify(address: str, text: str) -> bool:
    services = _loaded(address)
    return bool(services) and bool(services.notify(body=text, body_format="text"))


def _loaded(address: str) -> Any:
    """apprise's services, or None where it does not know the address."""
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it would log numbers
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # imghdr, which Python 3.13 has no more
        import apprise

        services = apprise.Apprise(asset=apprise.AppriseAsset(app_id="Loket", async_mode=False))
        return services if services.add(address) else None
