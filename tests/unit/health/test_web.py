"""How the GUI answers, as the health look sees it; the bounds are tried with the access check's own tests."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

from access_check.targets import Target
from callout.health.observation import Answer, WebSeen
from callout.health.web import look_at_gui


def looked(target: Target, *, deadline_s: float = 5, **page: Any) -> WebSeen:
    """The look at a GUI that differs from the profile's in `page`."""
    gui = target.profile.web["gui"].model_copy(update=page)
    changed = target.model_copy(update={"profile": target.profile.model_copy(update={"web": {"gui": gui}})})
    seen = look_at_gui(changed, deadline_s=deadline_s)
    assert seen is not None
    return seen


def test_page_over_self_signed_tls(target: Target) -> None:
    """Tolerated where the profile says so."""
    seen = looked(target)
    assert (seen.answer, seen.status, seen.fatal) == (Answer.ANSWERED, 200, False)


def test_self_signed_is_refused_where_not_tolerated(target: Target, web: Any) -> None:
    """Without tolerance the certificate counts, and nothing is asked behind it."""
    assert looked(target, self_signed_tolerated=False).answer is Answer.TLS_REFUSED
    assert web.asked == []


def test_a_page_of_php_errors_is_seen(target: Target, web: Any) -> None:
    """PHP's own words, with status 200."""
    web.page = b"<br />\n<b>Fatal error</b>:  Uncaught Error"
    assert looked(target).fatal


def test_closed_port_is_refused(target: Target) -> None:
    """Nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert looked(target, port=port).answer is Answer.REFUSED


def test_name_that_is_none(target: Target) -> None:
    """An address that cannot be one is an answer too, not an exception."""
    nowhere = target.model_copy(update={"address": "no such host.invalid"})
    assert looked(nowhere).answer is Answer.UNREACHABLE
    assert looked(target.model_copy(update={"address": None})).answer is Answer.UNASKED


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_says_nothing_ends_at_the_deadline(target: Target, scheme: str) -> None:
    """It accepts, and that is all."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        began = time.monotonic()
        seen = looked(target, deadline_s=0.4, scheme=scheme, port=listener.getsockname()[1])
    assert time.monotonic() - began < 0.4 + 1
    assert (seen.answer, seen.status) == (Answer.SILENT, 0)


def test_what_is_not_http_is_nonsense(target: Target) -> None:
    """A TLS hello is no request of plain http, and the other way round."""
    assert looked(target, scheme="http").answer is Answer.NONSENSE
