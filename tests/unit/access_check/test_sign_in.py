"""Sign-ins at real forms on loopback: one password, only to whom it belongs, and success only where it was seen."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from access_check.probes.deadline import Deadline
from access_check.probes.tcp import connect
from access_check.probes.web import WebLook, look_at_web
from access_check.web_observation import SignIn, SignInObservation
from tests.unit.access_check.web_servers import (
    FORM,
    PASSWORD,
    USER,
    FormSite,
    authority,
    certificate,
    fingerprint_of,
    running,
)

Look = Callable[..., WebLook]


@pytest.fixture
def look(make_target: Any) -> Look:
    """Looks at the site as the GUI, or the wizard; `form` and `page` are laid over the usual values."""

    def looked(
        site: FormSite,
        *,
        name: str = "gui",
        form: dict[str, Any] | None = None,
        timeout_s: float = 10,
        password: str = PASSWORD,
        page: dict[str, Any] | None = None,
        **fields: Any,
    ) -> WebLook:
        values = {"scheme": "https", "port": site.port, "self_signed_tolerated": True, **(page or {})}
        values["sign_in"] = {**FORM, **(form or {})}
        gui = {"user": USER, "password": password}
        target = make_target(**{"gui": gui, "profile": {"web": {name: values}}, **fields})
        deadline = Deadline(timeout_s)
        began = time.monotonic()
        seen = look_at_web(target, site.port, deadline, lambda: connect(["127.0.0.1"], site.port, deadline)[1])
        assert time.monotonic() - began <= timeout_s + 1
        told = repr(seen)
        assert PASSWORD not in told
        assert not any(session in told for session in site.sessions)
        return seen

    return looked


@pytest.fixture
def tls(tmp_path: Path) -> Path:
    """A self-signed certificate."""
    return certificate(tmp_path)


def sign_in(seen: WebLook, name: str = "gui") -> SignInObservation:
    return seen.sign_ins[name]


@pytest.mark.parametrize("keep_alive", [True, False])
def test_signed_in_and_out_again(look: Look, tls: Path, keep_alive: bool) -> None:
    """One connection where the server keeps it; the token of the form goes along; no session stays."""
    with running(FormSite(keep_alive=keep_alive), tls) as site:
        seen = sign_in(look(site))
    assert seen == SignInObservation(SignIn.SIGNED_IN, attempts=1, status=302, signed_out=True)
    assert site.requests == ["GET /", "POST /enter", "GET /home", "GET /out", "GET /home"]
    assert site.posted[0]["token"]
    assert site.passwords == 1
    assert site.connections == (1 if keep_alive else 5)
    assert "in" not in site.sessions.values()


@pytest.mark.parametrize("status", [200, 401, 403])
@pytest.mark.parametrize("refused", [None, {"text": "Wrong name or password."}])
def test_a_refused_password_is_tried_once(look: Look, tls: Path, status: int, refused: Any) -> None:
    with running(FormSite(answer_to_wrong=status), tls) as site:
        seen = sign_in(look(site, password="old one", form={"refused": refused}))
    assert (seen.sign_in, seen.attempts, seen.status) == (SignIn.REFUSED, 1, status)
    assert site.passwords == 1
    assert site.requests == ["GET /", "POST /enter"]


def test_an_answer_that_fits_neither_is_not_understood(look: Look, tls: Path) -> None:
    """An error page is no success, whatever its status; what might be a session is ended."""
    with running(FormSite(answer_to_wrong=500), tls) as site:
        seen = sign_in(look(site, password="old one"))
    assert (seen.sign_in, seen.attempts) == (SignIn.NOT_UNDERSTOOD, 1)
    assert "GET /out" in site.requests


@pytest.mark.parametrize(
    "success",
    [
        {"status": 302, "location": "/elsewhere"},
        {"status": 200, "location": "/home"},
        {"cookie": "OTHER"},
        {"text": "Welcome back"},
        {"location": "/home", "page": "/home", "text": "Dashboard"},
    ],
)
def test_every_sign_of_success_must_be_there(look: Look, tls: Path, success: dict[str, Any]) -> None:
    with running(FormSite(), tls) as site:
        assert sign_in(look(site, form={"success": success})).sign_in is SignIn.NOT_UNDERSTOOD
    assert site.passwords == 1


def test_a_sign_that_is_there_beforehand_is_none(look: Look, tls: Path) -> None:
    with running(FormSite(), tls) as site:
        seen = sign_in(look(site, form={"success": {"text": "password"}}))
    assert (seen.sign_in, seen.attempts) == (SignIn.NO_FORM, 0)
    assert site.passwords == 0


def test_a_redirect_to_another_host_is_not_followed(look: Look, tls: Path) -> None:
    with (
        running(FormSite(), tls) as other,
        running(FormSite(lead_to=f"https://127.0.0.1:{other.port}/home"), tls) as site,
    ):
        seen = sign_in(look(site))
    assert seen.sign_in is SignIn.NOT_UNDERSTOOD
    assert "another host" in seen.detail
    assert other.connections == 0


@pytest.mark.parametrize("action", ["https://evil.example/enter", "//evil.example/enter", "http://127.0.0.1/enter"])
def test_a_form_that_leads_to_another_host_gets_nothing(look: Look, tls: Path, action: str) -> None:
    with running(FormSite(action=action), tls) as site:
        seen = sign_in(look(site))
    assert (seen.sign_in, seen.attempts) == (SignIn.ELSEWHERE, 0)
    assert site.passwords == 0


NO_FORMS = {
    "no form": "<p>Hello</p>",
    "no password field": '<form method=post action="{action}"><input name=user></form>',
    "password in a text field": "<form method=post><input name=user><input name=password></form>",
    "asks for a new password": (
        "<form method=post><input name=user><input type=password name=password><input type=password name=again></form>"
    ),
    "password into the address": '<form action="{action}"><input name=user><input type=password name=password></form>',
    "too many fields": (
        "<form method=post><input name=user><input type=password name=password>" + "<input name=x>" * 60 + "</form>"
    ),
}


@pytest.mark.parametrize("form", NO_FORMS.values(), ids=NO_FORMS)
def test_what_is_no_form_gets_nothing(look: Look, tls: Path, form: str) -> None:
    with running(FormSite(form=form), tls) as site:
        seen = sign_in(look(site))
    assert (seen.sign_in, seen.attempts) == (SignIn.NO_FORM, 0)
    assert seen.detail
    assert site.passwords == 0


@pytest.mark.parametrize("tolerated", [True, False])
@pytest.mark.parametrize("options", [{}, {"ends": -1}, {"address": "10.9.9.9"}, {"begins": 1}])
def test_no_password_behind_a_certificate_that_is_not_good(
    look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tolerated: bool, options: dict[str, Any]
) -> None:
    """From an authority nobody knows, or one that we trust and a certificate that is over, early or another's."""
    ours = authority(tmp_path)
    if options:
        monkeypatch.setenv("SSL_CERT_FILE", str(ours.path))
    with running(FormSite(), certificate(tmp_path, by=ours, **options)) as site:
        seen = sign_in(look(site, page={"self_signed_tolerated": tolerated}))
    assert (seen.sign_in, seen.attempts) == (SignIn.CERTIFICATE, 0)
    assert site.passwords == 0


