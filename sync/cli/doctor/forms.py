"""Each service's form: readable, open, tied to this sheet, asking what the service reads."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sync.cli.doctor.case import Case
from sync.cli.doctor.examination import Check
from sync.cli.doctor.finding import Finding, Remedy, problem, warning, well
from sync.cli.doctor.trouble import finding_of
from sync.core.headers import nearest, normal
from sync.core.outcomes import Failure

if TYPE_CHECKING:
    from sync.core.workflow.model import Workflow
    from sync.google.probe import Form

_COLLECTED = normal("Email Address")
"""The column that Forms itself writes where it collects addresses."""


def checks_of(workflow: "Workflow") -> list[Check]:
    """None where the service names no form."""
    if workflow.form is None:
        return []
    title = f"Google Form {workflow.name}"
    return [Check(f"form {workflow.name}", title, _look(workflow), ("akun",), online=True)]


def form_findings(form: "Form", workflow: "Workflow") -> list[Finding]:
    """At least one."""
    words = {"form": form.title, "sheet": workflow.tab}
    found = []
    if form.sheet != workflow.sheet:
        text = "jawabannya tidak masuk ke Google Sheet layanan ini"
        found.append(problem("form-sheet-lain", f'"{form.title}": {text}', **words))
    asked = {normal(question) for question in form.questions}
    email = workflow.applicant.email
    for question in workflow.questions:
        if normal(question) in asked:
            continue
        if question == email and normal(question) == _COLLECTED:
            if not form.collects_email:
                text = "tidak mengumpulkan alamat email, padahal surat dikirim ke sana"
                found.append(problem("form-tanpa-email", f'"{form.title}": {text}', **words))
            continue
        near = nearest(question, form.questions)
        hint = f"; yang mirip: {', '.join(near)}" if near else ""
        text = f'"{form.title}" tidak menanyakan "{question}"{hint}'
        found.append(problem("form-pertanyaan", text, kolom=question, **words))
    if not form.accepting:
        found.append(warning("form-tertutup", f'"{form.title}" tidak menerima jawaban', **words))
    return found or [well(f'"{form.title}" menerima jawaban dan menanyakan semuanya')]


def unreadable(account: str, reason: str) -> Finding:
    """A service runs without its form being read; what is missing are links with answers filled in."""
    found = f"formulir tidak dapat dibaca akun Loket: {reason}"
    return warning("form-tidak-terbaca", found, akun=account)


def _look(workflow: "Workflow") -> Callable[[Case], Iterable[Finding]]:
    def look(case: Case) -> Iterable[Finding]:
        from sync.google.probe import form
        from sync.google.refusals import Refused

        try:
            yield from form_findings(form(case.transport, str(workflow.form)), workflow)
        except Failure as failure:
            told = finding_of(failure, api="forms")
            refused = isinstance(failure, Refused) and told.name == "google-menolak"
            yield unreadable(case.account.address, failure.reason) if refused else told

    return look


REMEDIES = {
    "form-tidak-terbaca": Remedy(
        "Formulir tidak dapat dibaca akun Loket",
        (
            "Buka formulirnya di https://docs.google.com/forms dengan akun pemiliknya.",
            "Tekan titik tiga > Tambahkan kolaborator, masukkan {akun}, lalu tekan Kirim.",
            "Bila formulir itu sudah tidak ada, hapus atau betulkan baris form: di berkas layanan (folder workflows).",
        ),
    ),
    "form-sheet-lain": Remedy(
        "Jawaban formulir masuk ke sheet lain",
        (
            "Buka formulir “{form}” dengan akun pemiliknya, lalu buka tab Jawaban.",
            "Tekan Tautkan ke Spreadsheet, dan lihat sheet mana yang dipakai.",
            "Tempel tautan sheet itu di sheet: pada berkas layanan (folder workflows), dan nama tabnya di tab:.",
        ),
    ),
    "form-tanpa-email": Remedy(
        "Formulir tidak mengumpulkan alamat email",
        (
            "Buka formulir “{form}” dengan akun pemiliknya, lalu buka tab Setelan.",
            "Di bawah Respons, pilih Kumpulkan alamat email: Input responden (atau Terverifikasi).",
        ),
    ),
    "form-pertanyaan": Remedy(
        "Pertanyaan yang dibaca layanan tidak ada di formulir",
        (
            "Buka formulir “{form}”, dan cari pertanyaan “{kolom}”.",
            "Bila kata-katanya berubah: tulis yang baru di question: pada berkas layanan (folder workflows).",
            "Bila terhapus: tambahkan lagi pertanyaannya, atau hapus isian itu dari berkas layanan.",
        ),
    ),
    "form-tertutup": Remedy(
        "Formulir tidak menerima jawaban",
        (
            "Bila memang ditutup, tidak ada yang perlu dilakukan.",
            "Bila tidak: buka formulir “{form}”, tab Jawaban, dan nyalakan Menerima jawaban (atau tekan Publikasikan).",
        ),
    ),
}
