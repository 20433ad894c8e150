"""What an applicant reads of an application's state: plain words, what it means, and what comes next."""

from dataclasses import dataclass

from sync.core.states import State

SEARCH_MAIL = (
    "Surat dikirim ke alamat email yang Anda tulis di formulir. "
    "Bila belum terlihat, periksa juga folder Spam atau Promosi."
)


@dataclass(frozen=True, slots=True)
class Words:
    """`tone`: waiting, good, act (the applicant must do something), or ended."""

    title: str
    means: str
    then: str
    tone: str


_WORDS = {
    State.RECEIVED: Words(
        "Diterima",
        "Permohonan Anda sudah kami terima.",
        "Kami memeriksa kelengkapannya. Anda tidak perlu mengajukannya lagi.",
        "waiting",
    ),
    State.NEEDS_FIXING: Words(
        "Perlu perbaikan",
        "Ada jawaban yang perlu diperbaiki.",
        "Penjelasannya kami kirim lewat email, dengan cara memperbaikinya. "
        "Bila email itu tidak ada, juga di folder Spam, hubungi kantor kami.",
        "act",
    ),
    State.IN_REVIEW: Words(
        "Sedang diperiksa",
        "Permohonan Anda lengkap dan sedang diperiksa petugas.",
        "Hasilnya kami sampaikan lewat email.",
        "waiting",
    ),
    State.APPROVED: Words(
        "Disetujui",
        "Permohonan Anda disetujui. Suratnya sedang dibuat.",
        "Surat kami kirim setelah selesai dibuat.",
        "good",
    ),
    State.DELIVERING: Words(
        "Sedang dikirim",
        "Permohonan Anda disetujui. Suratnya sedang dikirim.",
        SEARCH_MAIL,
        "good",
    ),
    State.UNCERTAIN: Words(
        "Mungkin sudah terkirim",
        "Suratnya mungkin sudah terkirim; petugas sedang memastikannya.",
        SEARCH_MAIL,
        "waiting",
    ),
    State.FAILED: Words(
        "Belum terkirim",
        "Permohonan Anda disetujui, tetapi suratnya belum dapat dikirim. Petugas menindaklanjutinya.",
        "Anda tidak perlu mengajukannya lagi. Bila alamat email Anda berubah, hubungi kantor kami.",
        "waiting",
    ),
    State.DELIVERED: Words(
        "Selesai", "Permohonan Anda selesai dan suratnya sudah dikirim.", SEARCH_MAIL, "good"
    ),
    State.REJECTED: Words(
        "Ditolak",
        "Permohonan Anda belum dapat dikabulkan.",
        "Alasannya kami kirim lewat email. Anda boleh mengajukan lagi bila syaratnya sudah terpenuhi.",
        "ended",
    ),
    State.CANCELLED: Words(
        "Dibatalkan",
        "Permohonan ini dibatalkan.",
        "Anda boleh mengajukan lagi kapan saja.",
        "ended",
    ),
}
QUEUED = Words(
    "Antre kirim",
    "Permohonan Anda disetujui. Kuota kirim hari ini sudah habis.",
    "Surat kami kirim begitu kuotanya tersedia lagi, tanpa perlu Anda ajukan lagi.",
    "good",
)
WITHDRAWN = Words(
    "Surat dicabut",
    "Kantor sudah mencabut surat ini. Surat itu tidak berlaku lagi.",
    "Hubungi kantor kami untuk penjelasannya.",
    "ended",
)


def words_of(state: State, *, queued: bool = False, withdrawn: bool = False) -> Words:
    if withdrawn:
        return WITHDRAWN
    return QUEUED if queued and state is State.DELIVERING else _WORDS[state]
