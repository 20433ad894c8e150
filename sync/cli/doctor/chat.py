"""WhatsApp and SMS: whether Meta and the office's phone take what Loket would send. Nothing is sent."""

from collections.abc import Iterable

from sync.cli.doctor.case import Case
from sync.cli.doctor.examination import Check
from sync.cli.doctor.finding import Finding, Remedy, problem, warning, well
from sync.core.mendable import Mendable

ANSWER_S = 8.0


def whatsapp_finding(status: int, code: int | None, name: str, quality: str) -> Finding:
    """`status` and `code` as Meta answered; 0: it was not reached."""
    if status == 0:
        return problem("whatsapp-jaringan", "graph.facebook.com tidak dapat dihubungi")
    if status == 200:
        if quality == "RED":
            return warning("whatsapp-mutu", f"{name}: mutu nomor rendah, Meta mengurangi batasnya")
        return well(f"WhatsApp Cloud API menerima token kantor ({name})")
    if status == 401 or code in (0, 10, 190):
        return problem("whatsapp-token", f"token ditolak (kode {code})")
    return problem("whatsapp-nomor", f"Phone number ID tidak dikenal (kode {code})")


def sms_finding(status: int, where: str) -> Finding:
    """`status` as the phone answered; 0: it was not reached."""
    if status == 200:
        return well(f"ponsel SMS di {where} menjawab")
    if status in (401, 403):
        return problem("sms-sandi", f"{where}: nama pengguna atau kata sandi ditolak")
    found = "tidak menjawab" if status == 0 else f"bukan server SMSGate ({status})"
    return problem("sms-ponsel", f"{where}: {found}", alamat=where)


def _whatsapp(case: Case) -> Iterable[Finding]:
    from sync.delivery.web_call import AnswerLost, NotSent, call
    from sync.delivery.whatsapp import META

    whatsapp = case.settings.whatsapp
    token = case.office.secret(
        whatsapp.token_env, whatsapp.token_file, setting="whatsapp.token_file", private=True
    )
    if not token:
        where = f"variabel {whatsapp.token_env} atau whatsapp.token_file"
        yield problem("whatsapp-tanpa-rahasia", f"token belum diberikan ({where})")
        return
    number = f"{whatsapp.api_version}/{whatsapp.phone_number_id}"
    url = f"{whatsapp.endpoint or META}/{number}?fields=verified_name,quality_rating"
    try:
        headers = {"Authorization": f"Bearer {token}"}
        answer = call("GET", url, headers=headers, timeout_s=ANSWER_S)
    except (NotSent, AnswerLost):
        yield whatsapp_finding(0, None, "", "")
        return
    error = answer.told.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    name, quality = answer.told.get("verified_name", ""), answer.told.get("quality_rating", "")
    yield whatsapp_finding(answer.status, code, str(name), str(quality))
    if not case.office.secret(
        whatsapp.app_secret_env, whatsapp.app_secret_file, setting="whatsapp.app_secret_file"
    ):
        yield warning("whatsapp-tanpa-webhook", "tanda terima dan CEK belum dipakai")


def _sms(case: Case) -> Iterable[Finding]:
    sms = case.settings.sms
    if sms.via == "apprise":
        from sync.cli.chat_wiring import gateway_of

        gateway_of(case.office)
        yield well("alamat gerbang SMS dikenal; baru diketahui berfungsi ketika mengirim")
        return
    from sync.delivery.web_call import AnswerLost, NotSent, call

    try:
        password = case.office.secret(
            sms.password_env, sms.password_file, setting="sms.password_file", private=True
        )
    except Mendable:
        password = None
    if not password:
        where = f"variabel {sms.password_env} atau sms.password_file"
        yield problem("sms-tanpa-rahasia", f"kata sandi belum diberikan ({where})")
        return
    try:
        auth = (sms.user, password)
        answer = call("GET", sms.url.rstrip("/") + "/", auth=auth, timeout_s=ANSWER_S)
    except (NotSent, AnswerLost):
        yield sms_finding(0, sms.url)
        return
    yield sms_finding(answer.status, sms.url)


