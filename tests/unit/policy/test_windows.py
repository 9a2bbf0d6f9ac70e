"""Change windows and blackouts in the customer's own zone."""

from __future__ import annotations

import datetime as dt

import pytest

from callout.inventory.models import Blackout, ChangeWindow
from callout.policy.windows import blackout_refusal, window_refusal

NIGHT = ChangeWindow(days=("mon",), opens=dt.time(22), closes=dt.time(5))
DAY = ChangeWindow(opens=dt.time(9), closes=dt.time(17))


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("moment", "window", "inside"),
    [
        ("2026-03-02T22:00+01:00", NIGHT, True),  # Monday, it opens
        ("2026-03-02T21:59+01:00", NIGHT, False),
        ("2026-03-03T04:59+01:00", NIGHT, True),  # Tuesday, still Monday's night
        ("2026-03-03T05:00+01:00", NIGHT, False),
        ("2026-03-03T23:00+01:00", NIGHT, False),  # Tuesday's own night
        ("2026-03-02T21:30+00:00", NIGHT, True),  # given in UTC, judged in Vienna
        ("2026-03-29T03:30+02:00", ChangeWindow(opens=dt.time(2), closes=dt.time(4)), True),  # the clocks jump
        ("2026-03-02T09:00+01:00", DAY, True),
        ("2026-03-02T17:00+01:00", DAY, False),
    ],
)
def test_window(moment: str, window: ChangeWindow, inside: bool) -> None:
    assert (window_refusal(at(moment), "Europe/Vienna", window) == "") is inside


def test_no_window_is_any_time() -> None:
    assert window_refusal(at("2026-03-02T12:00+00:00"), "Europe/Vienna", None) == ""


def test_refusal_says_their_time_and_the_window() -> None:
    said = window_refusal(at("2026-03-02T12:00+00:00"), "America/New_York", NIGHT)
    assert said == "It is Mon 07:00 there (America/New_York); the change window is 22:00 to 05:00 on mon."


def test_blackout_is_judged_by_their_date_both_ends_included() -> None:
    closed = [Blackout(first=dt.date(2026, 12, 23), last=dt.date(2027, 1, 3), reason="holidays")]
    assert blackout_refusal(at("2026-12-22T23:30+00:00"), "Europe/Vienna", closed).endswith("holidays.")
    assert blackout_refusal(at("2026-12-22T22:30+00:00"), "Europe/Vienna", closed) == ""
    assert blackout_refusal(at("2027-01-03T22:59+00:00"), "Europe/Vienna", closed) != ""
    assert blackout_refusal(at("2027-01-03T23:00+00:00"), "Europe/Vienna", closed) == ""
