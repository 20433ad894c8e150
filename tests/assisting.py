"""The real assistant in a process of its own, beside a local Google, and a consent page such as Google's."""

import base64
import hashlib
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import requests

ROOT = Path(__file__).resolve().parents[1]
SMTP = ("loket@dukcapil.example.com", "abcdefghijklmnop")
QUESTIONS = [
    {"title": "Nama Lengkap", "type": "text", "required": True},
    {"title": "NIK", "type": "text", "required": True},
    {"title": "Tempat Lahir", "type": "text"},
    {"title": "Tanggal Lahir", "type": "date"},
    {"title": "Jenis Kelamin", "type": "choice", "options": ["Laki-laki", "Perempuan"]},
    {"title": "Agama", "type": "text"},
    {"title": "Pekerjaan", "type": "text"},
    {"title": "Alamat KTP", "type": "paragraph"},  # the ready-made service says "Alamat sesuai KTP"
    {"title": "Alamat tempat tinggal sekarang", "type": "paragraph"},
    {"title": "Tinggal di alamat tersebut sejak tanggal", "type": "date"},
    {"title": "Keperluan surat", "type": "text"},
]
ANSWERS = {
    "Nama Lengkap": "Doni <b>Saputra</b>",
    "NIK": "6472010101900003",
    "Tempat Lahir": "Samarinda",
    "Tanggal Lahir": "1990-01-01",
    "Jenis Kelamin": "Laki-laki",
    "Agama": "Islam",
    "Pekerjaan": "Nelayan",
    "Alamat KTP": "Jl. Mawar 1",
    "Alamat tempat tinggal sekarang": "Jl. Melati 2",
    "Tinggal di alamat tersebut sejak tanggal": "2020-02-02",
    "Keperluan surat": "Melamar pekerjaan",
}
OFFICER = "bu.ratna@dukcapil.example.com"
WORKER = "loket@loket-sandbox.iam.gserviceaccount.com"


