"""One case's life, from a chat through three levels of escalation and a call-out to its outcome, as it is told."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from callout.desk.entitlement import Channel
from callout.desk.escalation import Wish
from callout.desk.outcome import Outcome
from callout.errors import Refused
from callout.ledger import Draft, open_ledger
from callout.places import Places
from callout.policy.desk_words import Priority
from callout.policy.outcomes import NO_FAQ
from callout.steps.case_change import Wanted, change_case
from callout.steps.case_clock import justify_breach, pause_case, resume_case
from callout.steps.case_end import end_case
from callout.steps.case_escalate import acknowledge, escalate
from callout.steps.case_judge import judge_emergency
from callout.steps.case_link import Linked, link_to_case
from callout.steps.case_look import all_cases
from callout.steps.case_story import case_story
from callout.steps.case_talk import Reply, hear, reply
from callout.steps.context import Context
from callout.steps.past_work import add_work
from callout.steps.record import close_callout, open_callout
from callout.steps.work import Subject
from callout.views.case_list import list_rows, list_text
from callout.views.case_story import story_dict, story_text
from callout.worklog.details import Details
from callout.worklog.past import Told
from tests.unit.steps.case_desk import LINK, Desk, desk_inventory
from tests.unit.steps.conftest import Clock, no_connection

HOSTILE = "\x1b[2J\x1b]0;owned\x07{{7*7}}\r\n=cmd|' /C calc'!A0\u202egnp.exe\nCS-000001  Ended  (case_ended, eva@desk)"


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Desk:
    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    places = Places(inventory=tmp_path, data=tmp_path / ".callout", ledger=url)
    return Desk(Context(open_ledger(url, clock), places, "eva@desk", clock, no_connection), clock, desk_inventory())


def wish(level: int, statement: str, why: str = "") -> Wish:
    concern = "not_urgent_enough" if level < 3 else "not_satisfactory"
    return Wish(level, "Jane Roe", concern, statement, why)


def live(desk: Desk) -> str:
    """A week and a half of one case; the clock stands after its end."""
    context, policy, clock = desk.context, desk.inventory.policy, desk.clock
    number = desk.opened(text="Since this morning:\nno message is recorded.", priority=Priority.HIGH)
    clock.forward(minutes=40)
    reply(context, policy, number, Reply("Please restart the service as the page says.", (LINK,), True, True, "en"))
    clock.forward(hours=20)
    hear(context, number, Channel.PHONE, "Jane Roe", "Done, and it is silent still.")
    clock.forward(days=2)
    escalate(context, desk.inventory, number, wish(1, "Nobody has called back for two days."))
    clock.forward(days=3)
    acknowledge(context, number, "I have put a second engineer on it.")
    pause_case(context, number, "provider", "The trunk's provider traces calls.")
    clock.forward(days=3)
    resume_case(context, number, "The provider finds nothing.")
    escalate(context, desk.inventory, number, wish(2, "A week without voicemail."))
    clock.forward(hours=3)
    escalate(context, desk.inventory, number, wish(3, "We want it mended, not explained."))
    clock.forward(minutes=30)
    acknowledge(context, number, "We do it today, at no charge for the first hour.")
    change_case(context, desk.inventory, number, Wanted(mode="we_do"), "The customer wants it done.")
    callout = open_callout(context, desk.inventory.system("globex-pbx1"), "", "Mend the recorder", case=number).callout
    details = Details(ticket=number, note="Recorder mended", activity="maintenance")
    began = clock.now
    clock.forward(hours=2)
    told = Told(began, clock.now, 7200)
    add_work(context, Subject("globex", "globex-pbx1", callout), details, told)
    close_callout(context, callout, "satisfied")
    context.ledger.append(Draft("patch_announced", clock.now, "eva@desk", body={"bundle": "PW-2041"}))
    link_to_case(context, number, Linked.PATCH, "PW-2041", "What mends it elsewhere.")
    bug = Outcome("bug", "The recorder lost its queue.", "BUG-2041", "with release 8.2, in May", NO_FAQ)
    with pytest.raises(Refused):
        end_case(context, policy, number, bug)
    justify_breach(context, policy, number, "acknowledgement", "The manager was ill; a deputy is named now.")
    end_case(context, policy, number, bug)
    return number


def test_the_story_of_a_case(desk: Desk, golden: Callable[[str, str], None]) -> None:
    number = live(desk)
    story = case_story(desk.context, desk.inventory.policy, number)
    golden("case/escalated.txt", story_text(story) + "\n")
    told = json.loads(json.dumps(story_dict(story)))
    for event in told["events"]:
        for name in ("id", "hash", "prev_hash"):
            event[name] = "…"
    golden("case/escalated.json", json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    golden("case/list.txt", list_text(list_rows(all_cases(desk.context.ledger))) + "\n")


def test_a_story_before_its_end(desk: Desk, golden: Callable[[str, str], None]) -> None:
    """An emergency, judged to be man-made, with work that came later; paused, breached, on the way of we do."""
    number = desk.emergency()
    desk.clock.forward(hours=2)
    change_case(desk.context, desk.inventory, number, Wanted(mode="we_do"), "They cannot reach it.")
    judge_emergency(desk.context, number, "man_made", "A firewall rule of their own.")
    details = Details(ticket=number, note="Rule taken out", activity="support")
    began = desk.now - dt.timedelta(hours=1)
    add_work(desk.context, Subject("globex"), details, Told(began, desk.now, 3600))
    golden("case/emergency.txt", story_text(case_story(desk.context, desk.inventory.policy, number)) + "\n")


def test_nothing_that_was_written_moves_the_cursor(desk: Desk) -> None:
    """Hostile texts stay texts, behind `> `, and forge no line of ours."""
    number = desk.opened(text=HOSTILE, ticket="\x1b[31m", subject="\x1b[2J{{7*7}}\u202e")
    hear(desk.context, number, Channel.CHAT, "\x1b[1m\u202e", HOSTILE)
    escalate(desk.context, desk.inventory, number, wish(1, HOSTILE))
    reply(desk.context, desk.inventory.policy, number, Reply(HOSTILE))
    story = case_story(desk.context, desk.inventory.policy, number)
    for text in (story_text(story), list_text(list_rows(all_cases(desk.context.ledger)))):
        assert all(character.isprintable() or character == "\n" for character in text)
        assert "{{7*7}}" in text
    forged = [line for line in story_text(story).splitlines() if "case_ended" in line]
    assert len(forged) == 4
    assert all(line.startswith("    > CS-000001") for line in forged)
    assert json.loads(json.dumps(story_dict(story)))["case"]["subject"] == "\x1b[2J{{7*7}}\u202e"


def test_long_words_are_cut_for_people_only(desk: Desk) -> None:
    number = desk.opened(text="\n".join(f"line {index} {'x' * 400}" for index in range(45)))
    story = case_story(desk.context, desk.inventory.policy, number)
    text = story_text(story)
    assert "> … and 5 more lines: --json has everything" in text
    assert max(map(len, text.splitlines())) < 320
    assert len(story_dict(story)["events"][0]["body"]["text"]) > 18_000


def test_colour_only_where_it_is_asked_for(desk: Desk) -> None:
    story = case_story(desk.context, desk.inventory.policy, desk.opened())
    assert "\x1b" not in story_text(story)
    assert re.match(r"\x1b\[1mCS-000001.*\x1b\[0m\n", story_text(story, color=True))


def test_a_list_and_its_filters(desk: Desk) -> None:
    going, waiting, done = desk.opened(), desk.opened(), desk.opened("acme")
    pause_case(desk.context, waiting, "provider", "They look.")
    end_case(desk.context, desk.inventory.policy, done, Outcome("satisfied", faq=LINK))
    cases = all_cases(desk.context.ledger)
    filters = {
        (): [going, waiting, done], ("open",): [going], ("paused",): [waiting], ("ended",): [done],
        ("open", "ended"): [going, done],
    }  # fmt: skip
    for states, numbers in filters.items():
        assert [row["case"] for row in list_rows(cases, states)] == numbers
    assert [row["case"] for row in list_rows(cases, turn="provider")] == [waiting]
    assert [row["case"] for row in list_rows(cases, turn="us")] == [going]
    assert list_text([]) == "There are no such cases."
    assert list_rows(cases, owed=True) == []
    end_case(desk.context, desk.inventory.policy, going, Outcome("satisfied", faq=NO_FAQ))
    assert [row["case"] for row in list_rows(all_cases(desk.context.ledger), owed=True)] == [going]
