"""Messages of an office whose pages are on the internet: they lead to the status page, and to the letter once more."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sync.core.delivery import Kind
from sync.delivery.messages import Messages
from sync.ledger.ledger import Ledger
from sync.web.citizens.letter_again import make_token


class SiteMessages(Messages):
    """`site` is the pages' address (`site.url`); `has_status`: the status page knows the service (`nik_questions`)."""

    def __init__(
        self,
        template_dirs: Any,
        *,
        site: str,
        ledger: Ledger,
        clock: Callable[[], datetime],
        has_status: bool = True,
    ) -> None:
        super().__init__(template_dirs)
        self._site, self._ledger, self._clock = site.rstrip("/"), ledger, clock
        self._has_status = has_status

    def compose(
        self, kind: Kind, context: Mapping[str, Any], *, template: str | None = None
    ) -> tuple[str, str, str]:
        links = {"tautan_status": f"{self._site}/status"} if self._has_status else {}
        if kind is Kind.LINK:
            token = make_token(self._ledger, str(context["referensi"]), self._clock())
            links["tautan"] = f"{self._site}/surat/{token}"
        return super().compose(kind, {**context, **links}, template=template)
