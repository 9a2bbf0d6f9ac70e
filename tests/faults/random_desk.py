"""Random cases of a support desk, each out of one number: the same number, the same calendar, the same case."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from functools import cache
from typing import Any

from callout.inventory.hours import Hours
from callout.ledger.event import COLUMNS, GENESIS, Draft, Event, format_utc, sealed_row
from callout.policy.public_holidays import holidays_of
from callout.policy.working_time import Calendars, calendars
from tests.faults.desk_oracle import Fact
from tests.faults.desk_oracle_calendar import BEGIN, Table, tables

NUMBER = "CS-000001"
# Country, subdivision, where the day opens, where it closes: DST of both hemispheres, of half an hour, and none.
PLACES = (
    ("DE", "BY", "Europe/Berlin", "America/New_York"),
    ("AT", "9", "Europe/Vienna", "Europe/Vienna"),
    ("CH", "ZH", "Europe/Zurich", "America/Chicago"),
    ("GB", "SCT", "Europe/London", "America/Los_Angeles"),
    ("US", "NY", "America/New_York", "America/New_York"),
    ("CA", "QC", "America/Toronto", "America/Vancouver"),
    ("AU", "NSW", "Australia/Sydney", "Europe/London"),
    ("NZ", "AUK", "Pacific/Auckland", "Australia/Perth"),
    ("BR", "SP", "America/Sao_Paulo", "America/Santiago"),
    ("IN", "MH", "Asia/Kolkata", "Europe/Berlin"),
)
VARIANTS = 10
YEARS = (2025, 2028)
LENGTHS = ("45 minutes", "90 minutes", "4 hours", "8 hours", "24 hours", "1 business day", "2 business days",
           "5 business days")  # fmt: skip
CLOCKS = ("first_reply", "next_update", "plan", "resolution", "critical_patch")
# Each opening hour with a closing one, by the clocks of their own zones.
OPEN = (("09:00", "17:00"), ("07:30", "18:15"), ("08:00", "23:00"), ("10:00", "16:00"))
# Over Easter, both changes of clocks of both hemispheres, the summer and the turn of the year.
SEASONS = tuple(dt.datetime(*day, tzinfo=dt.UTC) for day in (
    (2026, 2, 27), (2026, 3, 6), (2026, 3, 26), (2026, 4, 1), (2026, 5, 20), (2026, 7, 1), (2026, 9, 24),
    (2026, 10, 1), (2026, 10, 22), (2026, 10, 30), (2026, 12, 17), (2027, 1, 4), (2027, 3, 11), (2027, 10, 28),
))  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """One case: what happened, told by `events` in the ledger's order and by `facts`; `now` in minutes."""

    seed: int
    facts: list[Fact]
    events: list[Event]
    now: int
    calendars: Calendars
    table: dict[str, Table]


