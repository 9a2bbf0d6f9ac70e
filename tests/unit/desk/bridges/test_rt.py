"""Request Tracker's recorded answers as our records, and our requests as its documentation has them."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from callout.desk.bridges import rt
from callout.desk.bridges.foreign import NotAsDocumented
from callout.desk.bridges.records import Head, Unread, Whose
from tests.unit.desk.bridges.remote_server import moment, recorded


def test_a_page_of_tickets() -> None:
    heads, more = rt.heads_of(recorded("rt-tickets"))
    assert not more
    assert [(one.ticket, one.state, one.is_over, one.asker) for one in heads if isinstance(one, Head)] == [
        ("rt:40", "resolved", True, "it@globex.example"),
        ("rt:41", "open", False, "it@globex.example"),
        ("rt:42", "new", False, "spam@elsewhere.example"),
        ("rt:43", "open", False, "carl"),
    ]
    last = heads[-1]
    assert isinstance(last, Head)
    assert last.updated_at == moment("2026-11-23T13:05:00+00:00")
    assert rt.address_of(recorded("rt-user")) == "carl@initech.example"


def test_there_are_more_where_there_are_more_pages() -> None:
    assert rt.heads_of({"page": 1, "pages": 3, "items": []})[1]
    assert not rt.heads_of({"page": 3, "pages": 3, "items": []})[1]


def test_history_says_whose_words_they_are() -> None:
    articles, _ = rt.history_of(recorded("rt-history"), "it@globex.example")
    assert [(one.id, one.whose, one.internal) for one in articles] == [
        ("501", Whose.CUSTOMER, False),
        ("504", Whose.STAFF, True),
        ("505", Whose.STAFF, False),
        ("506", Whose.CUSTOMER, False),
        # Neither the requestor nor staff: never taken for one of ours.
        ("507", Whose.UNKNOWN, False),
    ]


@pytest.mark.parametrize(
    ("transaction", "text", "files"),
    [
        ("501", "Since noon no call to a mobile passes.\nLand lines work.", ("trace.png",)),
        ("505", "We are on it.\nIs it every mobile?", ()),
        ("506", "Every mobile, yes. {{7*7}} =cmd|x", ()),
    ],
)
def test_words_are_plain_whether_packed_or_not(transaction: str, text: str, files: tuple[str, ...]) -> None:
    said, names = rt.content_of(recorded(f"rt-attachments-{transaction}"))
    assert ("\n".join(filter(None, said.split("\n"))), names) == (text, files)


@pytest.mark.parametrize("word", ["test", "password", "Zm9vYmFy/", "abcdabcd", "AAAAAAAA", "done1234"])
def test_a_word_that_only_looks_packed_stays(word: str) -> None:
    item = {"id": "1", "ContentType": "text/plain", "Content": word}
    assert rt.content_of({"items": [item]})[0] == word


def test_packed_bytes_that_are_no_text_stay_as_they_came() -> None:
    packed = base64.b64encode(b"\x00\x01\xff\xfe" * 4).decode()
    assert rt.content_of({"items": [{"id": "1", "ContentType": "text/plain", "Content": packed}]})[0] == packed


def test_a_name_in_a_query_ends_nothing() -> None:
    request = rt.tickets_request("Bob's \\ queue' OR id > 0", moment("2026-11-01T00:00:00+01:00"), 2)
    assert dict(request.query)["query"] == (
        "Queue = 'Bob\\'s \\\\ queue\\' OR id > 0' AND LastUpdated > '2026-10-31 23:00:00'"
    )
    assert dict(request.query)["page"] == "2"
    assert rt.user_request("../ticket/1?x").path == "/REST/2.0/user/..%2Fticket%2F1%3Fx"


def test_a_note_is_a_comment_and_a_state_a_status() -> None:
    note = rt.note_request("41", "Hello")
    assert (note.method, note.path, note.body) == (
        "POST", "/REST/2.0/ticket/41/comment", {"Content": "Hello", "ContentType": "text/plain"},
    )  # fmt: skip
    state = rt.state_request("41", "stalled")
    assert (state.method, state.path, state.body) == ("PUT", "/REST/2.0/ticket/41", {"Status": "stalled"})
    assert rt.authorization("1-2-abc") == "token 1-2-abc"


def test_one_bad_ticket_spoils_no_other() -> None:
    said = recorded("rt-tickets")
    said["items"][1]["LastUpdated"] = "yesterday"
    said["items"][2] = "no ticket"
    heads, _ = rt.heads_of(said)
    assert [type(one) for one in heads] == [Head, Unread, Unread, Head]
    assert [one.ticket for one in heads] == ["rt:40", "rt:41", "rt:?", "rt:43"]
    assert isinstance(heads[1], Unread)
    assert "RT's ticket 41: LastUpdated" in heads[1].why
    assert "yesterday" not in heads[1].why


@pytest.mark.parametrize(
    "said",
    [None, [], "x", {"items": {}}, {"items": [], "pages": "many"}, {}, {"items": [], "page": 10**30}],
)
def test_what_is_no_page_is_a_sentence(said: Any) -> None:
    if said == {"items": [], "page": 10**30}:
        assert rt.heads_of(said) == ((), False)
        return
    with pytest.raises(NotAsDocumented, match="RT's list of tickets: "):
        rt.heads_of(said)


def test_hostile_words_are_bounded_and_harmless() -> None:
    said = recorded("rt-ticket")
    head = rt.head_of({**said, "Subject": "\x1b[2J{{7*7}}\n" + "x" * 10_000, "Status": "open\u202e"})
    assert len(head.subject) == 300
    assert "\x1b" not in head.subject
    assert "\n" not in head.subject
    assert "{{7*7}}" in head.subject
    with pytest.raises(NotAsDocumented):
        rt.head_of({**said, "id": "41/../../user"})
    with pytest.raises(NotAsDocumented):
        rt.head_of({**said, "Created": 5})
