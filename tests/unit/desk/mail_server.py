"""Mail servers on loopback: a real one (aiosmtpd), told how to behave, and scripted ones for what no real one does."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session

from callout.inventory.desk import Smtp

USER, PASSWORD = "desk", "pässword-of-the-desk"


@dataclass
class Mailbox:
    """What the server took, and how it behaves; tests change it. `refuse` says by address what is answered."""

    refuse: dict[str, str] = field(default_factory=dict)
    answer: str = "250 OK"
    raws: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    greeted_by: list[str] = field(default_factory=list)
    sign_ins: list[tuple[str, bytes, bytes]] = field(default_factory=list)

    @property
    def mails(self) -> list[EmailMessage]:
        """What was taken, parsed."""
        return [message_from_bytes(raw, policy=default) for raw in self.raws]  # type: ignore[misc]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds it by this name
        self, _: Any, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        """Refuses whom it is told to."""
        if answer := self.refuse.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _: Any, session: Session, envelope: Envelope
    ) -> str:
        """Takes the letter, or says what it is told to."""
        if self.answer.startswith("250"):
            self.raws.append(bytes(envelope.original_content or b""))
            self.envelopes.append((envelope.mail_from or "", tuple(envelope.rcpt_tos)))
            self.encrypted.append(session.ssl is not None)
            self.greeted_by.append(session.host_name or "")
        return self.answer

    def authenticate(self, _: Any, __: Session, ___: Envelope, mechanism: str, data: Any) -> AuthResult:
        """Lets in USER with PASSWORD; every try is remembered."""
        self.sign_ins.append((mechanism, data.login, data.password))
        good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False, auth_data=data if good else None)


class _Controller(Controller):
    """On whatever port is free."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        with socket.create_connection(("127.0.0.1", self.port), 5) as raw:
            if self.ssl_context is None:
                raw.recv(1024)
                return
            anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
            with anybody.wrap_socket(raw) as wrapped:
                wrapped.recv(1024)


@contextmanager
def mail_server(
    box: Mailbox, folder: Path | None = None, security: str = "none", *, signs_in: bool = False, **more: Any
) -> Iterator[Smtp]:
    """A real server; gives the settings to reach it. `folder` has `tls.pem`, see `make_certificate`."""
    context = None
    if security != "none":
        assert folder is not None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "tls.pem")
    settings: dict[str, Any] = {"security": security, "host": "localhost" if context else "127.0.0.1", "timeout_s": 20}
    if context:
        settings["ca_file"] = "ca.pem"
    if signs_in:
        settings |= {"user": USER, "password": PASSWORD}
        more |= {"authenticator": box.authenticate, "auth_required": True, "auth_require_tls": security == "starttls"}
    if security == "starttls":
        more |= {"tls_context": context, "require_starttls": True}
    controller = _Controller(
        box, hostname="127.0.0.1", port=0, ssl_context=context if security == "tls" else None, **more
    )  # fmt: skip
    controller.start()
    try:
        yield Smtp.model_validate({**settings, "port": controller.port})
    finally:
        controller.stop()


def make_certificate(folder: Path, name: str = "localhost") -> None:
    """`tls.pem` (key and certificate of a server of that name) and `ca.pem`, which vouches for it."""
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        f"-subj /CN={name} -addext subjectAltName=DNS:{name} -keyout {folder}/key.pem -out {folder}/ca.pem"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    (folder / "tls.pem").write_bytes((folder / "key.pem").read_bytes() + (folder / "ca.pem").read_bytes())


class Talk:
    """One connection of a scripted server."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.heard: list[bytes] = []
        self._file = connection.makefile("rb")

    def say(self, text: str | bytes) -> None:
        """Says it, with a line's end."""
        self.connection.sendall((text.encode() if isinstance(text, str) else text) + b"\r\n")

    def hear(self) -> bytes:
        """The next line."""
        line = self._file.readline()
        self.heard.append(line)
        return line

    def until_data(self) -> None:
        """Everything well, up to the letter."""
        self.say("220 hello")
        while True:
            line = self.hear().upper()
            if line.startswith(b"EHLO"):
                self.say("250 scripted")
            elif line.startswith(b"DATA"):
                self.say("354 go on")
                return
            elif not line:
                return
            else:
                self.say("250 OK")

    def letter(self) -> bytes:
        """The letter, up to the dot."""
        said = b""
        while not said.endswith(b"\r\n.\r\n"):
            line = self._file.readline()
            if not line:
                break
            said += line
        return said

    def drop(self) -> None:
        """Hangs up as a cut line does."""
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


@contextmanager
def scripted(script: Callable[[Talk], None], timeout_s: float = 1) -> Iterator[Smtp]:
    """A server that does what `script` says, for every connection; gives the settings to reach it."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(20)
                script(Talk(connection))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    settings = Smtp.model_validate({"host": "127.0.0.1", "port": listening.getsockname()[1], "security": "none"})
    try:
        yield settings.model_copy(update={"timeout_s": timeout_s})
    finally:
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(20)