def test_self_signed_and_not_tolerated_gets_no_password(look: Look, tls: Path) -> None:
    with running(FormSite(), tls) as site:
        assert sign_in(look(site, page={"self_signed_tolerated": False})).sign_in is SignIn.CERTIFICATE
    assert site.passwords == 0


def test_a_pin_lets_in_and_keeps_out(look: Look, tls: Path, tmp_path: Path) -> None:
    with running(FormSite(), tls) as site:
        fits = look(site, page={"certificate_sha256": fingerprint_of(tls), "self_signed_tolerated": False})
        other = look(site, page={"certificate_sha256": fingerprint_of(certificate(tmp_path))})
    assert sign_in(fits).sign_in is SignIn.SIGNED_IN
    assert sign_in(other).sign_in is SignIn.CERTIFICATE
    assert site.passwords == 1


def test_plain_http_gets_no_password_unless_the_profile_says_so(look: Look) -> None:
    with running(FormSite()) as site:
        seen = sign_in(look(site, page={"scheme": "http"}))
        assert (seen.sign_in, site.passwords) == (SignIn.IN_CLEAR, 0)
        seen = sign_in(look(site, page={"scheme": "http"}, form={"in_clear": True}))
    assert (seen.sign_in, seen.in_clear, site.passwords) == (SignIn.SIGNED_IN, True, 1)


