"""The bill of a month: explained line by line, to the cent, in any order of events."""

from __future__ import annotations

import datetime as dt
import random
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callout.errors import BadInput, CalloutError
from callout.findings import exit_code
from callout.inventory.policy import Money
from callout.policy.chargeable import Rule
from callout.worklog.bill import Bill, LineState
from callout.worklog.billing import bill_for
from callout.worklog.month import parse_month

MARCH = parse_month("2026-03")


def bill(book: Any, customer: Any, money: Money | None = None, month: str = "2026-03") -> Bill:
    return bill_for(book.events, customer, money or Money(), parse_month(month))


def states(found: Bill) -> list[str]:
    return [str(line.state) for line in found.lines]


def test_chargeable_work_cites_the_consent(book: Any, make_customer: Any) -> None:
    book.opened("2026-03-02T14:00Z")
    consent = book.write("consented", "2026-03-02T14:05Z", covers_charging=True)
    book.work("2026-03-02T14:10Z", 1000, outcome="done")
    found = bill(book, make_customer())
    line = found.lines[0]
    assert (line.billed_minutes, line.amount) == (30, Decimal("60.00"))
    assert line.verdict.evidence == (consent.id,)
    assert line.entry.seconds == 1000
    assert found.total == Decimal("60.00")
    assert not found.findings


def test_a_consent_after_the_work_does_not_cover_it(book: Any, make_customer: Any) -> None:
    book.opened("2026-03-02T14:00Z")
    book.work("2026-03-02T14:10Z", 600)
    book.write("consented", "2026-03-02T15:00Z", covers_charging=True)
    found = bill(book, make_customer())
    assert found.lines[0].verdict.rule is Rule.NO_CONSENT_ON_RECORD
    assert exit_code(found.findings) == 4


def test_a_refused_run_then_a_good_one_then_one_rolled_back(book: Any, make_customer: Any) -> None:
    book.opened("2026-03-02T14:00Z")
    refusal = book.write("gate_refused", "2026-03-02T14:01Z")
    book.work("2026-03-02T14:00:30Z", 60, outcome="refused")
    book.write("consented", "2026-03-02T15:00Z", covers_charging=True)
    book.write("patched", "2026-03-02T15:10Z")
    book.work("2026-03-02T15:01Z", 900, outcome="done")
    failed = book.write("patch_failed", "2026-03-02T16:01Z")
    back = book.write("rolled_back", "2026-03-02T16:02Z")
    book.work("2026-03-02T16:00Z", 300, outcome="rolled_back")
    found = bill(book, make_customer())
    assert states(found) == ["not charged", "priced", "not charged"]
    assert found.lines[0].verdict.evidence == (refusal.id,)
    assert found.lines[2].verdict.evidence == (failed.id, back.id)
    assert found.total == Decimal("30.00")


def test_a_rollback_on_purpose_waits_for_a_person(book: Any, make_customer: Any) -> None:
    book.opened("2026-03-02T14:00Z")
    back = book.write("rolled_back", "2026-03-02T14:05Z", automatic=False)
    book.work("2026-03-02T14:01Z", 600, outcome="rolled_back")
    (line,) = bill(book, make_customer()).lines
    assert (line.state, line.verdict.evidence) == (LineState.UNDECIDED, (back.id,))


def test_a_maintenance_contract_covers_it_and_the_work_is_shown(book: Any, make_customer: Any) -> None:
    book.opened("2026-03-02T14:00Z", contract="maintenance")
    book.work("2026-03-02T14:00Z", 5000, outcome="done")
    found = bill(book, make_customer(contract="maintenance"))
    assert states(found) == ["not charged"]
    assert (found.total, found.lines[0].amount, found.raw_seconds) == (Decimal("0.00"), Decimal("0.00"), 5000)


def test_the_contract_that_the_call_out_was_opened_under_counts(book: Any, make_customer: Any) -> None:
    book.opened("2026-03-02T14:00Z", contract="maintenance")
    book.work("2026-03-02T14:00Z", 600)
    assert bill(book, make_customer(contract="support")).lines[0].verdict.rule is Rule.MAINTENANCE_CONTRACT


def test_an_unknown_rate_is_never_zero(book: Any, make_customer: Any) -> None:
    book.opened("2026-03-02T14:00Z")
    book.work("2026-03-02T14:00Z", 600, role="developer")
    book.work("2026-03-02T15:00Z", 600)
    found = bill(book, make_customer())
    assert states(found) == ["rate unknown", "priced"]
    assert (found.lines[0].amount, found.total, found.known) == (None, None, Decimal("30.00"))
    assert "bill.rate@developer" in [finding.check for finding in found.findings]
    assert exit_code(found.findings) == 4


