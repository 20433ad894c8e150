"""What a spreadsheet must be before Loket works in it: facts fetched once, and checks over them that answer with Problems.

`setup` and `doctor` tell them. No check opens an applicant's row, and none changes anything.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sync.core.desk import OFFICER_COLUMNS
from sync.core.headers import find_columns, normal
from sync.core.mendable import Mendable, Problem
from sync.core.settings import Columns
from sync.google.layout import TIMESTAMP
from sync.google.probe import is_published
from sync.google.refusals import Refused
from sync.google.tab import Tab
from sync.google.transport import Transport

WIDEST = 18_278
"""Columns that a sheet can have."""
_ABOUT = (
    "properties(title,timeZone,locale),sheets(properties(sheetId,title),"
    "protectedRanges(range,unprotectedRanges,warningOnly,requestingUserCanEdit))"
)
_FILE = "https://www.googleapis.com/drive/v3/files/"
_SHEETS = "https://sheets.googleapis.com/v4/spreadsheets/"
_SEASONS = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Lock:
    """A protected range that this account may not edit: the columns it covers, counted from 0."""

    columns: range
    header_only: bool


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """`public`: the role of anyone with the link, "" where nobody else may see it, None where this account may not ask.
    `locks` by the title of every tab."""

    spreadsheet_id: str
    title: str
    timezone: str
    locale: str
    trashed: bool
    may_edit: bool
    public: str | None
    locks: Mapping[str, tuple[Lock, ...]]

    @property
    def url(self) -> str:
        return f"https://docs.google.com/spreadsheets/d/{self.spreadsheet_id}"

    @property
    def place(self) -> str:
        return f'Google Sheet "{self.title}"'


def look_at(transport: Transport, spreadsheet_id: str) -> SheetFacts:
    """Three calls that read. Raises Mendable where it is not shared, else what the transport raises."""
    with Tab(transport, spreadsheet_id, "").told():
        params = {"fields": "trashed,capabilities(canEdit)", "supportsAllDrives": "true"}
        file = transport.request("GET", _FILE + spreadsheet_id, params=params).json()
        about = transport.request("GET", _SHEETS + spreadsheet_id, params={"fields": _ABOUT}).json()
    return SheetFacts(
        spreadsheet_id,
        title=str(about["properties"]["title"]),
        timezone=str(about["properties"].get("timeZone", "")),
        locale=str(about["properties"].get("locale", "")),
        trashed=bool(file.get("trashed")),
        may_edit=bool(file.get("capabilities", {}).get("canEdit")),
        public=_public(transport, spreadsheet_id),
        locks={
            str(sheet["properties"]["title"]): tuple(_locks(sheet.get("protectedRanges", ())))
            for sheet in about.get("sheets", ())
        },
    )


def access_problems(facts: SheetFacts, account: str) -> list[Problem]:
    """Why Loket cannot write there at all. `account`: Loket's address, "" where the office's own is used."""
    if facts.trashed:
        return [
            Problem(
                "sheet-di-sampah",
                facts.place,
                "sheet ini ada di Sampah Google Drive",
                "pulihkan dari Sampah (drive.google.com → Sampah → klik kanan → Pulihkan)",
                "python loket.py setup",
            )
        ]
    if not facts.may_edit:
        return [
            Problem(
                "sheet-hanya-dapat-dilihat",
                facts.place,
                "akun Loket hanya dapat melihat sheet ini, tidak dapat mengubahnya",
                f"buka sheet itu → Bagikan → ubah {account or 'akun Google kantor'} menjadi Editor",
                "python loket.py setup",
            )
        ]
    return []


def public_problem(facts: SheetFacts) -> Problem | None:
    """Anyone with the link: every applicant's NIK lies open (UU 27/2022). An office once shared the sheet, not the form."""
    remedy = 'buka sheet itu → Bagikan → Akses umum → pilih "Dibatasi"'
    if facts.public is None:
        found = "Loket tidak dapat memeriksa apakah sheet ini terbuka untuk umum"
        return Problem("akses-umum-tidak-diketahui", facts.place, found, f"pastikan: {remedy}")
    if not facts.public:
        return None
    return Problem(
        "sheet-terbuka-untuk-umum",
        facts.place,
        _told_open(facts.public),
        f"{remedy}; kepada warga cukup dibagikan tautan formulirnya",
    )


def opened(transport: Transport, spreadsheet_id: str) -> str | None:
    """What lies open to anyone, for people; "" when nothing does, None where this account may not ask.

    Two calls that read. Raises what the transport raises.
    """
    role = _public(transport, spreadsheet_id)
    if role:
        return f"{_told_open(role)}."
    if is_published(transport, spreadsheet_id):
        return "Sheet itu DIPUBLIKASIKAN DI WEB: siapa pun dapat membaca jawaban dan NIK semua pemohon."
    return role


