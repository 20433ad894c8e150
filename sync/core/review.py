"""What answers and decisions do to an application. Pure: the caller records what is decided here.

A decision counts once, and only for the answers the officer saw. Loket never writes in the officer's columns, so
the same word typed again can't be seen: a decision that was void or not possible asks for the cell to be emptied
first.
"""

import hashlib
from dataclasses import dataclass, replace

from sync.core.answers import Checked
from sync.core.application import Application
from sync.core.decisions import Decision
from sync.core.delivery import Kind
from sync.core.states import LABELS, State
from sync.core.workflow.model import ReviewKind

AGAIN = "Kosongkan Keputusan, tunggu sebentar, lalu putuskan lagi."
LETTER_FIXED = frozenset(
    {State.DELIVERING, State.UNCERTAIN, State.DELIVERED, State.REJECTED, State.CANCELLED}
)
"""States in which other answers change nothing any more: the letter is made, or there will be none."""

NOT_YET_SHOWN = f"Keputusan yang dipilih sebelum jawaban diperiksa tidak berlaku. {AGAIN}"
WAS_COPY = (
    "Baris ini tadinya salinan dan kini menggantikan baris aslinya yang dihapus; "
    f"keputusan yang dipilih di salinan tidak berlaku. {AGAIN}"
)
TORN = (
    "Nomor permohonan di baris ini milik baris lain, mungkin karena hanya sebagian kolom yang diurutkan "
    f"atau ditempel; keputusannya tidak berlaku. {AGAIN}"
)
"""Why a decision in the row is not taken for the officer's word about these answers."""

TOLD = "Pemohon diberi tahu lewat email."
UNTOLD_EMAIL = "Pemohon belum diberi tahu lewat email: alamatnya belum benar."
UNTOLD = "Pemohon tidak diberi tahu: alamat ini sudah menerima terlalu banyak pemberitahuan dalam 24 jam."

_NEEDS_NOTE = frozenset({Decision.REJECT, Decision.MEND})
_ALREADY = {
    Decision.APPROVE: frozenset({State.APPROVED, State.DELIVERING, State.DELIVERED}),
    Decision.REJECT: frozenset({State.REJECTED}),
    Decision.MEND: frozenset({State.NEEDS_FIXING}),
    Decision.RESEND: frozenset({State.DELIVERING}),
    Decision.CANCEL: frozenset({State.CANCELLED}),
}


@dataclass(frozen=True, slots=True)
class Step:
    """What to record: the states passed through in order (none: it stays), the row's note, a notice to send.

    `note` None leaves the row's note as it is.
    """

    states: tuple[State, ...] = ()
    note: str | None = None
    notice: Kind | None = None
    event: str = ""
    resend: bool = False


def seen_key(decision: Decision | None, officer_note: str) -> str:
    """How a decision is told from the one dealt with before: by its word, and by its note where one is required."""
    if decision is None:
        return ""
    if decision in _NEEDS_NOTE:
        return f"{decision}|{hashlib.sha256(officer_note.strip().encode()).hexdigest()[:16]}"
    return decision.value


def after_check(checked: Checked, review: ReviewKind, *, decided_too: bool = False) -> Step:
    """Answers came in and were checked: what becomes of an application that was just received.

    A decision that stands in the row already was made before anything was checked: it does not count.
    """
    if checked.problems:
        return Step((State.NEEDS_FIXING,), _mend_note(checked), Kind.MEND, "found_incomplete")
    if review == "otomatis":
        return Step(
            (State.APPROVED,),
            "Jawaban lengkap. Surat nomor {nomor} sedang disiapkan.",
            None,
            "approved",
        )
    lead = NOT_YET_SHOWN if decided_too else ""
    return Step((State.IN_REVIEW,), _review_note(checked, lead), None, "ready_for_review")


def after_edit(
    state: State, checked: Checked, review: ReviewKind, *, letter_made: bool, decided_too: bool
) -> Step:
    """The row's answers changed. `decided_too`: a decision stands in the row that is not about these answers."""
    if state in LETTER_FIXED or (state is State.FAILED and letter_made):
        note = None
        if state in (State.DELIVERING, State.UNCERTAIN, State.DELIVERED, State.FAILED):
            note = "Jawaban diubah setelah surat dibuat; surat tetap memuat jawaban yang disetujui."
        return Step((), note, None, "answers_changed_too_late")
    path: tuple[State, ...]
    if state is State.NEEDS_FIXING:
        path = (State.RECEIVED,)
    elif state in (State.APPROVED, State.FAILED):
        path = (State.IN_REVIEW,)
    else:
        path = ()
    void = decided_too or state in (State.APPROVED, State.FAILED)
    at = path[-1] if path else state
    if checked.problems:
        return Step((*path, State.NEEDS_FIXING), _mend_note(checked), Kind.MEND, "answers_changed")
    if review == "otomatis":
        return Step(
            (*path, State.APPROVED),
            "Jawaban diperbarui. Surat nomor {nomor} sedang disiapkan.",
            None,
            "answers_changed",
        )
    if at is State.RECEIVED:
        path = (*path, State.IN_REVIEW)
    lead = f"Jawaban berubah, keputusan tidak berlaku. {AGAIN}" if void else "Jawaban diperbarui."
    return Step(
        path, _review_note(checked, lead), None, "decision_void" if void else "answers_changed"
    )