@pytest.mark.parametrize(("wizard", "sent"), [(None, "of ssh"), ({"password": "its own"}, "its own")])
def test_the_wizard_takes_root_s_password(look: Look, wizard: Any, sent: str) -> None:
    """Published procedure: that of SSH, where the wizard has none of its own."""
    with running(FormSite()) as site:
        look(site, name="wizard", page={"scheme": "http"}, form={"in_clear": True}, password="x", wizard=wizard)
        look(site, name="wizard", page={"scheme": "http"}, form={"in_clear": True}, wizard=None)
    assert [form["user"] for form in site.posted] == [["root"], ["root"]]
    expected = sent if wizard else "correct horse"
    assert site.posted[0]["password"] == [expected]


def test_without_credentials_nothing_is_sent(look: Look, tls: Path) -> None:
    with running(FormSite(), tls) as site:
        assert sign_in(look(site, gui=None)).sign_in is SignIn.NO_CREDENTIALS
    assert site.requests == ["GET /"]


def closes(handler: Any) -> None:
    handler.close_connection = True


def endless_body(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        handler.wfile.write(b"x" * 65536)


def a_byte_at_a_time(handler: Any) -> None:
    for byte in b"HTTP/1.1 200 OK\r\n" * 100:
        handler.wfile.write(bytes([byte]))
        time.sleep(0.1)


def flood_of_headers(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(100 * 1024):
        handler.wfile.write(b"X-Flood: " + b"y" * 1000 + b"\r\n")


def repeats_what_it_got(handler: Any) -> None:
    """A server that puts the password wherever it may land in our records."""
    handler.wfile.write(f"HTTP/1.1 302 {PASSWORD}\r\nServer: {PASSWORD}\r\nLocation: /{PASSWORD}\r\n\r\n".encode())
    handler.close_connection = True


def repeats_it_as_nonsense(handler: Any) -> None:
    handler.wfile.write(f"{PASSWORD}\r\n".encode())
    handler.close_connection = True


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (closes, SignIn.NO_ANSWER),
        (endless_body, SignIn.NOT_UNDERSTOOD),
        (a_byte_at_a_time, SignIn.NO_ANSWER),
        (flood_of_headers, SignIn.NO_ANSWER),
        (repeats_what_it_got, SignIn.NOT_UNDERSTOOD),
        (repeats_it_as_nonsense, SignIn.NO_ANSWER),
    ],
)
def test_hostile_answers_end_and_bring_no_second_attempt(
    look: Look, tls: Path, behaviour: Any, expected: SignIn
) -> None:
    with running(FormSite(on_post=behaviour), tls) as site:
        seen = sign_in(look(site, timeout_s=2))
    assert (seen.sign_in, seen.attempts) == (expected, 1)
    assert site.passwords == 1
    assert sum(request.startswith("POST") for request in site.requests) == 1


def test_another_certificate_on_the_next_connection_gets_no_password(
    look: Look, tmp_path: Path, make_target: Any
) -> None:
    """The page came from one server; the connection for the password leads to another."""
    first, second = certificate(tmp_path), certificate(tmp_path)
    with running(FormSite(keep_alive=False), first) as site, running(FormSite(), second) as other:
        ports = iter([site.port, other.port, other.port])
        page = {"scheme": "https", "port": site.port, "self_signed_tolerated": True, "sign_in": FORM}
        target = make_target(gui={"user": USER, "password": PASSWORD}, profile={"web": {"gui": page}})
        deadline = Deadline(10)
        seen = look_at_web(target, site.port, deadline, lambda: connect(["127.0.0.1"], next(ports), deadline)[1])
    assert (sign_in(seen).sign_in, sign_in(seen).attempts) == (SignIn.NO_ANSWER, 0)
    assert site.passwords + other.passwords == 0