def timezone_problem(facts: SheetFacts, office: str) -> Problem | None:
    """Officers would read the moments of answers in another time than the letters'."""
    if _offsets(facts.timezone) == _offsets(office):
        return None
    return Problem(
        "zona-waktu-berbeda",
        facts.place,
        f"zona waktu sheet {facts.timezone or 'tidak diketahui'}, zona waktu kantor {office}",
        f"buka sheet itu → File → Setelan → Zona waktu: {office}; atau ubah office.timezone di settings.yaml",
    )


def header_problems(
    titles: Sequence[str], questions: Sequence[str], columns: Columns, *, where: str
) -> list[Problem]:
    """Why row 1 is not what the workflow describes: it is gone, a question's title is missing, or a title is there twice."""
    there = {normal(title) for title in titles}
    if not there & {TIMESTAMP, *map(normal, questions)}:
        return [
            Problem(
                "baris-judul-tidak-ada",
                where,
                "tidak ada satu pun judul pertanyaan layanan ini di baris 1",
                "baris 1 berisi judul pertanyaan formulir. Bila terhapus, kembalikan lewat File → Histori versi; "
                "bila tab itu bukan tab jawaban formulir, perbaiki tab di berkas layanan",
                "python loket.py setup",
            )
        ]
    own = [header for header in columns.headers.values() if normal(header) in there]
    try:
        find_columns(titles, [*questions, *own], where=where)
    except Mendable as error:
        return list(error.problems)
    return []


def missing_columns(titles: Sequence[str], columns: Columns) -> list[str]:
    """The names of Loket's and the officer's columns that are not there, in their order."""
    there = {normal(title) for title in titles}
    headers_of = columns.headers
    names = (*columns.system, *OFFICER_COLUMNS)
    return [name for name in names if normal(headers_of[name]) not in there]


def lock_problem(
    locks: Sequence[Lock], titles: Sequence[str], columns: Columns, *, where: str
) -> Problem | None:
    """A protection that keeps Loket from its own cells, or from making its columns. Others are the office's affair."""
    own = {normal(getattr(columns, name)) for name in columns.system}
    at = [place for place, title in enumerate(titles) if normal(title) in own]
    making = bool(missing_columns(titles, columns))
    for lock in locks:
        inside = making and lock.columns.start < len(titles) < lock.columns.stop
        if inside or (not lock.header_only and any(place in lock.columns for place in at)):
            return locked(where)
    return None


def locked(where: str) -> Problem:
    return Problem(
        "tab-dilindungi",
        where,
        "tab atau kolom Loket di sana dilindungi, dan akun Loket tidak diizinkan mengubahnya",
        "buka sheet itu → Data → Lindungi sheet dan rentang → pilih perlindungannya → Tetapkan izin → "
        "tambahkan akun Loket; atau hapus perlindungan itu",
        "python loket.py setup",
    )


def _public(transport: Transport, spreadsheet_id: str) -> str | None:
    """What anyone with the link may do. Asked as a list: a shared drive's files carry no permissions themselves."""
    params = {
        "fields": "nextPageToken,permissions(type,role)",
        "supportsAllDrives": "true",
        "pageSize": "100",
    }
    while True:
        try:
            answer = transport.request(
                "GET", f"{_FILE}{spreadsheet_id}/permissions", params=params
            ).json()
        except Refused as refusal:
            if refusal.status != 403:
                raise
            return None
        for permission in answer.get("permissions", ()):
            if permission.get("type") == "anyone":
                return str(permission.get("role", "reader"))
        if not answer.get("nextPageToken"):
            return ""
        params["pageToken"] = answer["nextPageToken"]


def _told_open(role: str) -> str:
    does = "membaca" if role in ("reader", "commenter") else "membaca dan mengubah"
    return f"SIAPA PUN yang memegang tautannya dapat {does} jawaban dan NIK semua pemohon"


def _locks(ranges: Sequence[Mapping[str, Any]]) -> Iterator[Lock]:
    """Those with holes are left out: whether Loket's cells lie in one is for Google to judge."""
    for one in ranges:
        if one.get("warningOnly") or one.get("requestingUserCanEdit") or "unprotectedRanges" in one:
            continue
        span = one.get("range", {})
        columns = range(span.get("startColumnIndex", 0), span.get("endColumnIndex", WIDEST))
        if not span.keys() & {"startColumnIndex", "endColumnIndex"}:
            columns = range(-1, WIDEST + 1)  # whole rows: new columns would lie within
        yield Lock(columns, header_only=span.get("endRowIndex") == 1)


def _offsets(timezone: str) -> tuple[timedelta | None, ...] | None:
    try:
        return tuple(moment.astimezone(ZoneInfo(timezone)).utcoffset() for moment in _SEASONS)
    except (KeyError, ValueError, OSError):  # a name that this computer does not know
        return None
