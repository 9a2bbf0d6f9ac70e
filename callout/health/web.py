"""How the GUI and the API of a system answer, by the access check's own bounded connection. It judges nothing."""

from __future__ import annotations

import re
import socket
from functools import partial

from access_check.observations import ApiObservation, Page, Reach, Resolution, TcpObservation
from access_check.probes.api import API_PATH, ask_api
from access_check.probes.deadline import Deadline
from access_check.probes.http_connection import WebConnection
from access_check.probes.names import resolve
from access_check.probes.tcp import connect
from access_check.profile import WebPage
from access_check.targets import Target
from callout.health.observation import Answer, WebSeen

# PHP's own words, whole or in the HTML that it makes of them.
_FATAL = re.compile(rb"(?:<b>|PHP )?(?:Fatal|Parse) error(?:</b>)?:\s", re.IGNORECASE)
_BY_PAGE = {Page.ANSWERED: Answer.ANSWERED, Page.TIMEOUT: Answer.SILENT, Page.TLS_FAILED: Answer.TLS_REFUSED}
_BY_REACH = {Reach.REFUSED: Answer.REFUSED, Reach.TIMEOUT: Answer.SILENT}


def look_at_gui(target: Target, *, deadline_s: float = 10) -> WebSeen | None:
    """How the GUI's page answered; None where the profile has none. Ends by `deadline_s`, name lookup included.

    A certificate that is neither trusted nor tolerated is no answer: nothing is asked behind it.
    """
    page = target.profile.web.get("gui")
    if page is None:
        return None
    url = f"{page.scheme}://{target.address}:{page.port}{page.path}"
    if not target.address:
        return WebSeen(Answer.UNASKED, url, detail="it has no address on file")
    deadline = Deadline(deadline_s)
    tcp, sock = _knock(target.address, page, deadline)
    if sock is None:
        return WebSeen(_BY_REACH.get(tcp.reach, Answer.UNREACHABLE), url, detail=tcp.detail or str(tcp.reach))
    with _connection(target.address, page, deadline, sock) as connection:
        failed = connection.open()
        if failed is None and page.scheme == "https" and not connection.may_have_secrets:
            return WebSeen(Answer.TLS_REFUSED, url, detail=connection.certificate_detail or str(connection.certificate))
        got = failed or connection.ask(page.path)
    late = got.cut and deadline.passed
    answer = Answer.SILENT if late else _BY_PAGE.get(got.page, Answer.NONSENSE)
    if answer is not Answer.ANSWERED:
        return WebSeen(answer, url, detail=f"not done within {deadline_s:g} s" if late else got.detail)
    return WebSeen(answer, url, got.status, bool(_FATAL.search(got.body)))


def product_version(target: Target, *, deadline_s: float = 10) -> str | None:
    """The product's version by its API, `8.1` for `8.1 (a35a9165)`; None where it cannot be had, or there is no key."""
    seen = look_at_api(target, deadline_s=deadline_s, services=False)
    return seen.version if seen is not None else None


def look_at_api(target: Target, *, deadline_s: float = 10, services: bool = True) -> ApiObservation | None:
    """What `license.info` and `dashboard.services` answer, see `ask_api`; None where no key is on file."""
    key = target.api.key.get_secret_value().strip() if target.api is not None else ""
    page = target.profile.web.get("gui")
    if not key:
        return None
    if page is None or not target.address:
        return ApiObservation(complaint="it has no address or no GUI on file")
    deadline = Deadline(deadline_s)
    tcp, sock = _knock(target.address, page, deadline)
    if sock is None:
        reached = Page.REFUSED if tcp.reach is Reach.REFUSED else Page.TIMEOUT
        return ApiObservation(reached, complaint=tcp.detail or str(tcp.reach))
    with _connection(target.address, page, deadline, sock) as connection:
        return ask_api(connection, target.profile.api_path or API_PATH, key, services=services)


def _knock(address: str, page: WebPage, deadline: Deadline) -> tuple[TcpObservation, socket.socket | None]:
    name = resolve(address, deadline)
    if name.resolution is not Resolution.RESOLVED:
        return TcpObservation(page.port, Reach.UNREACHABLE, name.detail), None
    return connect(name.addresses, page.port, deadline)


def _connection(address: str, page: WebPage, deadline: Deadline, sock: socket.socket) -> WebConnection:
    opened = iter([sock])
    again = partial(_knock, address, page, deadline)
    return WebConnection(lambda: next(opened, None) or again()[1], address, page, deadline)
