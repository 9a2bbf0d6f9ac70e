"""Zammad's recorded answers as our records, and our requests as its documentation has them."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from callout.desk.bridges import rt, zammad
from callout.desk.bridges.foreign import NotAsDocumented, loaded
from callout.desk.bridges.records import Head, Whose
from callout.errors import Unreachable
from tests.unit.desk.bridges.remote_server import recorded


def test_a_page_of_tickets() -> None:
    heads, count = zammad.heads_of(recorded("zammad-tickets"), "Support")
    assert count == 4
    assert [(one.ticket, ours, one.is_over) for one, ours in heads if isinstance(one, Head)] == [
        ("zammad:13", False, False),
        ("zammad:12", True, False),
        ("zammad:11", True, False),
        ("zammad:10", True, True),
    ]
    assert all(ours for _, ours in zammad.heads_of(recorded("zammad-tickets"), None)[0])
    head = zammad.head_of(recorded("zammad-ticket"))
    assert (head.number, head.asker, head.subject) == ("71012", "it@globex.example", "Music on hold is silent")


def test_articles_are_peoples_and_without_markup() -> None:
    articles = zammad.articles_of(recorded("zammad-articles"))
    assert [(one.id, one.whose, one.internal, one.text) for one in articles] == [
        ("31", Whose.CUSTOMER, False, "Callers hear nothing\nwhile they wait."),
        ("33", Whose.STAFF, True, "Codec?"),
        ("34", Whose.STAFF, False, "Which tenant is it?"),
        ("35", Whose.CUSTOMER, False, "The first one."),
    ]
    assert articles[0].sender == "it@globex.example"
    assert articles[0].files == ("hold.wav",)


def test_a_sender_that_there_is_not_is_unknown() -> None:
    one = {**recorded("zammad-article"), "sender": "Robot"}
    assert zammad.articles_of([one])[0].whose is Whose.UNKNOWN


def test_a_note_is_internal() -> None:
    note = zammad.note_request("12", "Hello")
    assert note.body == {
        "ticket_id": 12, "subject": "", "body": "Hello", "content_type": "text/plain", "type": "note", "internal": True,
    }  # fmt: skip
    assert zammad.state_request("12", "closed").body == {"state": "closed"}
    assert zammad.authorization("abc") == "Token token=abc"


JUNK: tuple[Any, ...] = (
    None, True, -1, 10**25, 1.5, "", "x" * 5000, "\x00\x1b[2J", "\ud800", [], {}, [[]], {"id": 1}, "2026-13-45",
    "{{7*7}}",
)  # fmt: skip


def test_six_hundred_spoilt_answers_are_read_or_refused_in_a_sentence() -> None:
    """Seeded: any value anywhere may be anything. Nothing is raised but NotAsDocumented."""
    chance = random.Random(8)
    readers = (
        ("zammad-tickets", lambda said: zammad.heads_of(said, "Support")), ("zammad-articles", zammad.articles_of),
        ("rt-tickets", rt.heads_of), ("rt-history", lambda said: rt.history_of(said, "it@globex.example")),
        ("rt-attachments-501", rt.content_of), ("rt-ticket", rt.head_of),
    )  # fmt: skip
    originals = {name: recorded(name) for name, _ in readers}
    refused: list[str] = []
    for turn in range(600):
        name, read = readers[turn % len(readers)]
        said = _spoilt(copy.deepcopy(originals[name]), chance)
        try:
            read(said)
        except NotAsDocumented as error:
            refused.append(error.message)
    assert 80 < len(refused) < 560
    assert all(len(one) < 400 and one.isprintable() for one in refused)


def _spoilt(said: Any, chance: random.Random) -> Any:
    for _ in range(chance.randint(1, 3)):
        at, below = None, said
        while isinstance(below, dict | list) and below and (at is None or chance.random() < 0.8):
            key = chance.choice(list(below) if isinstance(below, dict) else range(len(below)))
            at, below = (below, key), below[key]
        if at is None:
            return chance.choice(JUNK)
        if isinstance(at[0], dict) and chance.random() < 0.3:
            del at[0][at[1]]
        else:
            at[0][at[1]] = chance.choice(JUNK)
    return said


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"[" * 100_000, b"\xff\xfe", b'{"a":' + b"9" * 5000 + b"}", b"{'a': 1}"]
)
def test_what_is_no_json_is_a_sentence(content: bytes) -> None:
    with pytest.raises(Unreachable, match="it is no JSON"):
        loaded(content, "it")
