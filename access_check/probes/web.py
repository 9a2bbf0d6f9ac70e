"""Looks at what one web port has to show: its pages, the sign-in at them, and the API behind the GUI."""

from __future__ import annotations

import socket
from collections.abc import Callable, Container, Mapping
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


def look_at_web(
    target: Target,
    port: int,
    deadline: Deadline,
    connect: Connect,
    *,
    wanted: Container[str] | None = None,
    before_secrets: Callable[[], None] = lambda: None,
) -> WebLook:
    """All pages of `target` on `port`, with sign-in and API where profile and records have them.

    `connect` opens a TCP connection to the port (the first may be open already), None where it does not come
    about. Pages that are reached alike share one connection. One sign-in for each form, never a second.
    `wanted` are the checks that are to be looked at (default: all), with those that they need; `before_secrets`
    is called before a key or a password goes out.
    """
    pages: dict[str, PageObservation] = {}
    sign_ins: dict[str, SignInObservation] = {}
    api: ApiObservation | None = None
    here = [(name, page) for name, page in target.profile.web.items() if page.port == port]
    here = [(name, page) for name, page in here if wanted is None or f"web.{name}@{port}" in wanted]
    for _, alike in groupby(here, key=lambda named: _way(named[1])):
        group = list(alike)
        doors = {name: page for name, page in group if _has_door(name, page, wanted)}
        key = api_key(target) if any(_has_api(name, page, wanted) for name, page in group) else None
        with WebConnection(connect, str(target.address), group[0][1], deadline) as connection:
            answers = {}
            for name, page in group:
                is_read = name in doors or (key is not None and name == API_PAGE)
                answers[name] = connection.ask(page.path, whole=is_read)
                pages[name] = _observed(answers[name], connection)
            well = {name for name, answer in answers.items() if answer.page is Page.ANSWERED}
            if key is not None and API_PAGE in well and target.profile.api_path is not None:
                before_secrets()
                api = ask_api(connection, target.profile.api_path, key)
            # Last of all: whatever the server says once it has a password is not kept.
            for name, page in doors.items():
                if name in well:
                    before_secrets()
                    sign_ins[name] = sign_in(connection, page, login_for(target, name), answers[name])
    return WebLook(pages, sign_ins, api)


def _has_door(name: str, page: WebPage, wanted: Container[str] | None) -> bool:
    return page.sign_in is not None and (wanted is None or f"web.{name}_login@{page.port}" in wanted)


def _has_api(name: str, page: WebPage, wanted: Container[str] | None) -> bool:
    return name == API_PAGE and (wanted is None or f"api.license@{page.port}" in wanted)


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
