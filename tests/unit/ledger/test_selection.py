"""Which events are given: every filter, alone and together, the same from both databases."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable

import pytest

from callout.errors import BadInput
from callout.ledger import Draft, Event, Ledger
from tests.unit.ledger.conftest import NOW

DAY = dt.timedelta(days=1)
KINDS = ("opened", "noted", "work_logged")
CUSTOMERS = ("acme", "globex")


@pytest.fixture
def stored(ledger: Ledger) -> list[Event]:
    """Kinds and customers by turns, a day apart, told in another order than they happened."""
    pairs = list(itertools.product(KINDS, CUSTOMERS)) * 4
    days = [(7 * place) % len(pairs) for place in range(len(pairs))]
    drafts = [
        Draft(kind, NOW + day * DAY, "eva", customer, f"{customer}-pbx{day % 2}", f"CO-000{day % 3}")
        for day, (kind, customer) in zip(days, pairs, strict=True)
    ]
    return ledger.append(*drafts)


@pytest.mark.parametrize("kinds", [None, (), ("noted",), ["noted", "opened", "noted"], {"closed"}])
@pytest.mark.parametrize("since", [None, NOW + 3 * DAY])
@pytest.mark.parametrize("until", [None, NOW + 9 * DAY])
@pytest.mark.parametrize("customer", [None, "acme"])
def test_all_filters_together(ledger: Ledger, stored: list[Event], kinds, since, until, customer) -> None:
    """As a loop over all events would choose them, in order of the chain."""
    given = {"kinds": kinds, "since_at": since, "until_at": until, "customer": customer}
    found = list(ledger.events(**{name: value for name, value in given.items() if value is not None}))
    assert found == [
        event
        for event in stored
        if (kinds is None or event.kind in kinds)
        and (since is None or event.happened_at >= since)
        and (until is None or event.happened_at < until)
        and (customer is None or event.customer == customer)
    ]


def test_times_may_be_of_any_zone_or_as_stored(ledger: Ledger, stored: list[Event]) -> None:
    there = dt.timezone(dt.timedelta(hours=-11))
    since = (NOW + 3 * DAY).astimezone(there)
    assert list(ledger.events(since_at=since)) == list(ledger.events(since_at="2026-03-05T10:00:00.000000Z"))
    with pytest.raises(BadInput, match="no time zone"):
        list(ledger.events(since_at=NOW.replace(tzinfo=None)))
    with pytest.raises(BadInput, match="as the ledger writes it"):
        list(ledger.events(until_at="2026-03-05"))


@pytest.mark.parametrize("wanted", [{"colour": "red"}, {"kind": ["noted"]}, {"kinds": "noted"}, {"kinds": NOW}])
def test_what_is_no_filter_is_refused(ledger: Ledger, wanted) -> None:
    with pytest.raises(BadInput, match=next(iter(wanted))):
        list(ledger.events(**wanted))


@pytest.mark.parametrize("text", ["\ud800", "a\0b", "' OR 1=1 --", "%s", "?"])
def test_hostile_texts_select_nothing(ledger: Ledger, stored: list[Event], text: str) -> None:
    assert list(ledger.events(customer=text)) == []
    assert list(ledger.events(kinds=["noted", text], system=text)) == []


def test_a_reader_may_stop_anywhere_and_write_meanwhile(ledger: Ledger, draft: Callable[..., Draft]) -> None:
    """Pages end where they end: nothing is left out, nothing comes twice, and a writer does not wait for a reader."""
    ledger.append(*(draft(number=number) for number in range(2005)))
    reader = ledger.rows()
    seen = [next(reader)["seq"]]
    ledger.append(draft(number=2005))
    next(ledger.events(kind="noted"))
    for event in itertools.islice(ledger.events(customer="acme"), 3):
        assert next(ledger.events(id=event.id)) == event
    seen += [row["seq"] for row in reader]
    assert seen == list(range(1, 2007))
    assert [event.seq for event in ledger.events(customer="acme")] == seen
