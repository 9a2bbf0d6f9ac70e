"""Looks at what one web port has to show: its pages, the sign-in at them, and the API behind the GUI."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from access_check.escaping import shown
from access_check.probes.api import ask_api
from access_check.probes.deadline import Deadline
from access_check.probes.http_connection import WebAnswer, WebConnection
from access_check.probes.sign_in import login_for, sign_in
from access_check.profile import WebPage
from access_check.requirements import API_PAGE, api_key
from access_check.targets import Target
from access_check.web_observation import ApiObservation, Page, PageObservation, SignInObservation

Connect = Callable[[], socket.socket | None]


@dataclass(frozen=True, slots=True)
class WebLook:
    """What one port showed; mappings go by the page's name in the profile."""

    pages: Mapping[str, PageObservation] = field(default_factory=dict)
    sign_ins: Mapping[str, SignInObservation] = field(default_factory=dict)
    api: ApiObservation | None = None


def look_at_web(target: Target, port: int, deadline: Deadline, connect: Connect) -> WebLook:
    """All pages of `target` on `port`, with sign-in and API where profile and records have them.

    `connect` opens a TCP connection to the port (the first may be open already), None where it does not come
    about. Pages that are reached alike share one connection. One sign-in for each form, never a second.
    """
    pages: dict[str, PageObservation] = {}
    sign_ins: dict[str, SignInObservation] = {}
    api: ApiObservation | None = None
    here = [(name, page) for name, page in target.profile.web.items() if page.port == port]
    for _, alike in groupby(here, key=lambda named: _way(named[1])):
        group = list(alike)
        with WebConnection(connect, str(target.address), group[0][1], deadline) as connection:
            for name, page in group:
                asks_api = name == API_PAGE and api_key(target) is not None
                answer = connection.ask(page.path, whole=asks_api or page.sign_in is not None or len(group) > 1)
                pages[name] = _observed(answer, connection)
                if answer.page is not Page.ANSWERED:
                    continue
                if page.sign_in is not None:
                    sign_ins[name] = sign_in(connection, page, login_for(target, name), answer)
                key = api_key(target) if asks_api else None
                if key is not None and target.profile.api_path is not None:
                    api = ask_api(connection, target.profile.api_path, key)
    return WebLook(pages, sign_ins, api)


def _way(page: WebPage) -> tuple[object, ...]:
    return page.scheme, page.self_signed_tolerated, page.certificate_sha256


def _observed(answer: WebAnswer, connection: WebConnection) -> PageObservation:
    about_certificate = connection.certificate_detail if answer.page is Page.ANSWERED else ""
    return PageObservation(
        answer.page,
        status=answer.status,
        server=shown(answer.header("Server")),
        location=shown(_without_session(answer.header("Location"))),
        certificate=connection.certificate,
        detail=answer.detail or about_certificate,
        presented=connection.presented,
    )


def _without_session(location: str) -> str:
    """The address without its query and parameters: some products keep the session there."""
    return location.partition("?")[0].partition(";")[0]
