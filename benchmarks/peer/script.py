"""What somebody would write who has an afternoon: read the sheet, print each approved row, mail it, say so in the row.

Nothing is remembered but what stands in the sheet, nothing is checked, and whatever goes wrong ends the run.
"""

import base64
import io
import smtplib
from datetime import datetime
from email.message import EmailMessage

import gspread
import pdfkit
import segno
from jinja2 import Template

LETTER = Template(
    """<!DOCTYPE html><html lang="id"><head><meta charset="utf-8"><style>
body { font-family: "Times New Roman", serif; font-size: 12pt; line-height: 1.4; }
h1 { font-size: 14pt; text-align: center; text-decoration: underline; } td { padding: 1pt 8pt 1pt 0; }
</style></head><body>
<p style="text-align: center">PEMERINTAH KABUPATEN CONTOH<br><b>DINAS KEPENDUDUKAN DAN PENCATATAN SIPIL</b></p>
<h1>SURAT KETERANGAN DOMISILI</h1><p style="text-align: center">Nomor: {{ number }}</p>
<p>Yang bertanda tangan di bawah ini menerangkan bahwa:</p>
<table>{% for question in questions %}<tr><td>{{ question }}</td><td>: {{ row[question] | e }}</td></tr>{% endfor %}</table>
<p>Surat keterangan ini diberikan untuk keperluan: {{ row["Keperluan surat"] | e }}.</p>
<p style="margin-left: 60%">Tenggarong, {{ today }}<br>Kepala Dinas</p>
<img src="{{ qr }}" style="width: 28mm"></body></html>"""
)
QUESTIONS = (
    "Nama Lengkap",
    "NIK",
    "Tempat Lahir",
    "Tanggal Lahir",
    "Jenis Kelamin",
    "Agama",
    "Pekerjaan",
    "Alamat sesuai KTP",
    "Alamat tempat tinggal sekarang",
)
VERIFY = "https://verifikasi.contoh.go.id/"


def pdf_of(row: dict[str, str], number: str, today: str) -> bytes:
    code = io.BytesIO()
    segno.make(f"{VERIFY}?nomor={number}&nama={row['Nama Lengkap']}").save(
        code, kind="png", scale=4
    )
    qr = "data:image/png;base64," + base64.b64encode(code.getvalue()).decode()
    html = LETTER.render(row=row, questions=QUESTIONS, number=number, today=today, qr=qr)
    pdf: bytes = pdfkit.from_string(html, False, options={"page-size": "A4", "quiet": ""})
    return pdf


def mail(host: str, port: int, to: str, number: str, pdf: bytes) -> None:
    message = EmailMessage()
    message["From"] = "loket@contoh.go.id"
    message["To"] = to
    message["Subject"] = f"Surat Keterangan Domisili {number}"
    message.set_content("Yth. Pemohon,\n\nsurat Anda terlampir.\n")
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename="surat.pdf")
    with smtplib.SMTP(host, port) as server:
        server.send_message(message)


def main(key: str, spreadsheet: str, tab: str, host: str, port: int, at_most: int) -> int:
    """Returns how many letters were sent."""
    sheet = gspread.service_account(filename=key).open_by_key(spreadsheet).worksheet(tab)
    header = sheet.row_values(1)
    status, note = header.index("Status") + 1, header.index("Keterangan") + 1
    updated = header.index("Diperbarui") + 1
    sent = 0
    for line, row in enumerate(sheet.get_all_records(), start=2):
        if row["Keputusan"] != "Setujui" or row["Status"] == "Selesai" or sent >= at_most:
            continue
        sent += 1
        now = datetime.now()  # noqa: DTZ005 - as it would be written
        number = f"470/{sent:04d}/{now:%Y}"
        mail(host, port, row["Alamat Email"], number, pdf_of(row, number, f"{now:%d-%m-%Y}"))
        sheet.update_cell(line, status, "Selesai")
        sheet.update_cell(line, note, f"Surat nomor {number} sudah dikirim ke email pemohon.")
        sheet.update_cell(line, updated, f"{now:%d-%m-%Y %H.%M}")
    return sent
