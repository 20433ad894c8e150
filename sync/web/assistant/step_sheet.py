"""Step 3: the sheet that the form writes to, found by its link; the tab, and whether applicants leave an email address."""

from collections.abc import Mapping, Sequence
from typing import Any

from sync.core.mendable import Mendable, Problem
from sync.core.outcomes import Failure
from sync.core.workflow.links import form_id, sheet_id
from sync.google import probe
from sync.google.first_look import TabSeen, tabs_of
from sync.google.refusals import Refused
from sync.google.sheet_check import (
    SheetFacts,
    access_problems,
    look_at,
    public_problem,
    timezone_problem,
)
from sync.google.transport import Transport
from sync.web.assistant.links import wrong_form, wrong_sheet
from sync.web.assistant.step import Desk, Form, Wrong, ensure_unchanged
from sync.web.local.files import digest_of

EMAIL_STEPS = (
    "buka formulir → Setelan → Respons → Kumpulkan alamat email → pilih Masukan responden (atau Terverifikasi). "
    "Kolomnya muncul di sheet; lalu tekan Lihat sheet ini sekali lagi"
)
LINK_STEPS = "buka formulir → Jawaban → Tautkan ke Spreadsheet, lalu tempel tautan sheet itu"


class SheetStep:
    name, title = "sheet", "Sheet jawaban"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def show(self, query: Mapping[str, str]) -> dict[str, Any]:
        kept = self._desk.progress.sheet
        shown: dict[str, Any] = {
            "kept": kept,
            "seen": digest_of(_stored(kept)),
            "account": self._account(),
            "look": None,
            "link": query.get("tautan", _link(kept.get("id", ""))),
            "form_link": query.get("formulir", kept.get("form_link", "")),
        }
        if query.get("sheet") and query.get("aksi") != "lihat":
            shown["look"] = self._look(query["sheet"], query.get("formulir", ""))
        return shown

    def take(self, form: Form) -> str:
        wrong = {
            "tautan": wrong_sheet(form.get("tautan", "")),
            "formulir": wrong_form(form.get("formulir", "")),
        }
        if any(wrong.values()):
            raise Wrong(fields={name: text for name, text in wrong.items() if text})
        sheet, link = sheet_id(form["tautan"]) or "", form.get("formulir", "").strip()
        look = self._look(sheet, link)
        if look["stops"]:
            raise Wrong(*look["stops"])
        if form.get("aksi") != "pakai":
            return f"/sheet?sheet={sheet}&tautan={_link(sheet)}&formulir={link}#tab"
        ensure_unchanged(form, _stored(self._desk.progress.sheet))
        tab = next((one for one in look["tabs"] if one.title == form.get("tab")), None)
        if tab is None:
            raise Wrong(fields={"tab": "pilih tab yang ditulisi formulir"})
        if not tab.email_questions:
            raise Wrong(_without_email(tab))
        self._desk.finish(
            self.name,
            sheet={
                "id": sheet,
                "title": look["title"],
                "tab": tab.title,
                "form": form_id(link) or "",
                "form_link": link,
            },
        )
        return "/layanan"

    def _look(self, sheet: str, link: str) -> dict[str, Any]:
        """`stops` are what must be mended first, `notices` what should be. Raises Mendable, Failure."""
        settings = self._desk.place.settings()
        with self._desk.google() as transport:
            facts = _facts(transport, sheet)
            stops = access_problems(facts, self._account())
            notices: list[Problem] = []
            public = public_problem(facts)
            if public:
                (stops if facts.public else notices).append(public)
            zone = timezone_problem(facts, settings.office.timezone)
            notices += [zone] if zone else []
            tabs = tabs_of(transport, sheet) if not stops else []
            if link and not stops:
                of_form = _form_problems(transport, form_id(link) or "", sheet, self._account())
                stops += of_form
        forms = [tab for tab in tabs if tab.of_form]
        if not stops and not tabs:
            stops.append(
                Problem(
                    "sheet-kosong",
                    facts.place,
                    "belum ada tab dengan judul kolom di baris 1",
                    LINK_STEPS,
                )
            )
        return {
            "title": facts.title,
            "sheet": sheet,
            "tabs": sorted(tabs, key=lambda tab: not tab.of_form),
            "forms": len(forms),
            "only": forms[0].title if len(forms) == 1 else "",
            "stops": stops,
            "notices": notices,
            "alike": _alike(forms),
        }

    def _account(self) -> str:
        try:
            return self._desk.account()
        except Mendable:
            return ""


def _facts(transport: Transport, sheet: str) -> SheetFacts:
    """Raises Wrong for a file that is no Google Sheet, Mendable, Failure."""
    try:
        return look_at(transport, sheet)
    except Refused as refusal:
        if refusal.status != 400:
            raise
        raise Wrong(
            Problem(
                "sheet-bukan-google-sheet",
                "tautan sheet",
                "berkas itu bukan Google Sheet; mungkin berkas Excel di Drive",
                "bukalah, lalu File → Simpan sebagai Google Spreadsheet; tautkan formulir ke sheet yang baru, dan tempel tautannya",
            )
        ) from refusal


def _stored(kept: Mapping[str, str]) -> dict[str, str]:
    """What two people may choose differently."""
    return {"tautan": _link(kept.get("id", "")), "tab": kept.get("tab", "")}


def _link(sheet: str) -> str:
    return f"https://docs.google.com/spreadsheets/d/{sheet}/edit" if sheet else ""


def _alike(tabs: Sequence[TabSeen]) -> bool:
    """Whether titles alone do not tell which of them the form writes to."""
    return len({tab.titles for tab in tabs}) < len(tabs)


def _without_email(tab: TabSeen) -> Problem:
    return Problem(
        "formulir-tanpa-email",
        f'tab "{tab.title}"',
        "formulir ini tidak meminta alamat email, sehingga surat tidak dapat dikirim kepada pemohon",
        EMAIL_STEPS,
    )


def _form_problems(transport: Transport, form: str, sheet: str, account: str) -> list[Problem]:
    where = "formulir"
    try:
        seen = probe.form(transport, form)
    except Refused as refusal:
        if probe.trouble_of(refusal) not in ("403", "404"):  # an API that is off is no sharing
            raise
        return [
            Problem(
                "formulir-tidak-terbaca",
                where,
                "akun Loket belum boleh membaca formulir ini",
                f"buka formulir → ⋮ → Tambahkan kolaborator → {account or 'akun Loket'} sebagai Penyunting. "
                "Atau kosongkan tautan formulir: Loket tetap berjalan, hanya tanpa tautan perbaikan",
            )
        ]
    except Failure:
        raise
    where = f'formulir "{seen.title}"'
    found = []
    if seen.sheet != sheet:
        what = "menulis ke sheet yang lain" if seen.sheet else "belum ditautkan ke sheet"
        found.append(Problem("formulir-lain", where, f"formulir ini {what}", LINK_STEPS))
    if not seen.accepting:
        found.append(
            Problem(
                "formulir-ditutup",
                where,
                "formulir ini tidak menerima jawaban",
                "buka formulir → Dipublikasikan → Menerima jawaban",
            )
        )
    return found