@pytest.mark.parametrize(("mode", "minutes"), [("each", 180), ("sum", 120)])
def test_45_and_45_and_5_minutes_are_3_hours_or_2_by_policy(
    book: Any, make_customer: Any, mode: str, minutes: int
) -> None:
    for hour, length in ((9, 45), (11, 45), (13, 5)):
        book.work(f"2026-03-02T{hour:02d}:00Z", length * 60)
    found = bill(book, make_customer(), Money(increment_minutes=60, rounding=mode))
    assert found.billed_minutes == minutes
    assert found.total == Decimal(minutes) * 2
    assert found.rounding.sentence.startswith("Time is billed in started steps of 60 minutes")
    assert [line.entry.seconds for line in found.lines] == [2700, 2700, 300]


def test_a_person_wins_over_a_run_and_nothing_is_billed_twice(book: Any, make_customer: Any) -> None:
    book.work("2026-03-02T14:10Z", 1800, outcome="done")
    mine = book.work("2026-03-02T14:00Z", 1800)
    found = bill(book, make_customer(), Money(increment_minutes=1))
    person, run = found.lines
    assert (person.deducted_seconds, run.deducted_seconds) == (0, 1200)
    assert run.claimed_by == (mine.id,)
    assert found.billed_minutes == 40
    assert run.entry.seconds == 1800
    assert "bill.overlap" in [finding.check for finding in found.findings]


def test_another_persons_time_is_another_persons(book: Any, make_customer: Any) -> None:
    book.work("2026-03-02T14:00Z", 1800)
    book.actor = "max@desk"
    book.work("2026-03-02T14:00Z", 1800)
    assert bill(book, make_customer()).billed_minutes == 60


def test_uncharged_work_claims_nothing(book: Any, make_customer: Any) -> None:
    book.work("2026-03-02T14:00Z", 1800, activity="support")
    book.work("2026-03-02T14:00Z", 1800, outcome="done")
    assert bill(book, make_customer()).billed_minutes == 30


def test_two_systems_in_one_run_are_the_same_minutes(book: Any, make_customer: Any) -> None:
    book.work("2026-03-02T14:00Z", 900, outcome="done")
    book.system = "globex-sw2"
    book.work("2026-03-02T14:00Z", 900, outcome="done")
    assert bill(book, make_customer()).billed_minutes == 15


@pytest.mark.parametrize(
    ("zone", "inside", "outside"),
    [
        ("America/New_York", "2026-03-01T05:00Z", "2026-03-01T04:59:59Z"),  # winter there
        ("America/New_York", "2026-04-01T03:59:59Z", "2026-04-01T04:00:00Z"),  # summer by then
        ("Pacific/Kiritimati", "2026-02-28T10:00Z", "2026-02-28T09:59:59Z"),
        ("Pacific/Pago_Pago", "2026-04-01T10:59:59Z", "2026-04-01T11:00Z"),
        ("Europe/Berlin", "2026-03-31T21:59:59Z", "2026-03-31T22:00Z"),
    ],
)
def test_a_month_is_the_customers(book: Any, make_customer: Any, zone: str, inside: str, outside: str) -> None:
    work = book.work(inside, 60)
    book.work(outside, 60)
    found = bill(book, make_customer(time_zone=zone))
    assert [line.entry.event.id for line in found.lines] == [work.id]
    assert found.lines[0].date.month == 3


def test_work_over_the_months_end_belongs_to_where_it_began(book: Any, make_customer: Any) -> None:
    book.work("2026-03-31T23:30Z", 7200)
    book.work("2026-04-01T00:30Z", 3600, outcome="done")
    utc = make_customer(time_zone="UTC")
    assert bill(book, utc).billed_minutes == 120
    april = bill(book, utc, month="2026-04")
    assert (april.billed_minutes, april.lines[0].deducted_seconds) == (0, 3600)


def test_yen_have_no_decimals(book: Any, make_customer: Any) -> None:
    book.work("2026-03-02T14:00Z", 100)
    found = bill(book, make_customer(currency="JPY", rates={"engineer": "9999"}), Money(increment_minutes=1))
    assert (found.decimals, str(found.total)) == (0, "333")


def test_half_a_cent_is_rounded_up(book: Any, make_customer: Any) -> None:
    book.work("2026-03-02T14:00Z", 60)
    assert bill(book, make_customer(rates={"engineer": "0.30"}), Money(increment_minutes=1)).total == Decimal("0.01")


