"""What Google's errors mean for the office: an answer's status and reason → TryAgain or Refused, in Indonesian.

The one table of its kind. Citizens' data never gets into `detail`: Google's own message may quote a cell or an
address, so only its status and reason are kept.
"""

import json
from dataclasses import dataclass

from sync.core.outcomes import Never, QuotaUsedUp, TryAgain

RATE_REASONS = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})

NETWORK = "Google tidak dapat dihubungi. Dicoba lagi sendiri."
BUSY = "Google sedang sibuk. Dicoba lagi sendiri."
RATE = "Batas pemakaian Google tercapai. Dilanjutkan sendiri sebentar lagi."
DAILY = "Kuota harian Google habis. Dilanjutkan sendiri setelah kuota pulih."
SIGN_IN = "Izin akun Google kantor tidak berlaku lagi. Perbarui kuncinya; yang tertunda dilanjutkan sendiri."

_DAILY_REASONS = frozenset({"dailyLimitExceeded", "quotaExceeded", "sharingRateLimitExceeded"})

_A_WAIT_FOR_QUOTA_S = 600.0
"""A quota of a minute never asks for so long a wait; one of a day does (Gmail's sending limit)."""

REASONS: dict[str, str] = {
    "storageQuotaExceeded": "Drive kantor penuh, atau akun layanan menaruh berkas di luar Drive bersama. "
    "Kosongkan ruang atau atur folder Drive bersama, lalu pilih Kirim ulang.",
    "teamDriveFileLimitExceeded": "Drive bersama sudah penuh. Kosongkan, lalu pilih Kirim ulang.",
    "numChildrenInNonRootLimitExceeded": "Folder Drive sudah penuh. Pindahkan isinya, lalu pilih Kirim ulang.",
    "invalidSharingRequest": "Alamat email pemohon tidak dapat diberi akses. Perbaiki alamatnya.",
    "cannotShareTeamDriveWithNonGoogleAccounts": "Alamat email pemohon bukan akun Google; Drive tidak dapat "
    "membagikan surat kepadanya.",
    "publishOutNotPermitted": "Aturan akun Google kantor melarang berbagi ke luar. Hubungi pengelolanya.",
    "domainPolicy": "Aturan akun Google kantor melarang ini. Hubungi pengelolanya.",
    "accessNotConfigured": "API Google yang dipakai belum diaktifkan di Google Cloud Console.",
    "SERVICE_DISABLED": "API Google yang dipakai belum diaktifkan di Google Cloud Console.",
    "failedPrecondition": "Akun Google ini tidak dapat mengirim email. Pakai SMTP, atau atur delegasi.",
    "insufficientPermissions": "Izin akun Google kantor kurang. Berikan izin yang diminta, lalu coba lagi.",
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": "Izin akun Google kantor kurang. Berikan izin yang diminta, lalu coba lagi.",
}
NOT_SHARED = "Akun Loket belum diberi akses. Bagikan Google Sheet atau folder itu kepada akun Loket sebagai Editor."
NOT_FOUND = "Google Sheet, folder atau berkas itu tidak ditemukan: sudah dihapus, atau tidak dibagikan lagi."
PROTECTED = "Sel atau tab itu dilindungi. Beri akun Loket izin mengubahnya (Data > Lindungi sheet dan rentang)."
TOO_LARGE = "Berkas atau data terlalu besar untuk Google."
REFUSED = "Google menolak permintaan ini. Penanggung jawab Loket perlu memeriksanya."


class Refused(Never):
    """Google said no. `status` and `reasons` are for callers to whom a no is an answer (409, 404)."""

    def __init__(self, sentence: str, *, status: int, reasons: frozenset[str]) -> None:
        super().__init__(sentence, detail=f"HTTP {status} {' '.join(sorted(reasons))}".strip())
        self.status = status
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Answer:
    """An error answer, read once."""

    status: int
    reasons: frozenset[str]
    message: str

    @property
    def may_pass(self) -> bool:
        """Worth another attempt within seconds."""
        if self.status in RETRIED_STATUSES:
            return True
        return self.status == 403 and bool(self.reasons & RATE_REASONS)


def read_answer(status: int, body: bytes) -> Answer:
    """Google's `{"error": {…}}` in both its shapes (`errors[].reason`, `details[].reason`); anything else is bare."""
    try:
        error = json.loads(body)["error"]
        reasons = {item["reason"] for item in error.get("errors", ()) if item.get("reason")}
        reasons |= {item["reason"] for item in error.get("details", ()) if item.get("reason")}
        if error.get("status"):
            reasons.add(error["status"])
        return Answer(status, frozenset(map(str, reasons)), str(error.get("message", "")))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Answer(status, frozenset(), "")


def failure_of(answer: Answer, wait_s: float | None = None) -> TryAgain | Refused:
    """What an answer that is not retried any more becomes."""
    status, reasons = answer.status, answer.reasons
    detail = f"HTTP {status} {' '.join(sorted(reasons))}".strip()
    if status == 401:
        return TryAgain(SIGN_IN, detail=detail)
    if status == 429 and wait_s is not None and wait_s >= _A_WAIT_FOR_QUOTA_S:
        return QuotaUsedUp(DAILY, detail=detail)
    if status == 429 or reasons & RATE_REASONS:
        return TryAgain(RATE, detail=detail, wait_s=wait_s)
    if status == 403 and reasons & _DAILY_REASONS:
        return QuotaUsedUp(DAILY, detail=detail)
    if status >= 500 or status == 408:
        return TryAgain(BUSY, detail=detail, wait_s=wait_s)
    return Refused(_sentence(answer), status=status, reasons=reasons)


def _sentence(answer: Answer) -> str:
    for reason, sentence in REASONS.items():
        if reason in answer.reasons:
            return sentence
    if "protected" in answer.message.casefold():
        return PROTECTED
    return {403: NOT_SHARED, 404: NOT_FOUND, 413: TOO_LARGE}.get(answer.status, REFUSED)
