"""What `callout_policy.desk` and the hours' exceptions take, and what they refuse in a sentence."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from callout.inventory.desk import ClockRule, Desk, Mailbox
from callout.inventory.hours import Break, Closure, HalfDay, Hours
from callout.policy.desk_words import Runs


def test_the_defaults_are_the_published_procedure() -> None:
    """First reply within one business day, a critical patch within 24 hours by the wall clock, no other promise."""
    desk = Desk()
    assert (desk.first_reply.count, desk.first_reply.unit, desk.first_reply.runs) == (1, "business day", None)
    assert (desk.critical_patch.within, desk.critical_patch.runs) == ("24 hours", Runs.ALWAYS)
    assert (desk.goals, desk.smtp, desk.mail.mailbox, desk.bridges.rt) == ({}, None, None, None)
    assert desk.emergency_failing_percent == 50
    assert [(one.first, one.last) for one in Hours().closures] == [("12-23", "01-03")]
    assert Hours().holidays == ()


@pytest.mark.parametrize("within", ["1 business day", "3 business days", "24 hours", "1 hour", "90 minutes"])
def test_times_as_people_write_them(within: str) -> None:
    rule = ClockRule(within=within)
    assert within.startswith(f"{rule.count} {rule.unit}")


@pytest.mark.parametrize(
    ("model", "values", "says"),
    [
        (ClockRule, {"within": "a day"}, "is a time like"),
        (ClockRule, {"within": "0 hours"}, "is a time like"),
        (ClockRule, {"within": "99999 business days"}, "longer than a year"),
        (ClockRule, {"within": "2 business days", "runs": "always"}, "write hours"),
        (Mailbox, {}, "exactly one"),
        (Mailbox, {"maildir": "a", "mbox": "b"}, "exactly one"),
        (Closure, {"first": "12-23", "last": "2026-01-03", "reason": "x"}, "both of one year"),
        (Closure, {"first": "2026-02-02", "last": "2026-02-01", "reason": "x"}, "before first"),
        (Closure, {"first": "13-01", "last": "13-02", "reason": "x"}, "month must be in"),
        (Closure, {"first": dt.datetime(2026, 1, 1), "last": "2026-01-03", "reason": "x"}, "is a day like"),  # noqa: DTZ001
        (HalfDay, {"day": "02-30", "closes": "12:00"}, "day is out of range"),
        (Break, {"starts": "13:00", "ends": "12:00"}, "not after starts"),
        (Desk, {"goals": {"urgent": {}}}, "emergency"),
        (Desk, {"goals": {"high": {"critical_patch": {"within": "1 hour"}}}}, "first_reply"),
        (Desk, {"acknowledgements": {4: {"within": "1 hour"}}}, "less than or equal to 3"),
        (Desk, {"published_hours": [{"opens": "08:00", "closes": "22:00", "offset": "CET"}]}, "pattern"),
        (Desk, {"bridges": {"rt": {"url": "https://eva:secret@rt.example", "token": "x"}}}, "pattern"),
        (Desk, {"address": "support@vendor.example\nBcc: all@vendor.example"}, "pattern"),
    ],
)
def test_what_is_refused(model: Any, values: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        model.model_validate(values)


def test_days_of_every_year_and_of_one() -> None:
    """YAML makes a date of an unquoted day; the 29th of February is a day of every leap year."""
    assert Closure(first=dt.date(2026, 8, 3), last="2026-08-14", reason="summer").first == "2026-08-03"  # type: ignore[arg-type]
    assert HalfDay(day="02-29", closes="12:00").day == "02-29"  # type: ignore[arg-type]