def after_clearing(state: State, checked: Checked, note: str) -> Step:
    """The officer emptied Keputusan: the row asks for a decision again, where one is due. `note` stood there."""
    return Step((), _review_note(checked) if state is State.IN_REVIEW else standing(note))


def after_void(state: State, checked: Checked, note: str, why: str) -> Step:
    """A decision stands in the row that can't be believed. `note` stood there."""
    said = _review_note(checked, why) if state is State.IN_REVIEW else answered(why, note)
    return Step((), said, None, "decision_not_believed")


def answered(said: str, note: str) -> str:
    """The row's note when a decision changes nothing: the answer to it, and below it what the row says anyway."""
    return f"{said}\n{standing(note)}".strip()


def beside(said: str, note: str) -> str:
    """The row's note when something is to be known besides: all that stood there stays, and nothing is told twice."""
    return note if said in note else f"{said}\n{note}".strip()


def standing(note: str) -> str:
    """The note without the answer to an earlier decision."""
    return note.rpartition("\n")[2]


def after_decision(state: State, decision: Decision, officer_note: str, *, has_email: bool) -> Step:
    """A new decision was read in a row whose answers are those the officer saw."""
    told = f" {TOLD if has_email else UNTOLD_EMAIL}"
    if state in _ALREADY[decision]:
        return Step(event="decision_repeated")
    if decision in _NEEDS_NOTE and not officer_note.strip():
        return Step(
            (), f'Isi Catatan Petugas untuk "{decision.value}"; catatan itu dikirim kepada pemohon.'
        )
    match state, decision:
        case State.IN_REVIEW, Decision.APPROVE:
            return Step(
                (State.APPROVED,),
                "Disetujui. Surat nomor {nomor} sedang disiapkan.",
                None,
                "approved",
            )
        case State.IN_REVIEW, Decision.REJECT:
            return Step((State.REJECTED,), "Permohonan ditolak." + told, Kind.REJECTED, "rejected")
        case State.IN_REVIEW, Decision.MEND:
            return Step(
                (State.NEEDS_FIXING,),
                "Menunggu perbaikan dari pemohon." + told,
                Kind.MEND,
                "mending_asked",
            )
        case ((State.IN_REVIEW | State.NEEDS_FIXING), Decision.CANCEL):
            return Step(
                (State.CANCELLED,), "Permohonan dibatalkan." + told, Kind.CANCELLED, "cancelled"
            )
        case ((State.DELIVERED | State.UNCERTAIN | State.FAILED), Decision.RESEND):
            return Step(
                (State.DELIVERING,), "Surat dikirim ulang.", None, "resend_asked", resend=True
            )
        case State.UNCERTAIN, Decision.APPROVE:
            return Step(
                (State.DELIVERED,),
                "Petugas memastikan surat sudah diterima.",
                None,
                "delivery_confirmed",
            )
        case _:
            return Step(
                (),
                f'"{decision.value}" tidak berlaku pada status "{LABELS[state]}". {_allowed(state)}',
            )


def _allowed(state: State) -> str:
    match state:
        case State.NEEDS_FIXING:
            return "Tunggu perbaikan dari pemohon, atau pilih Batalkan."
        case State.IN_REVIEW:
            return "Pilih Setujui, Tolak, Minta perbaikan, atau Batalkan."
        case State.DELIVERED | State.FAILED:
            return "Yang dapat dipilih: Kirim ulang."
        case State.UNCERTAIN:
            return UNCERTAIN_CHOICE
        case _:
            return "Tidak ada yang perlu dilakukan."


def resend_hint(application: Application) -> str:
    """How "Kirim ulang" is chosen after a failure, also where it stands in the cell already."""
    if application.decision_seen == Decision.RESEND:
        return "Sesudah diperbaiki, kosongkan Keputusan, tunggu sebentar, lalu pilih Kirim ulang."
    return "Sesudah diperbaiki, pilih Kirim ulang."


UNCERTAIN_CHOICE = (
    "Tanyakan kepada pemohon, kosongkan Keputusan, tunggu sebentar, "
    "lalu pilih Kirim ulang (surat belum diterima) atau Setujui (sudah diterima)."
)


def untold(step: Step) -> Step:
    """The same, where the applicant was told enough for today: nothing is sent, and the row says so."""
    note = (step.note or "").removesuffix(TOLD)
    return replace(step, notice=None, note=f"{note}{UNTOLD}")


def mentions_another(old: Application) -> str:
    """The warning where answers carry the reference of an application whose email is another."""
    return (
        f"Pemohon menyebut nomor {old.reference}, tetapi alamat emailnya lain dari yang dahulu; "
        "permohonan itu tetap menunggu perbaikan."
    )


def _mend_note(checked: Checked) -> str:
    told = TOLD if checked.applicant.email else UNTOLD_EMAIL
    return f"{' '.join(checked.problems)} {told}"


def _review_note(checked: Checked, lead: str = "") -> str:
    parts = [lead] if lead else []
    if checked.warnings:
        parts.append("Perhatian: " + " ".join(checked.warnings))
    if not lead or AGAIN not in lead:
        parts.append("Periksa jawaban, lalu pilih Keputusan.")
    return " ".join(parts)
