"""Reports as text: golden files, and nothing from the far side that moves a cursor."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from access_check.findings import Finding, Move, Status
from access_check.sweep import SystemReport
from access_check.views.json import render
from access_check.views.table import render_plain, render_terminal

NOW = dt.datetime(2026, 11, 23, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def reports(make_target: Any) -> list[SystemReport]:
    well = (Finding("tcp@2020", Status.PASS, "open", "Port 2020 is open."),)
    waived = Finding("address.public", Status.FAIL, "private", "10.0.0.1 is a private address.", Move.CUSTOMER, "Give.")
    failing = (
        waived.waived("practice system"),
        Finding("tcp@2020", Status.PASS, "open", "Port 2020 is open."),
        Finding(
            "ssh.banner@2020",
            Status.FAIL,
            "not-ssh",
            "What answers is “\x1b[31mHTTP\r\n” [bold]not SSH[/bold].",
            Move.CUSTOMER,
            "Please correct the forward of TCP port 2020.",
            {"banner": "\x7f\x1b]0;x"},
        ),
        Finding(
            "ssh.login@2020",
            Status.UNKNOWN,
            "not-reached",
            "Not looked at.",
            Move.US,
            "Check again.",
            {"needs": "ssh.banner@2020"},
        ),
    )
    return [
        SystemReport(make_target(name="acme-pbx1"), well),
        SystemReport(make_target(name="globex-sw1", address="10.0.0.1"), failing),
    ]


@pytest.mark.parametrize("verbose", [False, True])
def test_plain(reports: list[SystemReport], golden: Callable[[str, str], None], verbose: bool) -> None:
    golden(f"access_check/plain{'-verbose' if verbose else ''}.txt", render_plain(reports, verbose=verbose))


def test_terminal(reports: list[SystemReport], golden: Callable[[str, str], None]) -> None:
    text = render_terminal(reports, verbose=False, width=100, colour=False)
    assert "\x1b" not in text
    assert "[bold]not SSH[/bold]" in text
    golden("access_check/terminal.txt", text)


def test_colour_is_ours_alone(reports: list[SystemReport]) -> None:
    text = render_terminal(reports, verbose=True, width=100, colour=True)
    assert "\x1b[31mHTTP" not in text
    assert "\\x1b[31mHTTP" in text


def test_json(reports: list[SystemReport], golden: Callable[[str, str], None]) -> None:
    text = render(reports, NOW)
    assert text.isascii()
    assert json.loads(text)["status"] == "fail"
    golden("access_check/report.json", text)


def test_every_independent_obstacle_is_told_with_its_move(make_target: Any) -> None:
    """A private address does not cause an unknown host key: one is the customer's move, the other ours."""
    found = (
        Finding("address.public", Status.FAIL, "private", "10.0.0.1 is private.", Move.CUSTOMER, "Please forward."),
        Finding("ssh.host_key@2020", Status.FAIL, "host-key-unknown", "It is not on file.", Move.US, "Compare it."),
        Finding(
            "ssh.login@2020", Status.UNKNOWN, "not-reached", "Not looked at.", Move.US, "Mend.",
            {"needs": "ssh.host_key@2020"},
        ),
    )  # fmt: skip
    text = render_plain([SystemReport(make_target(), found)], verbose=False)
    assert "[customer] Please forward." in text
    assert "[us] Compare it." in text
    assert "ssh.login" not in text


def test_no_more_than_five_obstacles_are_told_and_the_rest_is_counted(make_target: Any) -> None:
    found = tuple(
        Finding(f"tcp@{port}", Status.FAIL, "timeout", f"Port {port}.", Move.CUSTOMER, "Open.") for port in range(1, 8)
    )
    text = render_plain([SystemReport(make_target(), found)], verbose=False)
    assert "tcp@5" in text
    assert "tcp@6" not in text
    assert "2 more that block: -v" in text
