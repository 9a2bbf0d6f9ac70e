"""A practice system on loopback: web server with TLS, SIP, and a session that runs scripts right here."""

from __future__ import annotations

import http.server
import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from access_check.profile import access_profile
from access_check.targets import Target
from callout.inventory.operation import OperatingProfile, operating_profile_values
from callout.programs import Completed, run_program

KEY = "k3y-for-the-api"
COUNT = "0 active channels\\n0 active calls\\n12 calls processed\\n"


@dataclass
class Web:
    """What the web server answers; tests change it. `asked` holds (method, path, form)."""

    port: int = 0
    status: int = 200
    page: bytes = b"<html>PBXware</html>"
    licence: Any = field(default_factory=lambda: {"Edition": "Business", "Version": "8.1 (a35a9165)"})
    services: Any = field(default_factory=lambda: {"asterisk": "running", "mariadb": "running"})
    asked: list[tuple[str, str, dict[str, list[str]]]] = field(default_factory=list)

    def answer(self, form: dict[str, list[str]]) -> bytes:
        """The API's body for a form."""
        if form.get("apikey") != [KEY]:
            return b'{"error": "Invalid API key."}'
        action = form.get("action", [""])[0]
        told = {"pbxware.license.info": self.licence, "pbxware.dashboard.services": self.services}.get(action)
        return told if isinstance(told, bytes) else json.dumps(told).encode()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate with its key, in one file."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=pbx -keyout"
    subprocess.run([*command.split(), str(path), "-out", str(path) + ".crt"], check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.fixture
def web(certificate: Path) -> Iterator[Web]:
    """The practice GUI and API over TLS."""
    told = Web()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append(("GET", self.path, {}))
            self._send(told.status, told.page)

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            told.asked.append(("POST", self.path, form))
            self._send(200 if told.status < 500 else told.status, told.answer(form))

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            return  # A client that leaves early is what some tests are about.

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    told.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield told
    server.shutdown()
    server.server_close()


@pytest.fixture
def sip_port() -> Iterator[int]:
    """A UDP port that answers OPTIONS with 404: alive all the same."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))

    def serve() -> None:
        kept = (b"Via", b"From", b"To", b"Call", b"CSeq")
        try:
            while True:
                datagram, sender = sock.recvfrom(4096)
                lines = [line for line in datagram.split(b"\r\n") if line.startswith(kept)]
                sock.sendto(b"\r\n".join([b"SIP/2.0 404 Not Found", *lines, b"", b""]), sender)
        except OSError:
            return  # The test is over.

    threading.Thread(target=serve, daemon=True).start()
    yield sock.getsockname()[1]
    sock.close()


@pytest.fixture
def target(web: Web, sip_port: int) -> Target:
    """The Target of the practice system; there is no sshd behind it."""
    return make_target(web.port, sip_port)


def make_target(web_port: int, sip_port: int, **changes: Any) -> Target:
    """A Target on loopback; `changes` replace fields."""
    values: dict[str, Any] = {
        "name": "loop-pbx1",
        "product": "pbxware",
        "address": "127.0.0.1",
        "port": 2020,
        "user": "root",
        "password": None,
        "private_key": None,
        "connection_arguments": (),
        "known_hosts": Path("/nonexistent/known_hosts"),
        "gui": None,
        "wizard": None,
        "api": {"key": KEY},
        "waivers": {},
        "profile": access_profile("pbxware", {"sip_port": sip_port, "web": {"gui": {"port": web_port}}}),
    }
    return Target(**{**values, **changes})


@dataclass
class HereSession:
    """A Session that runs the scripts on this machine, under `shell`. `raises` comes instead of an answer."""

    shell: str = "dash"
    raises: Exception | None = None
    name: str = "loop-pbx1"

    def run(
        self,
        script: str,
        *arguments: str,
        stdin: bytes | Iterable[bytes] = b"",
        deadline_s: float = 60,
        limit_bytes: int = 4 * 1024 * 1024,
    ) -> Completed:
        """See Session.run."""
        if self.raises:
            raise self.raises
        done = run_program([*self.shell.split(), "-c", script, "callout", *arguments], deadline_s=deadline_s)
        if len(done.stdout) > limit_bytes:
            return Completed(-9, done.stdout[:limit_bytes], b"", cut=True)
        return done

    def stream(self, script: str, *arguments: str, deadline_s: float = 3600) -> Any:
        """Nothing is streamed for a look."""
        raise AssertionError("a look streams nothing")

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class FakeAsterisk:
    """A program that answers as Asterisk does; the files beside it hold what it says."""

    folder: Path

    @property
    def command(self) -> str:
        """What to put into the operating profile."""
        return str(self.folder / "asterisk")

    def says(self, *, version: str = "Asterisk 16.28.0 built by x", count: str = COUNT, status: int = 0) -> None:
        """Changes its answers and its exit status."""
        (self.folder / "version").write_text(version.replace("\\n", "\n"))
        (self.folder / "count").write_text(count.replace("\\n", "\n"))
        (self.folder / "asterisk").write_text(
            '#!/bin/sh\nhere=${0%/*}\ncase "$2" in\n'
            '"core show version") cat "$here/version" ;;\n"core show channels count") cat "$here/count" ;;\n'
            f"esac\nexit {status}\n"
        )
        (self.folder / "asterisk").chmod(0o755)


@pytest.fixture
def asterisk(tmp_path: Path) -> FakeAsterisk:
    """A well Asterisk without calls."""
    fake = FakeAsterisk(tmp_path)
    fake.says()
    return fake


@pytest.fixture
def operation(asterisk: FakeAsterisk) -> OperatingProfile:
    """The shipped profile with the practice Asterisk, and no patience."""
    values = operating_profile_values("pbxware", {"asterisk": [asterisk.command], "health_wait_s": 0})
    return OperatingProfile.model_validate(values)


@pytest.fixture
def here() -> type[HereSession]:
    """The class of the session, for tests that need another shell or an error."""
    return HereSession


@pytest.fixture
def retarget() -> Callable[..., Target]:
    """`make_target`."""
    return make_target
