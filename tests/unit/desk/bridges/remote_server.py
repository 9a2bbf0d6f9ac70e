"""A ticket system on the loopback: recorded answers by a real HTTP server, kept notes, faults on purpose."""

from __future__ import annotations

import datetime as dt
import json
import re
import ssl
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parent / "recorded"
NOW = "2026-11-23T14:00:00Z"


def recorded(name: str) -> Any:
    """A recorded answer."""
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


class RemoteServer:
    """Request Tracker and Zammad in one. `asked` are the requests that came, as (method, path with query, token).

    `notes` are those that were written, per ticket; `states` those that were set. `answers` may hold another answer for
    a path (without its query); `fault`, called with the handler before anything else, may answer itself and say True.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.notes: dict[str, list[str]] = {}
        self.states: dict[str, str] = {}
        self.answers: dict[str, Any] = {}
        self.fault: Callable[[BaseHTTPRequestHandler], bool] | None = None
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 20

            def do_GET(self) -> None:
                server.serve(self)

            do_POST = do_PUT = do_GET  # noqa: N815 - names that the base class asks for

            def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
                """Nothing on standard error."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        if context is not None:
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.scheme = "https" if context else "http"
        self.port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Ends it."""
        self._http.shutdown()
        self._http.server_close()

    def writes(self) -> list[tuple[str, str]]:
        """What was written to it, as (method, path)."""
        return [(method, path) for method, path, _ in self.asked if method != "GET"]

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        """Answers one request."""
        path = handler.path.partition("?")[0]
        self.asked.append((handler.command, handler.path, handler.headers.get("Authorization", "")))
        content = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        if self.fault is not None and self.fault(handler):
            return
        if path in self.answers:
            answer(handler, self.answers[path])
            return
        status, said = self._said(handler.command, path, json.loads(content) if content else {})
        answer(handler, said, status)

    def _said(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        routes = (
            (r"GET /REST/2.0/tickets", lambda: (200, recorded("rt-tickets"))),
            (r"GET /REST/2.0/user/(?P<remote>\w+)", lambda **_: (200, recorded("rt-user"))),
            (r"GET /REST/2.0/ticket/(?P<remote>\d+)", self._rt_ticket),
            (r"GET /REST/2.0/ticket/(?P<remote>\d+)/history", self._rt_history),
            (r"GET /REST/2.0/transaction/(?P<remote>\d+)/attachments", self._rt_attachments),
            (r"POST /REST/2.0/ticket/(?P<remote>\d+)/comment",
             lambda remote: self._noted(remote, body["Content"], "rt-commented")),
            (r"PUT /REST/2.0/ticket/(?P<remote>\d+)", lambda remote: self._set(remote, body["Status"], "rt-updated")),
            (r"GET /api/v1/tickets", lambda: (200, recorded("zammad-tickets"))),
            (r"GET /api/v1/tickets/(?P<remote>\d+)", self._zammad_ticket),
            (r"GET /api/v1/users/(?P<remote>\d+)", lambda **_: (200, recorded("zammad-user"))),
            (r"GET /api/v1/ticket_articles/by_ticket/(?P<remote>\d+)", self._zammad_articles),
            (r"POST /api/v1/ticket_articles",
             lambda: self._noted(str(body["ticket_id"]), body["body"], "zammad-article", 201)),
            (r"PUT /api/v1/tickets/(?P<remote>\d+)", lambda remote: self._set(remote, body["state"], "zammad-ticket")),
        )  # fmt: skip
        for pattern, route in routes:
            if found := re.fullmatch(pattern, f"{method} {path}"):
                said: tuple[int, Any] = route(**found.groupdict())  # type: ignore[operator]
                return said
        return 404, {"message": "Not Found"}

    def _noted(self, remote: str, text: str, name: str, status: int = 201) -> tuple[int, Any]:
        self.notes.setdefault(remote, []).append(text)
        return status, recorded(name)

    def _set(self, remote: str, state: str, name: str) -> tuple[int, Any]:
        self.states[remote] = state
        return 200, recorded(name)

    def _rt_ticket(self, remote: str) -> tuple[int, Any]:
        said = recorded("rt-ticket")
        return 200, {**said, "id": int(remote), "Status": self.states.get(remote, said["Status"])}

    def _rt_history(self, remote: str) -> tuple[int, Any]:
        said = recorded("rt-history")
        for place, _ in enumerate(self.notes.get(remote, [])):
            bridge = {"type": "user", "id": "bridge", "_url": "…", "Privileged": 1}
            said["items"].append({"id": str(9000 + place), "Type": "Comment", "Created": NOW, "Creator": bridge})
        return 200, said

    def _rt_attachments(self, remote: str) -> tuple[int, Any]:
        if int(remote) >= 9000:
            text = [one for notes in self.notes.values() for one in notes][int(remote) - 9000]
            return 200, {"page": 1, "pages": 1, "items": [{"id": "1", "ContentType": "text/plain", "Content": text}]}
        return 200, recorded(f"rt-attachments-{remote}")

    def _zammad_ticket(self, remote: str) -> tuple[int, Any]:
        said = recorded("zammad-ticket")
        return 200, {**said, "id": int(remote), "state": self.states.get(remote, said["state"])}

    def _zammad_articles(self, remote: str) -> tuple[int, Any]:
        said = recorded("zammad-articles")
        for place, text in enumerate(self.notes.get(remote, [])):
            said.append({**recorded("zammad-article"), "id": 9000 + place, "body": text})
        return 200, said


def answer(handler: BaseHTTPRequestHandler, said: Any, status: int = 200, **headers: str) -> bool:
    """Sends JSON, or bytes as they are; True, as a fault says."""
    content = said if isinstance(said, bytes) else json.dumps(said).encode()
    handler.send_response(status)
    for name, value in {"Content_Type": "application/json; charset=utf-8", **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)
    return True


def cut(handler: BaseHTTPRequestHandler) -> bool:
    """Promises more than it sends, and hangs up."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"items": [')
    handler.wfile.flush()
    handler.close_connection = True
    return True


def slow(handler: BaseHTTPRequestHandler) -> bool:
    """A byte at a time, for as long as somebody listens."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    handler.close_connection = True
    ends = time.monotonic() + 15
    try:
        while time.monotonic() < ends:
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass  # whoever asked has hung up, as they should
    return True


def endless(handler: BaseHTTPRequestHandler) -> bool:
    """As much as the line takes."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    handler.close_connection = True
    try:
        for _ in range(4096):
            handler.wfile.write(b" " * 65536)
    except OSError:
        pass  # whoever asked has hung up, as they should
    return True


def moment(text: str) -> dt.datetime:
    """Of ISO 8601."""
    return dt.datetime.fromisoformat(text)
