"""All that one web port has to show, over one connection, in the order that keeps secrets."""

from __future__ import annotations

import ssl
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from access_check.findings import Status
from access_check.observations import Page
from access_check.probes.deadline import Deadline
from access_check.probes.tcp import connect
from access_check.probes.web import WebLook, look_at_web
from access_check.sweep import check_system
from access_check.web_observation import SignIn
from tests.unit.access_check.web_servers import FORM, PASSWORD, USER, FormSite, authority, certificate, running

KEY = "k3y/canary+"
ANSWERS = {
    "pbxware.license.info": {"Version": "8.1 (a35a9165)"},
    "pbxware.dashboard.services": {"asterisk": "running", "fax": "stopped"},
}


def looked(make_target: Any, port: int, *, sign_in: bool = True, timeout_s: float = 10, **page: Any) -> WebLook:
    gui = {"scheme": "https", "port": port, "self_signed_tolerated": True, **page}
    gui |= {"sign_in": FORM} if sign_in else {}
    profile = {"api_path": "/index.php", "web": {"gui": gui}}
    target = make_target(gui={"user": USER, "password": PASSWORD}, api={"key": KEY}, profile=profile)
    deadline = Deadline(timeout_s)
    return look_at_web(target, port, deadline, lambda: connect(["127.0.0.1"], port, deadline)[1])


def test_page_api_and_sign_in_share_one_connection(make_target: Any, tmp_path: Path) -> None:
    """The password comes last: whatever the server repeats afterwards is not kept."""
    with running(FormSite(api=ANSWERS), certificate(tmp_path)) as site:
        seen = looked(make_target, site.port)
    assert site.connections == 1
    assert site.requests[:4] == ["GET /", "POST /index.php", "POST /index.php", "POST /enter"]
    assert seen.api is not None
    assert (seen.api.version, seen.api.services) == ("8.1", ANSWERS["pbxware.dashboard.services"])
    assert seen.sign_ins["gui"].sign_in is SignIn.SIGNED_IN
    assert all(KEY not in request for request in site.requests)


def test_a_key_that_is_refused_is_not_repeated(make_target: Any, tmp_path: Path) -> None:
    with running(FormSite(), certificate(tmp_path)) as site:
        seen = looked(make_target, site.port, sign_in=False)
    assert seen.api is not None
    assert (seen.api.version, seen.api.complaint) == (None, "no: ***")
    assert KEY not in repr(seen)


@pytest.mark.parametrize("tolerated", [True, False])
def test_no_key_behind_a_certificate_of_nobody(make_target: Any, tmp_path: Path, tolerated: bool) -> None:
    path = certificate(tmp_path, by=authority(tmp_path))
    with running(FormSite(api=ANSWERS), path) as site:
        seen = looked(make_target, site.port, sign_in=False, self_signed_tolerated=tolerated)
    assert seen.api is not None
    assert seen.api.answer is None
    assert site.posted == []


def test_a_byte_in_each_record_ends_soon(make_target: Any, serve: Any, tmp_path: Path) -> None:
    """TLS hands each record on by itself: without a limit on reads 300 KiB of them keep a processor busy."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    sent = 0

    def behave(connection: Any, closing: threading.Event) -> None:
        nonlocal sent
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(4096)
            secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n")
            while sent < 300_000 and not closing.is_set():
                secure.sendall(b"x")
                sent += 1

    seen = looked(make_target, serve(behave).port, sign_in=False, timeout_s=60)
    assert seen.pages["gui"].page is Page.ANSWERED
    assert sent < 300_000


def test_a_page_that_dribbles_leaves_its_headers(make_target: Any, serve: Any) -> None:
    """Where the body does not end the page has answered all the same."""

    def behave(connection: Any, closing: threading.Event) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nServer: slow\r\n\r\n")
        while not closing.wait(0.1):
            connection.sendall(b"x")

    began = time.monotonic()
    seen = looked(make_target, serve(behave).port, timeout_s=1, scheme="http")
    assert time.monotonic() - began <= 2
    assert (seen.pages["gui"].page, seen.pages["gui"].server) == (Page.ANSWERED, "slow")
    assert seen.sign_ins["gui"].sign_in is SignIn.IN_CLEAR


def test_the_whole_walk_signs_in(make_target: Any, ssh_server: Any, tmp_path: Path) -> None:
    """From the name to the sign-in, and to the sentence about each."""
    server = ssh_server()
    with running(FormSite(api=ANSWERS), certificate(tmp_path)) as site:
        gui = {"scheme": "https", "port": site.port, "self_signed_tolerated": True, "sign_in": FORM}
        profile = {
            "work_port": server.port,
            "ssh_ports": [server.port],
            "tcp_ports": [],
            "api_path": "/index.php",
            "web": {"gui": gui},
        }
        target = make_target(
            server.port,
            server.known_hosts_line(),
            gui={"user": USER, "password": PASSWORD},
            api={"key": KEY},
            profile=profile,
        )
        report = check_system(target, 20)
    found = {finding.check.partition("@")[0]: finding for finding in report.findings}
    assert {check: finding.code for check, finding in found.items() if check.startswith(("web.", "api."))} == {
        "web.gui": "answered",
        "web.gui_login": "signed-in",
        "api.license": "answered",
        "api.services": "not-running",
    }
    assert found["ssh.shell"].status is Status.PASS
    assert not any(secret in repr(report.findings) for secret in (PASSWORD, KEY))
    assert (site.passwords, len(server.passwords)) == (1, 1)


@pytest.mark.parametrize(
    ("wanted", "requests", "secrets"),
    [
        (None, ["GET /", "POST /index.php", "POST /index.php", "POST /enter", "GET /home", "GET /out", "GET /home"], 2),
        ({"web.gui"}, ["GET /"], 0),
        ({"web.gui", "api.license"}, ["GET /", "POST /index.php", "POST /index.php"], 1),
        ({"web.gui", "web.gui_login"}, ["GET /", "POST /enter", "GET /home", "GET /out", "GET /home"], 1),
        ({"ssh.login"}, [], 0),
    ],
)
def test_only_what_is_wanted_is_looked_at(
    make_target: Any, tmp_path: Path, wanted: set[str] | None, requests: list[str], secrets: int
) -> None:
    """And whoever starts the look hears of each secret before it goes out."""
    told: list[int] = []
    with running(FormSite(api=ANSWERS), certificate(tmp_path)) as site:
        gui = {"scheme": "https", "port": site.port, "self_signed_tolerated": True, "sign_in": FORM}
        profile = {"api_path": "/index.php", "web": {"gui": gui}}
        target = make_target(gui={"user": USER, "password": PASSWORD}, api={"key": KEY}, profile=profile)
        deadline = Deadline(10)
        look_at_web(
            target,
            site.port,
            deadline,
            lambda: connect(["127.0.0.1"], site.port, deadline)[1],
            wanted=None if wanted is None else {f"{check}@{site.port}" for check in wanted},
            before_secrets=lambda: told.append(len(site.posted)),
        )
    assert site.requests == requests
    assert len(told) == secrets
    assert told[:1] in ([], [0])
