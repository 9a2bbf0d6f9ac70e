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
            answers = {name: connection.ask(page.path, whole=_is_read(target, name, page)) for name, page in group}
            pages.update({name: _observed(answer, connection) for name, answer in answers.items()})
            well = [(name, page) for name, page in group if answers[name].page is Page.ANSWERED]
            key = api_key(target) if API_PAGE in dict(well) else None
            if key is not None and target.profile.api_path is not None:
                api = ask_api(connection, target.profile.api_path, key)
            # Last of all: whatever the server says once it has a password is not kept.
            for name, page in well:
                if page.sign_in is not None:
                    sign_ins[name] = sign_in(connection, page, login_for(target, name), answers[name])
    return WebLook(pages, sign_ins, api)


def _is_read(target: Target, name: str, page: WebPage) -> bool:
    """Whether more is asked on the same connection; else a page's headers are enough."""
    return page.sign_in is not None or (name == API_PAGE and api_key(target) is not None)


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
