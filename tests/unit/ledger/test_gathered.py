"""Events that were read, asked like a ledger, answer as the ledger itself does."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callout.errors import BadInput
from callout.ledger import Draft, Ledger, open_ledger
from callout.ledger.event import format_utc
from callout.ledger.gathered import Gathered

BEGIN = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
KINDS = ("work_logged", "opened", "work_amended", "noted")
NAMES = ("globex", "hooli", "")
MOMENTS = st.integers(0, 60).map(lambda hours: BEGIN + dt.timedelta(hours=hours))
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(KINDS),
        "kinds": st.lists(st.sampled_from([*KINDS, "closed"]), max_size=3),
        "customer": st.sampled_from([*NAMES, "nobody"]),
        "callout": st.sampled_from(["CO-1", "CO-2", ""]),
        "system": st.sampled_from(["a", "b"]),
        "since_at": MOMENTS,
        "until_at": MOMENTS,
        "begun_since": MOMENTS,
        "begun_until": MOMENTS.map(format_utc),
    },
)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """A real one, with sixty events of all kinds."""
    path: Path = tmp_path_factory.mktemp("gathered") / "ledger.sqlite"
    found = open_ledger(f"sqlite:///{path}", lambda: BEGIN)
    for number in range(60):
        kind, at = KINDS[number % 4], BEGIN + dt.timedelta(hours=(number * 7) % 60)
        body = {"started_at": format_utc(at - dt.timedelta(hours=number % 9))} if number % 3 else {"note": "x"}
        draft = Draft(kind, at, "eva", NAMES[number % 3], "ab"[number % 2], f"CO-{number % 2 + 1}", body)
        found.append(draft)
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FILTERS)
def test_it_answers_as_the_ledger_does(ledger: Ledger, filters: dict[str, Any]) -> None:
    gathered = Gathered(reversed(list(ledger.events())))
    assert list(gathered.events(**filters)) == list(ledger.events(**filters))


def test_one_event_is_found_by_its_id(ledger: Ledger) -> None:
    event = list(ledger.events())[17]
    assert list(Gathered(ledger.events()).events(id=event.id)) == [event]
    assert list(Gathered(ledger.events()).events(id="nothing")) == []


@pytest.mark.parametrize(
    "filters", [{"colour": "red"}, {"kind": ["opened"]}, {"since_at": ["x"]}, {"since_at": "noon"}]
)
def test_a_filter_that_does_not_exist_is_never_ignored(ledger: Ledger, filters: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        list(Gathered([]).events(**filters))