def test_a_currency_that_does_not_exist_is_bad_input(book: Any, make_customer: Any) -> None:
    with pytest.raises(BadInput, match="QQQ"):
        bill(book, make_customer(currency="QQQ"))


def test_a_doubtful_clock_waits_for_a_person(book: Any, make_customer: Any) -> None:
    book.work("2026-03-02T14:00Z", 600, outcome="done", clock_flags=["jumped"])
    found = bill(book, make_customer())
    assert states(found) == ["undecided"]
    assert (found.total, found.lines[0].amount) == (None, None)
    assert exit_code(found.findings) == 4


def test_a_session_that_still_runs_is_named(book: Any, make_customer: Any) -> None:
    book.write("work_started", "2026-03-02T14:00Z", started_at="2026-03-02T14:00:00.000000Z", ticket="T-9")
    found = bill(book, make_customer())
    assert not found.lines
    assert "T-9 for globex-sw1" in found.findings[0].seen


def test_other_customers_work_is_not_here(book: Any, make_customer: Any) -> None:
    book.customer = "acme"
    book.work("2026-03-02T14:00Z", 600)
    assert not bill(book, make_customer()).lines


def test_a_damaged_entry_is_named_and_not_skipped(book: Any, make_customer: Any) -> None:
    event = book.write("work_logged", "2026-03-02T14:00Z", source="person", role="engineer", seconds=-5)
    with pytest.raises(CalloutError, match=event.id):
        bill(book, make_customer())


PIECES = st.lists(
    st.tuples(
        st.integers(0, 40 * 24 * 60),  # minutes after 25 February
        st.integers(0, 6 * 3600),
        st.sampled_from(["", "done", "refused"]),
        st.sampled_from(["eva", "max"]),
        st.sampled_from(["engineer", "developer"]),
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(
    pieces=PIECES,
    increment=st.sampled_from([1, 6, 15, 60]),
    mode=st.sampled_from(["each", "sum"]),
    rate=st.decimals("0", "300", places=3),
)
def test_a_bill_is_what_brute_force_makes_of_it(
    make_book: Any,
    make_customer: Any,
    pieces: list[tuple[int, int, str, str, str]],
    increment: int,
    mode: str,
    rate: Decimal,
) -> None:
    """The oracle marks every second of every person in a set, and counts what is left for whom.

    Where the sum is rounded it is shared out: by whole minutes, and what is left goes to the first of equal price.
    """
    book, origin = make_book(), dt.datetime(2026, 2, 25, tzinfo=dt.UTC)
    for minutes, seconds, outcome, actor, role in pieces:
        book.actor = actor
        begin = origin + dt.timedelta(minutes=minutes)
        book.work(begin.isoformat(), seconds, outcome=outcome, role=role)
    customer = make_customer(time_zone="UTC", rates={"engineer": str(rate), "developer": "77.77"})
    money = Money(increment_minutes=increment, rounding=mode)
    found = bill_for(book.events, customer, money, MARCH)
    shuffled = random.Random(1).sample(book.events, len(book.events))
    assert bill_for(shuffled, customer, money, MARCH) == found

    claimed: set[tuple[str, int]] = set()
    counted: dict[str, list[tuple[int, int, int]]] = {"engineer": [], "developer": []}
    indexed = [(outcome == "done", minutes, index) for index, (minutes, _, outcome, _, _) in enumerate(pieces)]
    for _, minutes, index in sorted(indexed):
        _, seconds, outcome, actor, role = pieces[index]
        if outcome == "refused":
            continue
        mine = {(actor, minutes * 60 + second) for second in range(seconds)} - claimed
        claimed |= {(actor, minutes * 60 + second) for second in range(seconds)}
        if 4 * 1440 <= minutes < 35 * 1440:
            counted[role].append((minutes, index, len(mine)))
    total = Decimal(0)
    for role, price in (("engineer", rate), ("developer", Decimal("77.77"))):
        worked = [seconds for _, _, seconds in sorted(counted[role])]
        for group in [worked] if mode == "sum" else [[seconds] for seconds in worked]:
            steps = 0
            while steps * increment * 60 < sum(group):
                steps += 1
            left = steps * increment - sum(seconds // 60 for seconds in group)
            for seconds in group:
                minutes = seconds // 60
                if seconds and left:
                    minutes, left = minutes + left, 0
                total += (minutes * price / 60).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert found.total == total
    for line in found.lines:
        if line.state is LineState.PRICED and line.rate is not None and line.amount is not None:
            exact = line.rate * (line.billed_minutes or 0) / 60
            assert abs(exact - line.amount) <= Decimal("0.005")
