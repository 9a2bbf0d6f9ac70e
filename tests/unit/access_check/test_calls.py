"""Calls in progress are read strictly; what is not understood is never zero."""

from __future__ import annotations

import pytest

from access_check.calls import parse_calls
from access_check.facts_observation import CallCount


def test_idle_asterisk() -> None:
    """The three lines as Asterisk prints them."""
    assert parse_calls("0 active channels\n0 active calls\n0 calls processed\n") == CallCount(0, 0, 0)


def test_one_of_each() -> None:
    """In the singular, and with channels that are not calls."""
    assert parse_calls("2 active channels\n1 active call\n1 call processed\n") == CallCount(2, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "0 active calls",
        "0 active channels\n0 active calls\n",
        "0 active channels\n0 active calls\n0 calls processed\n0 active calls\n",
        "-1 active channels\n-1 active calls\n0 calls processed\n",
        "no active channels\nno active calls\nno calls processed\n",
        "0 active channels\n1 active call\n1 call processed\n",
        "Unable to connect to remote asterisk (does /var/run/asterisk.ctl exist?)",
        "10 active channels of 0 active calls\n0 calls processed\n",
        "99999999999 active channels\n0 active calls\n0 calls processed\n",
        "\u0660 active channels\n\u0660 active calls\n\u0660 calls processed\n",
        "0 active channels\x0b0 active calls\x0b0 calls processed\n",
    ],
)
def test_anything_else_is_unknown(text: str) -> None:
    """Empty, cut, doubled, negative, impossible or foreign: no count."""
    assert parse_calls(text) is None
