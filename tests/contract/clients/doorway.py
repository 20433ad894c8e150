"""Google's hosts, answered by a sandbox: a client runs unchanged, told only its proxy and whom it may trust.

An HTTPS proxy: a connection to one of Google's hosts is spoken to with a certificate of this run's own and
handed to the sandbox byte for byte; every other host is refused, so that nothing leaves the machine.
"""

import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

SUBDOMAINS = ("www", "sheets", "drive", "oauth2", "gmail", "forms", "content", "openidconnect")
HOSTS = (
    *(f"{name}.googleapis.com" for name in SUBDOMAINS),
    "docs.google.com",
    "accounts.google.com",
)
PIECE = 65536
_HEAD = re.compile(rb"[A-Z]+ /[^\r\n]* HTTP/1\.1\r\n")
"""So a request begins, and with it the piece; what a body holds stays as it is."""


class _Doorway(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self, sandbox: tuple[str, int], context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Visitor)
        self.sandbox, self.context = sandbox, context
        self.turned_away: list[str] = []


class _Visitor(socketserver.BaseRequestHandler):
    server: _Doorway

    def handle(self) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            piece = self.request.recv(PIECE)
            if not piece:
                return
            asked += piece
        method, target, *_ = asked.decode("latin-1").split()
        host = target.rpartition(":")[0]
        if method != "CONNECT" or host not in HOSTS:
            self.server.turned_away.append(target)
            self.request.sendall(b"HTTP/1.1 403 Not Google\r\nContent-Length: 0\r\n\r\n")
            return
        self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            with (
                self.server.context.wrap_socket(self.request, server_side=True) as client,
                socket.create_connection(self.server.sandbox) as google,
            ):
                back = threading.Thread(target=_carry, args=(google, client), daemon=True)
                back.start()
                name, port = self.server.sandbox
                asked, own = f"Host: {host}\r\n", f"Host: {name}:{port}\r\n"
                _carry(client, google, asked.encode(), own.encode())
                back.join()
        except OSError:
            return  # a client that breaks off is an ordinary thing


def _carry(
    source: socket.socket, target: socket.socket, asked: bytes = b"", own: bytes = b""
) -> None:
    """To the end; the sandbox answers to its own name alone, so the client's word for it is replaced."""
    with suppress(OSError):
        while piece := source.recv(PIECE):
            target.sendall(piece.replace(asked, own, 1) if _HEAD.match(piece) else piece)
    for each in (source, target):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


def _certificate(file: Path) -> None:
    """One for all hosts, signed by itself: a client trusts just this one."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Google, as a sandbox has it")])
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in HOSTS])
    use = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(names, critical=False)
        .add_extension(use, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(private + made.public_bytes(pem))


@contextmanager
def doorway(url: str, folder: Path) -> Iterator[dict[str, str]]:
    """The environment in which a client finds the sandbox where it looks for Google."""
    file, trusted = folder / "door.pem", folder / "trusted.pem"
    _certificate(file)
    trusted.write_text("-----BEGIN CERT" + file.read_text().partition("-----BEGIN CERT")[2])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    there = urlsplit(url)
    with _Doorway((str(there.hostname), int(there.port or 80)), context) as server:
        running = threading.Thread(target=server.serve_forever, daemon=True)
        running.start()
        proxy = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield {
                **dict.fromkeys(("HTTPS_PROXY", "https_proxy"), proxy),
                **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost"),
                "SSL_CERT_FILE": str(trusted),  # Go and OpenSSL; others have words of their own
            }
        finally:
            server.shutdown()
            running.join()