def checks_of(case: Case) -> list[Check]:
    """Of what the office uses."""
    try:
        settings = case.settings
    except Mendable:
        return []  # told as such
    used = {channel for workflow in case.workflows for channel in workflow.deliver}
    found = []
    if "whatsapp" in used or settings.whatsapp.phone_number_id:
        found.append(Check("whatsapp", "WhatsApp", _whatsapp, needs=("pengaturan",), online=True))
    if "sms" in used or settings.sms.url:
        found.append(Check("sms", "SMS", _sms, needs=("pengaturan",), online=True))
    return found


_SIGN_IN = (
    "Buka https://business.facebook.com > Pengaturan bisnis > Pengguna sistem, pilih pengguna sistem Loket, lalu "
    "Buat token dengan izin whatsapp_business_messaging, tanpa masa berlaku."
)
_KEEP = "Simpan di berkas di folder Loket yang hanya memuatnya, dan tulis {} di settings.yaml."
REMEDIES = {
    "whatsapp-jaringan": Remedy(
        "WhatsApp tidak dapat dihubungi",
        (
            "Buka sebuah situs web di peramban untuk memastikan internet menyala.",
            "Minta pengelola jaringan mengizinkan graph.facebook.com.",
        ),
    ),
    "whatsapp-token": Remedy(
        "WhatsApp menolak token kantor",
        (_SIGN_IN, _KEEP.format("whatsapp.token_file: token-whatsapp.txt")),
    ),
    "whatsapp-tanpa-rahasia": Remedy(
        "Token WhatsApp belum diberikan",
        (_SIGN_IN, _KEEP.format("whatsapp.token_file: token-whatsapp.txt")),
    ),
    "whatsapp-nomor": Remedy(
        "Nomor WhatsApp kantor tidak dikenal Meta",
        (
            "Buka https://developers.facebook.com > aplikasi kantor > WhatsApp > Penyiapan API, dan salin Phone number ID "
            "(bukan nomor teleponnya).",
            "Di settings.yaml, isi whatsapp.phone_number_id dengan itu.",
        ),
    ),
    "whatsapp-mutu": Remedy(
        "Meta menilai pesan kantor kurang disukai",
        (
            "Buka WhatsApp Manager > Nomor telepon, dan lihat penyebabnya.",
            "Kurangi jenis pesan di whatsapp.templates; kosongkan yang tidak perlu.",
        ),
    ),
    "whatsapp-tanpa-webhook": Remedy(
        "Tanda terima WhatsApp belum dipakai",
        (
            "Pesan tetap terkirim; hanya tidak diketahui apakah diterima dan dibaca, dan CEK tidak dijawab.",
            "Bila diinginkan: ikuti bagian Webhook di docs/panduan/whatsapp-sms.md.",
        ),
    ),
    "sms-ponsel": Remedy(
        "Ponsel SMS kantor tidak menjawab",
        (
            "Pastikan ponsel menyala, tersambung ke Wi-Fi kantor, dan aplikasi SMSGate menunjukkan Local server: Online.",
            "Samakan sms.url di settings.yaml dengan alamat yang ditunjukkan aplikasi, sekarang {alamat}.",
            "Minta pengelola jaringan memberi ponsel itu alamat tetap.",
        ),
    ),
    "sms-sandi": Remedy(
        "Ponsel SMS menolak kata sandi",
        (
            "Buka SMSGate > Local server, salin nama pengguna ke sms.user di settings.yaml.",
            _KEEP.format("sms.password_file: sandi-sms.txt"),
        ),
    ),
    "sms-tanpa-rahasia": Remedy(
        "Kata sandi ponsel SMS belum diberikan",
        (
            "Buka SMSGate > Local server, dan salin kata sandinya.",
            _KEEP.format("sms.password_file: sandi-sms.txt"),
        ),
    ),
    "gerbang-sms": Remedy(
        "Alamat gerbang SMS belum dapat dipakai",
        (
            "Cari layanan SMS kantor di https://appriseit.com/services/ dan susun alamatnya menurut halaman itu.",
            "Tulis {{nomor}} di tempat nomor tujuan.",
            _KEEP.format("sms.gateway_file: gerbang-sms.txt"),
        ),
    ),
}
