"""An office that tells by WhatsApp and SMS too: Meta's API, the office's phone and a gateway of apprise's on this machine."""

import dataclasses
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from starlette.applications import Starlette

from sync.cli.chat_wiring import whatsapp_door
from sync.cli.opening import open_ledger
from sync.cli.root import Root
from sync.web.whatsapp.webhook import PATH
from tests.acceptance.conftest import WORKFLOW, Office
from tests.fakes.asking import ask
from tests.fakes.http_stub import Call, HttpStub
from tests.fakes.meta import APP_SECRET, NUMBER_ID, TOKEN, VERIFY_TOKEN, Meta, signed
from tests.fakes.sms_gate import PASSWORD, USER, SmsGate

SETTINGS = """
whatsapp:
  office_number: 0811-5550-000
  phone_number_id: "{number}"
  endpoint: {meta}
  token_file: token.txt
  app_secret_file: app.txt
  verify_token_file: kata.txt
sms:
  via: {via}
  url: {phone}
  user: {user}
  password_file: sandi.txt
  gateway_file: gerbang.txt
columns:
  whatsapp: Kirim WA
"""
Told = dict[str, list[tuple[str, str]]]
"""By channel: (number in E.164, reference) of each message that a provider got."""


class Gateway(HttpStub):
    """What apprise's `json://` posts (https://appriseit.com/services/json/); the number stands in the path."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, str]] = []

    def answer(self, call: Call) -> tuple[int, Any] | None:
        self.told.append(("+" + call.path.strip("/"), json.loads(call.body)["message"]))
        return 200, {}


@dataclasses.dataclass
class ChatOffice(Office):
    meta: Meta
    phone: SmsGate
    gateway: Gateway

    def applies(self, name: str, nik: str, address: str = "Jl. Mawar 1") -> None:
        answers = {"Nama Lengkap": name, "NIK": nik, "Alamat": address}
        answers["Alamat Email"] = f"{name.split()[0].lower()}@example.org"
        answers["Nomor WhatsApp"] = f"0812-3456-{nik[-4:]}"
        url = f"{self.url}/_sandbox/forms/{self.form['formId']}/responses"
        requests.post(url, json={"answers": answers}, timeout=30).raise_for_status()

    def hears(self, body: bytes) -> None:
        """What Meta tells reaches the office's ledger by the webhook that `serve` mounts."""
        root = Root.of(self.folder)
        ledger = open_ledger(root)
        try:
            app = Starlette(routes=whatsapp_door(root, ledger))
            assert ask(app, "POST", PATH, headers=signed(body).items(), body=body).status == 200
        finally:
            ledger.close()

    @property
    def told(self) -> Told:
        def reference(text: str) -> str:
            found = re.search(r"SKD-\d\d-\w{6}", text)
            assert found is not None
            return found[0]

        by_sms = self.phone.told + self.gateway.told
        return {
            "whatsapp": [("+" + number, lines[2]) for number, _, lines in self.meta.told],
            "sms": [(number, reference(text)) for number, text in by_sms],
        }


@contextmanager
def with_chat(office: Office, deliver: str, *, sms: str = "android") -> Iterator[ChatOffice]:
    """`deliver`: as in a workflow file. `sms`: android or apprise."""
    titles = ("Nama Lengkap", "Alamat Email", "Nomor WhatsApp", "NIK", "Alamat")
    questions = [{"title": title, "type": "text"} for title in titles]
    form = requests.post(
        f"{office.url}/_sandbox/forms",
        json={"title": "Surat Keterangan Domisili", "questions": questions},
        timeout=30,
    ).json()
    text = WORKFLOW.format(sheet=form["spreadsheetId"], tab=form["tab"])
    text = text.replace("Alamat Email}", "Alamat Email, phone: Nomor WhatsApp}")
    text = text.replace("[email, drive]", deliver)
    (office.folder / "workflows" / "domisili.yaml").write_text(text, encoding="utf-8")
    meta, phone, gateway = Meta(), SmsGate(), Gateway()
    more = SETTINGS.format(number=NUMBER_ID, meta=meta.url, phone=phone.url, user=USER, via=sms)
    settings = office.folder / "settings.yaml"
    settings.write_text(settings.read_text("utf-8") + more, "utf-8")
    secrets = {"token": TOKEN, "app": APP_SECRET, "kata": VERIFY_TOKEN, "sandi": PASSWORD}
    secrets["gerbang"] = gateway.url.replace("http", "json") + "/{nomor}"
    for name, secret in secrets.items():
        (office.folder / f"{name}.txt").write_text(secret, "utf-8")
        (office.folder / f"{name}.txt").chmod(0o600)
    try:
        yield ChatOffice(office.folder, office.url, office.officer, form, meta, phone, gateway)
    finally:
        for stub in (meta, phone, gateway):
            stub.close()