@dataclass
class LocalGoogle:
    url: str
    smtp: str
    keys: Path  # the folder with worker.json, officer.json, officer-oauth.json

    def control(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        answer = requests.request(method, f"{self.url}/_sandbox{path}", json=body, timeout=30)
        answer.raise_for_status()
        return dict(answer.json())

    def form(
        self, *, collect_email: bool = True, share_with: tuple[str, ...] = (WORKER,), **more: Any
    ) -> dict[str, Any]:
        body = {
            "title": "Surat Keterangan Domisili",
            "questions": QUESTIONS,
            "collect_email": collect_email,
            "share_with": list(share_with),
        }
        return self.control("POST", "/forms", body | more)

    def applies(self, form: dict[str, Any], **answers: str) -> None:
        body = {"answers": ANSWERS | answers, "email": "doni@example.org"}
        self.control("POST", f"/forms/{form['formId']}/responses", body)

    def sheets(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """As the officer."""
        token = self.control("GET", "/token?account=officer")["access_token"]
        answer = requests.request(
            method,
            self.url + path,
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )
        answer.raise_for_status()
        return dict(answer.json())

    def mailbox(self) -> list[dict[str, Any]]:
        return list(self.control("GET", "/mailbox")["messages"])

    def key(self, name: str) -> str:
        return (self.keys / name).read_text(encoding="utf-8")


@contextmanager
def local_google(folder: Path) -> Iterator[LocalGoogle]:
    command = [sys.executable, "-m", "sync", "sandbox", "--port", "0", "--data", str(folder)]
    command += ["--smtp-account", ":".join(SMTP)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        ready = json.loads(process.stdout.readline())
        yield LocalGoogle(ready["url"], ready["smtp"], Path(ready["credentials"]).parent)
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.wait(timeout=20)
        process.stdout.close()


@dataclass
class ConsentPage:
    """Google's consent page and token endpoint for one desktop client. `deny` and `scopes` change what the person does."""

    url: str
    google: LocalGoogle
    deny: bool = False
    scopes: str = ""  # granted instead of those asked for
    asked: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def client(self) -> dict[str, Any]:
        return {
            "installed": {
                "client_id": self._user["client_id"],
                "client_secret": self._user["client_secret"],
                "auth_uri": self.url + "/auth",
                "token_uri": self.url + "/token",
                "redirect_uris": ["http://localhost"],
            }
        }

    @property
    def _user(self) -> dict[str, str]:
        return dict(json.loads(self.google.key("officer-oauth.json")))

    def consent(self, query: dict[str, str]) -> str:
        """The address that the browser goes back to."""
        self.asked = query
        if self.deny:
            back = {"error": "access_denied", "state": query["state"]}
        else:
            code = secrets.token_hex(8)
            self.codes[code] = query
            back = {"code": code, "state": query["state"]}
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def token(self, form: dict[str, str], basic: str) -> tuple[int, dict[str, Any]]:
        """The client's secret may come in the form or by basic authentication, as at Google."""
        secret = form.get("client_secret") or base64.b64decode(basic).decode().partition(":")[2]
        if form["grant_type"] == "refresh_token":
            answer = requests.post(self.google.url + "/token", data=form, timeout=30)
            return answer.status_code, answer.json()
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        good = (
            asked is not None
            and asked["code_challenge"] == challenge
            and asked["redirect_uri"] == form["redirect_uri"]
            and secret == self._user["client_secret"]
        )
        if not good or asked is None:
            return 400, {"error": "invalid_grant", "error_description": "Bad Request"}
        scope = self.scopes or asked["scope"]
        access = self.google.control(
            "GET", f"/token?{urlencode({'account': 'officer', 'scope': scope})}"
        )
        return 200, {
            "access_token": access["access_token"],
            "expires_in": 3599,
            "refresh_token": self._user["refresh_token"],
            "scope": scope,
            "token_type": "Bearer",
        }


@contextmanager
def consent_page(google: LocalGoogle) -> Iterator[ConsentPage]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if urlsplit(self.path).path != "/auth":
                self._answer(404, "text/plain", b"")
                return
            query = dict(parse_qsl(urlsplit(self.path).query))
            back = page.consent(query)
            text = f'<!doctype html><html lang="id"><title>Izin</title><main><h1>Loket ingin mengakses</h1><a href="{back}">Lanjutkan</a></main></html>'
            self._answer(200, "text/html", text.replace("&", "&amp;").encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            basic = self.headers.get("Authorization", "").removeprefix("Basic ")
            status, answer = page.token(form, basic)
            self._answer(status, "application/json", json.dumps(answer).encode())

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    page = ConsentPage(f"http://127.0.0.1:{server.server_port}", google)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield page
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Assistant:
    """`address` is what a person opens; it ends in the key. Its own methods are a browser without scripts."""

    process: "subprocess.Popen[str]"
    address: str
    folder: Path
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def url(self) -> str:
        return self.address.partition("/#")[0]

    @property
    def key(self) -> str:
        return self.address.partition("#")[2]

    def another_browser(self) -> "Assistant":
        return Assistant(self.process, self.address, self.folder).enter()

    def enter(self) -> "Assistant":
        answer = self.session.post(f"{self.url}/masuk", data={"kunci": self.key}, timeout=30)
        assert answer.ok, answer.text
        return self

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.url + path, timeout=60)

    def submit(self, path: str, action: str = "", /, **values: str) -> requests.Response:
        """Fills in the form of a page and sends it: of several the one with this `aksi`."""
        return self.send(path, self.fields(path, action) | values)

    def send(self, path: str, fields: dict[str, str]) -> requests.Response:
        return self.session.post(self.url + path.partition("?")[0], data=fields, timeout=150)

    def fields(self, path: str, action: str = "") -> dict[str, str]:
        """What a form holds before anything is typed, as a browser would send it."""
        page = self.get(path)
        assert page.ok, page.text
        for form in re.findall(r"<form method=\"post\".*?</form>", page.text, re.DOTALL):
            found = fields_in(form)
            if not action or action in (found.get("aksi"), found.get("mail.via")):
                return found
        raise AssertionError(f"no form {action!r} on {path}:\n{page.text}")

    def end(self) -> None:
        os.kill(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=20)
        self.session.close()


def fields_in(form: str) -> dict[str, str]:
    from html import unescape

    found: dict[str, str] = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        ticked = attributes.get("type") not in ("checkbox", "radio") or " checked" in tag
        if "name" in attributes and ticked:
            found[unescape(attributes["name"])] = unescape(attributes.get("value", ""))
    for name, options in re.findall(
        r'<select[^>]*\bname="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        for attributes, text in re.findall(r"<option([^>]*)>(.*?)</option>", options, re.DOTALL):
            value = re.search(r'value="([^"]*)"', attributes)
            if "selected" in attributes or unescape(name) not in found:
                found[unescape(name)] = unescape(value[1] if value else text)
    return found


@contextmanager
def assisting(folder: Path, *arguments: str) -> Iterator[Assistant]:
    """`loket.py --root FOLDER` as a double click starts it, but without opening a browser."""
    words = arguments or ("assistant", "--no-browser")
    command = [sys.executable, "-m", "sync", "--root", str(folder), *words]
    # oauthlib's own word for a token endpoint without TLS: the consent page of these tests is on loopback.
    environment = os.environ | {"OAUTHLIB_INSECURE_TRANSPORT": "1"}
    process = subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stderr is not None
    running = None
    try:
        said = process.stderr.readline()
        found = re.search(r"http://\S+", said)
        assert found, said + process.stderr.read()
        running = Assistant(process, found[0], folder)
        yield running
    finally:
        if running is not None:
            running.session.close()
        if process.poll() is None:
            os.kill(process.pid, signal.SIGTERM)
            process.wait(timeout=20)
        process.stderr.close()


def office_beside(google: LocalGoogle, folder: Path) -> Path:
    """A folder whose settings say only where Google is; a person wrote a word of their own into it."""
    folder.mkdir(parents=True)
    text = f"# Catatan kami sendiri\ngoogle:\n  endpoint: {google.url}   # di komputer ini\n  calls_per_minute: 0\n"
    (folder / "settings.yaml").write_text(text, encoding="utf-8")
    return folder
