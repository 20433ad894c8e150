"""Looks at Google for `doctor`: what an account, a folder and a form are like now. Changes nothing.

Facts only; what is a problem and what to do about it is cli/doctor's affair. Failures come as the transport raises
them; `trouble_of` tells one cause from another. Spreadsheets are sheet_check.py's affair.
"""

import email.utils
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
import urllib3.exceptions
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import RefreshError

from sync.core.outcomes import Failure, QuotaUsedUp
from sync.google.drive import FOLDER_TYPE
from sync.google.refusals import NETWORK, SIGN_IN, Refused
from sync.google.transport import Transport

_DRIVE = "https://www.googleapis.com/drive/v3"
_FORMS = "https://forms.googleapis.com/v1/forms"
API_OFF = ("accessNotConfigured", "SERVICE_DISABLED")
SCOPE_MISSING = ("insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
_TOLD_APART = (*API_OFF, *SCOPE_MISSING, "failedPrecondition")
_GMAIL = "https://gmail.googleapis.com/gmail/v1/users/me/profile"


@dataclass(frozen=True, slots=True)
class Reach:
    """`trouble`: "" where the host answered, else dns, timeout, refused, proxy, certificate or cut. `date`: its clock."""

    trouble: str
    date: datetime | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """`limit_bytes` is None where storage has no limit of its own."""

    address: str
    limit_bytes: int | None
    used_bytes: int


@dataclass(frozen=True, slots=True)
class File:
    """A file or folder in Drive, and what this account may do there."""

    name: str
    trashed: bool
    may_download: bool
    may_add: bool
    is_folder: bool
    in_shared_drive: bool


@dataclass(frozen=True, slots=True)
class Form:
    """`sheet` is the id of the linked spreadsheet; "" where there is none. `accepting` is True where Google does not say."""

    title: str
    questions: tuple[str, ...]
    collects_email: bool
    accepting: bool
    sheet: str


class Door(Transport):
    """Knocks at a host without signing in."""

    def __init__(self, *, direct: bool = False) -> None:
        anonymous: Any = AnonymousCredentials
        super().__init__(anonymous(), endpoint="http://127.0.0.1" if direct else "", attempts=1)

    def knock(self, url: str, timeout_s: float = 5) -> Reach:
        """Any answer will do; a redirection is not followed."""
        try:
            answer = self._tokens.session.get(
                url, timeout=(timeout_s, timeout_s), allow_redirects=False
            )
        except requests.RequestException as error:
            return Reach(network_trouble(error))
        try:
            return Reach("", email.utils.parsedate_to_datetime(answer.headers["Date"]))
        except (KeyError, ValueError):
            return Reach("")


def trouble_of(failure: Failure) -> str:
    """A word for the cause: `network …`, `token …`, a reason of Google's, quota, busy, or the HTTP status of a refusal."""
    for error in _chain(failure):
        if isinstance(error, RefreshError):
            return f"token {_token_trouble(error)}"
        if isinstance(error, requests.RequestException):
            return f"network {network_trouble(error)}"
    if isinstance(failure, Refused):
        found = next((reason for reason in _TOLD_APART if reason in failure.reasons), "")
        return found or str(failure.status)
    if isinstance(failure, QuotaUsedUp):
        return "quota"
    return {SIGN_IN: "token other", NETWORK: "network cut"}.get(failure.reason, "busy")


def network_trouble(error: BaseException) -> str:
    """What stood between: dns, timeout, refused, proxy, certificate or cut."""
    chain = list(_chain(error))
    kinds: tuple[tuple[str, tuple[type[BaseException], ...]], ...] = (
        ("proxy", (requests.exceptions.ProxyError, urllib3.exceptions.ProxyError)),
        ("certificate", (requests.exceptions.SSLError, urllib3.exceptions.SSLError)),
        ("dns", (urllib3.exceptions.NameResolutionError, socket.gaierror)),
        ("refused", (ConnectionRefusedError,)),
        ("timeout", (requests.Timeout, TimeoutError, urllib3.exceptions.TimeoutError)),
    )
    for word, types in kinds:
        if any(isinstance(one, types) for one in chain):
            return word
    return "cut"


def account(transport: Transport) -> Account:
    """Who signs in, and the storage of that account. The first call of all: it tries the token too."""
    answer = _get(transport, f"{_DRIVE}/about", fields="user(emailAddress),storageQuota")
    quota = answer.get("storageQuota", {})
    return Account(
        address=str(answer["user"]["emailAddress"]),
        limit_bytes=int(quota["limit"]) if quota.get("limit") else None,
        used_bytes=int(quota.get("usage", 0)),
    )


def file(transport: Transport, file_id: str) -> File:
    """Raises Refused where it is not there, or not for this account."""
    fields = "name,mimeType,trashed,driveId,capabilities(canAddChildren,canDownload)"
    answer = _get(transport, f"{_DRIVE}/files/{file_id}", fields=fields, supportsAllDrives="true")
    able = answer.get("capabilities", {})
    return File(
        name=str(answer["name"]),
        trashed=bool(answer.get("trashed")),
        may_download=bool(able.get("canDownload")),
        may_add=bool(able.get("canAddChildren")),
        is_folder=answer.get("mimeType") == FOLDER_TYPE,
        in_shared_drive=bool(answer.get("driveId")),
    )


def is_published(transport: Transport, file_id: str) -> bool:
    """Whether a document was published on the web, as it is now; False where this account can't be told."""
    try:
        answer = _get(transport, f"{_DRIVE}/files/{file_id}/revisions/head", fields="published")
    except Refused:
        return False
    return bool(answer.get("published"))


def form(transport: Transport, form_id: str) -> Form:
    answer = _get(transport, f"{_FORMS}/{form_id}")
    state = answer.get("publishSettings", {}).get("publishState", {})
    collected = answer.get("settings", {}).get("emailCollectionType", "")
    return Form(
        title=str(answer.get("info", {}).get("title", "")),
        questions=tuple(
            str(item["title"]) for item in answer.get("items", ()) if item.get("title")
        ),
        collects_email=collected in ("VERIFIED", "RESPONDER_INPUT"),
        accepting=bool(state.get("isAcceptingResponses", not state)),
        sheet=str(answer.get("linkedSheetId", "")),
    )


def gmail_address(transport: Transport) -> str:
    """The address of the mailbox that would send."""
    return str(_get(transport, _GMAIL)["emailAddress"])


def _get(transport: Transport, url: str, **parameters: str) -> dict[str, Any]:
    answer: dict[str, Any] = transport.request("GET", url, params=parameters).json()
    return answer


def _token_trouble(error: RefreshError) -> str:
    """revoked, clock, key, delegation, client or other: the token endpoint's codes and sentences (RFC 6749, 5.2)."""
    told = " ".join(str(argument) for argument in error.args).casefold()
    words = (
        ("revoked", ("expired or revoked", "'error_description': 'bad request'")),
        ("clock", ("reasonable timeframe",)),
        ("key", ("invalid jwt", "account not found", "invalid_jwt")),
        ("delegation", ("unauthorized_client", "access_denied", "invalid email or user id")),
        ("client", ("invalid_client", "deleted_client", "disabled_client")),
    )
    return next((word for word, signs in words if any(sign in told for sign in signs)), "other")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came of: causes, and what requests and urllib3 keep inside."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inside = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting += [each for each in inside if isinstance(each, BaseException)]
