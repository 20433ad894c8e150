"""The address that Meta calls. Whoever cannot sign with the app's secret changes nothing and learns nothing.

Source: https://developers.facebook.com/docs/graph-api/webhooks/getting-started (verification requests,
X-Hub-Signature-256). Answered at once; citizens are answered afterwards.
"""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sync.web.whatsapp.events import Events, read_events
from sync.web.whatsapp.inbox import Inbox

PATH = "/whatsapp/webhook"
LONGEST_BODY = 262_144
"""The threshold's bound at PATH."""
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{1,200}")
_SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Secrets:
    """`verify_token` is the office's own word, given to Meta once; `app_secret` is Meta's."""

    verify_token: str
    app_secret: str


def whatsapp_routes(secrets: Secrets, phone_number_id: str, inbox: Inbox) -> list[Route]:
    """Raises ValueError for an empty secret: everybody could sign with that."""
    if not (secrets.verify_token and secrets.app_secret):
        raise ValueError("the webhook needs both secrets")

    def verify(request: Request) -> Response:
        asked = request.query_params
        challenge = asked.get("hub.challenge", "")
        right = _same(asked.get("hub.verify_token", ""), secrets.verify_token)
        if not right or asked.get("hub.mode") != "subscribe" or not _CHALLENGE.fullmatch(challenge):
            raise HTTPException(403)
        return PlainTextResponse(challenge)

    async def take(request: Request) -> Response:
        body = await request.body()
        if not is_signed(body, request.headers.get("X-Hub-Signature-256", ""), secrets.app_secret):
            raise HTTPException(403)
        answers = await run_in_threadpool(inbox.take, _events(body, phone_number_id))
        task = BackgroundTask(inbox.answer, answers) if answers else None
        return Response(status_code=200, background=task)

    return [Route(PATH, verify, methods=["GET"]), Route(PATH, take, methods=["POST"])]


def is_signed(body: bytes, header: str, app_secret: str) -> bool:
    found = _SIGNATURE.fullmatch(header)
    right = hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()
    return found is not None and hmac.compare_digest(found[1], right)


def _events(body: bytes, phone_number_id: str) -> Events:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return Events((), ())  # signed and yet no JSON: it would be no better the next time
    return read_events(payload, phone_number_id)


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())