def scene(seed: int, justified: tuple[tuple[str, int], ...] = ()) -> Scene:
    """The case of that number. `justified` are (clock, due minute) that were justified in the last minute."""
    dice = random.Random(seed)
    # A slice meets every country, the whole also every variant.
    ours, theirs = desk_hours(seed % len(PLACES) + len(PLACES) * (seed // 1000 % VARIANTS))
    facts, now = _facts(dice)
    for clock, due in justified:
        facts.append(Fact("case_justified", now, len(facts) + 1, {"clock": clock, "due": due}))
    return Scene(seed, facts, events_of(facts), now, ours, theirs)


@cache
def desk_hours(number: int) -> tuple[Calendars, dict[str, Table]]:
    """The calendar of that number, as the project has it and as the oracle has it."""
    dice = random.Random(f"hours {number}")
    country, subdivision, opens_zone, closes_zone = PLACES[number % len(PLACES)]
    opens, closes = dice.choice(OPEN)
    hours = Hours.model_validate(
        {
            "opens": opens,
            "opens_zone": opens_zone,
            "closes": closes,
            "closes_zone": closes_zone,
            "days": dice.choice((("mon", "tue", "wed", "thu", "fri"), ("sun", "mon", "tue", "wed", "thu"))),
            "breaks": [{"starts": "12:00", "ends": "12:45"}] * dice.choice((0, 1)),
            "closures": dice.choice(
                (
                    [{"first": "12-23", "last": "01-03", "reason": "between the years"}],
                    [{"first": "2026-04-02", "last": "2026-04-06", "reason": "Easter"}],
                    [],
                )
            ),
            "half_days": dice.choice(
                ([], [{"day": day, "closes": "12:00", "zone": opens_zone} for day in ("12-24", "12-31", "2026-04-02")])
            ),
        }
    )
    years = range(YEARS[0] - 1, YEARS[1] + 1) if dice.random() < 0.7 else ()
    known = {day: name for year in years for day, name in holidays_of(country, subdivision, year).items()}
    return calendars(hours, *YEARS, known), tables(hours, set(known))


def _facts(dice: random.Random) -> tuple[list[Fact], int]:
    """What happened, in the order in which it was told, and the minute in which somebody asks."""
    opened = int((dice.choice(SEASONS) - BEGIN).total_seconds()) // 60 + dice.randrange(12 * 1440)
    rules = _rules(dice)
    told = [("case_opened", opened, {"mode": dice.choice(("", "", "", "we_do")), "rules": rules})]
    minute = opened
    for _ in range(dice.choice((0, 1, 2, 4, 7, 12))):
        minute += dice.choice((0, 1, 20, 90, dice.randrange(600), dice.randrange(2880), dice.randrange(8640)))
        kind = dice.choices(list(_TELLERS), [weight for weight, _ in _TELLERS.values()])[0]
        told.append((kind, minute, _TELLERS[kind][1](dice, minute, rules)))
        if kind == "case_changed":
            rules = told[-1][2]["rules"]
    now = minute + dice.choice((0, 5, 300, dice.randrange(1440), dice.randrange(14400)))
    later = told[1:]
    if dice.random() < 0.3:  # some of it is told late, in another order
        dice.shuffle(later)
    return [Fact(kind, at, seq, said) for seq, (kind, at, said) in enumerate([told[0], *later], start=1)], now


def _rules(dice: random.Random) -> dict[str, dict[str, str]]:
    names = [name for name in CLOCKS if name in ("first_reply", "critical_patch") or dice.random() < 0.8]
    return {name: _rule(dice) for name in names}


def _rule(dice: random.Random) -> dict[str, str]:
    within = dice.choice(LENGTHS)
    runs = ("hours", "business_days") if "business" in within else ("hours", "hours", "business_days", "always")
    return {"within": within, "runs": dice.choice(runs), "source": "callout_policy.desk"}


def _changed(dice: random.Random, minute: int, rules: dict[str, Any]) -> dict[str, Any]:
    what = dice.choice(
        (
            {"priority": ["normal", dice.choice(("high", "emergency", "low"))]},
            {"contract": ["support", "maintenance"]},
            {"mode": ["", "you_do"]},
        )
    )
    return {"changes": what, "rules": rules if "mode" in what else _rules(dice), "reason": "as agreed"}


def _told(dice: random.Random, minute: int, rules: object) -> dict[str, Any]:
    letter = dice.choice(("update", "update", "received", "instructions"))
    reply = letter != "received"
    return {"letter": letter, "text": "x", "reply": reply, "asks": reply and dice.random() < 0.4, "links": []}


def _deadline(dice: random.Random, minute: int, rules: object) -> dict[str, Any]:
    return {"clock": dice.choice(CLOCKS), "due": minute + dice.randrange(1, 8000), "reason": "agreed"}


def _ended(dice: random.Random, minute: int, rules: object) -> dict[str, Any]:
    critical = dice.random() < 0.5
    return {
        "outcome": "bug" if critical else "satisfied",
        "critical": critical,
        "confirmed": minute - dice.choice((0, 30, 400)),
        "bundle": dice.choice(("", "", "hotfix-1")),
    }


def _escalated(dice: random.Random, minute: int, rules: object) -> dict[str, Any]:
    return {"level": dice.choice((1, 1, 2, 3)), "by": "Ada", "rules": {"acknowledgement": _rule(dice)}}


_TELLERS: dict[str, tuple[int, Any]] = {
    "case_told": (20, _told),
    "case_heard": (14, lambda dice, minute, rules: {"channel": "email", "text": "x"}),
    "case_paused": (16, lambda dice, minute, rules: {
        "turn": dice.choice(("customer", "customer", "provider", "third_party")), "reason": "waiting"}),
    "case_resumed": (12, lambda dice, minute, rules: {"reason": "our turn"}),
    "case_changed": (10, _changed),
    "case_deadline_set": (8, _deadline),
    "case_linked": (6, lambda dice, minute, rules: {"what": dice.choice(("quote", "bundle", "callout")), "id": "B-9"}),
    "case_escalated": (5, _escalated),
    "case_acknowledged": (4, lambda dice, minute, rules: {"level": dice.choice((1, 2, 3)), "text": "x"}),
    "case_ended": (7, _ended),
    "case_reopened": (5, lambda dice, minute, rules: {"reason": "again"}),
}  # fmt: skip


def moment(minute: int) -> dt.datetime:
    """When that minute begins."""
    return BEGIN + dt.timedelta(minutes=minute)


def events_of(facts: list[Fact]) -> list[Event]:
    """The facts as the ledger has them; nothing was recorded before it happened."""
    events: list[Event] = []
    recorded = moment(facts[0].minute)
    for fact in facts:
        recorded = max(recorded, moment(fact.minute))
        events.append(event_of(fact.kind, body_of(fact), fact.seq, moment(fact.minute), recorded))
    return events


def body_of(fact: Fact) -> dict[str, Any]:
    """What the ledger keeps of it."""
    body = {name: said for name, said in fact.said.items() if name not in ("due", "confirmed")}
    if "due" in fact.said:
        body["due_at"] = format_utc(moment(fact.said["due"]))
    if "confirmed" in fact.said:
        body["confirmed_at"] = format_utc(moment(fact.said["confirmed"]))
    if fact.kind == "case_opened":
        body |= {"channel": "email", "sender": "it@globex.example", "priority": "normal", "subject": "x", "text": "x"}
    return {"case": NUMBER, **body}


def event_of(kind: str, body: dict[str, Any], seq: int, at: dt.datetime, recorded: dt.datetime) -> Event:
    """One event of the case, at that place of the ledger."""
    row = sealed_row(
        Draft(kind, at, "eva@desk", "globex", "globex-sw1", "", body),
        seq=seq, identifier=f"{seq:08x}-0000-4000-8000-000000000000", recorded_at=recorded, prev_hash=GENESIS,
    )  # fmt: skip
    return Event(*(row[name] for name in COLUMNS))
