"""Certificates of every kind, and a real web server with a sign-in form that counts what reaches it."""

from __future__ import annotations

import datetime as dt
import http.server
import ipaddress
import json
import secrets
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "admin", "c4nary passw0rd&<>"
# How a profile describes the FormSite below.
FORM: dict[str, Any] = {
    "user_field": "user",
    "password_field": "password",
    "success": {"status": 302, "location": "/home", "cookie": "SID", "page": "/home", "text": "Welcome back"},
    "refused": {"status": 200, "text": "Wrong name or password."},
    "log_out_path": "/out",
}
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """A certificate authority of our own; `path` holds its certificate."""

    path: Path
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def authority(folder: Path) -> Authority:
    """A new authority, trusted by nobody."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    built = _builder("Practice CA", now - 90 * _DAY, now + 90 * _DAY, key)
    made = (
        built.issuer_name(_name("Practice CA"))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "authority.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return Authority(path, made, key)


def certificate(
    folder: Path,
    *,
    by: Authority | None = None,
    begins: float = -60,
    ends: float = 60,
    address: str = "127.0.0.1",
    with_chain: bool = False,
) -> Path:
    """A server's certificate with its key in one file, self-signed without `by`; days from now."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    built = _builder("pbx", now + begins * _DAY, now + ends * _DAY, key).add_extension(
        x509.SubjectAlternativeName([x509.DNSName("pbx.example"), x509.IPAddress(ipaddress.ip_address(address))]),
        critical=False,
    )
    issuer = by.certificate.subject if by else _name("pbx")
    made = built.issuer_name(issuer).sign(by.key if by else key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{secrets.token_hex(4)}.pem"
    chain = by.path.read_bytes() if by and with_chain else b""
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM) + chain)
    return path


def _builder(
    common: str, begins: dt.datetime, ends: dt.datetime, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(common))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )


def fingerprint_of(path: Path) -> str:
    """SHA-256 of the first certificate in the file."""
    return x509.load_pem_x509_certificate(path.read_bytes()).fingerprint(hashes.SHA256()).hex()


@dataclass
class FormSite:
    """A GUI with a sign-in form: token in the form, session in a cookie, sign-out. Tests change how it behaves."""

    token_wanted: bool = True
    keep_alive: bool = True
    form: str = (
        '<form method="post" action="{action}"><input type=hidden name=token value="{token}">'
        '<input name="user"><input type="password" name="password"></form>'
    )
    action: str = "/enter"
    answer_to_wrong: int = 200
    lead_to: str = "/home"
    on_post: Callable[[Any], None] | None = None
    api: dict[str, Any] = field(default_factory=dict)
    connections: int = 0
    requests: list[str] = field(default_factory=list)
    posted: list[dict[str, list[str]]] = field(default_factory=list)
    sessions: dict[str, str] = field(default_factory=dict)
    port: int = 0

    @property
    def passwords(self) -> int:
        """How often a password reached it."""
        return sum("password" in form for form in self.posted)

    def start_page(self, session: str, said: str = "") -> str:
        """The page with the form."""
        token = secrets.token_hex(8)
        self.sessions[session] = token
        return f"<html>{said}{self.form.format(action=self.action, token=token)}</html>"


@contextmanager
def running(site: FormSite, certificate_path: Path | None = None) -> Iterator[FormSite]:
    """The site on loopback, over TLS with a certificate."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1" if site.keep_alive else "HTTP/1.0"

        def do_GET(self) -> None:
            site.requests.append(f"GET {self.path}")
            session = self._session()
            if self.path == "/out":
                site.sessions.pop(session, None)
                self._send(302, "", Location="/")
            elif self.path == "/home":
                inside = site.sessions.get(session) == "in"
                self._send(200 if inside else 403, f"Welcome back, {USER}" if inside else "no")
            else:
                fresh = secrets.token_hex(8)
                self._send(200, site.start_page(fresh), **{"Set-Cookie": f"SID={fresh}; HttpOnly; Path=/"})

        def do_POST(self) -> None:
            site.requests.append(f"POST {self.path}")
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            site.posted.append(form)
            if site.on_post is not None:
                site.on_post(self)
                return
            if "apikey" in form:
                self._send(200, json.dumps(site.api.get(form["action"][0], {"error": f"no: {form['apikey'][0]}"})))
                return
            session = self._session()
            honest = not site.token_wanted or form.get("token") == [site.sessions.get(session, "")]
            if honest and (form.get("user"), form.get("password")) == ([USER], [PASSWORD]):
                fresh = secrets.token_hex(8)
                site.sessions[fresh] = "in"
                self._send(302, "", Location=site.lead_to, **{"Set-Cookie": f"SID={fresh}; Path=/"})
            else:
                self._send(site.answer_to_wrong, site.start_page(session, "Wrong name or password."))

        def _session(self) -> str:
            cookie = SimpleCookie(self.headers.get("Cookie", "")).get("SID")
            return cookie.value if cookie else ""

        def _send(self, status: int, body: str, **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            return

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def finish_request(self, request: Any, client_address: Any) -> None:
            site.connections += 1
            if context is not None:
                request = context.wrap_socket(request, server_side=True)
            super().finish_request(request, client_address)
            request.close()

        def handle_error(self, *_: Any) -> None:
            return  # a client that leaves early is what some tests are about

    context = None
    if certificate_path is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate_path)
    server = Server(("127.0.0.1", 0), Handler)
    site.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
