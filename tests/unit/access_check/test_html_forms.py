"""Forms in pages, good, odd and hostile: by tables, without any network."""

from __future__ import annotations

import time

import pytest

from access_check.html_forms import FoundForm, find_form, path_on_same_host
from access_check.sign_in_form import SignInForm

WANTED = SignInForm.model_validate({"user_field": "user", "password_field": "pw", "success": {"text": "Welcome"}})
FIELDS = "<input name=user><input name=pw type=password>"


@pytest.mark.parametrize(
    ("page", "action", "hidden"),
    [
        (f"<form method=post>{FIELDS}</form>", "", {}),
        (f"<FORM METHOD='POST' ACTION=/x>{FIELDS}", "/x", {}),
        (f'<form method=post action="/a?b=1&amp;c=2">{FIELDS}</form>', "/a?b=1&c=2", {}),
        (f"<form method=post>{FIELDS}<input type=HIDDEN name=t value='&lt;1&gt;'></form>", "", {"t": "<1>"}),
        (f"<form action=/s><input name=q></form><form method=post action=/x>{FIELDS}</form>", "/x", {}),
        (f"<form method=post>{FIELDS}<input type=hidden value=nameless><input type=submit name=go></form>", "", {}),
        (f"<!-- <form action=/no> --><form method=post action=/x>{FIELDS}</form>", "/x", {}),
        (f"<form method=post action=/x action=/y>{FIELDS}</form>", "/x", {}),
    ],
)
def test_the_form_and_its_hidden_fields(page: str, action: str, hidden: dict[str, str]) -> None:
    assert find_form(page, WANTED) == FoundForm(action, hidden)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("", "no form"),
        (FIELDS, "no form"),
        ("<form method=post></form>" + FIELDS, "no form"),
        (f"<form>{FIELDS}</form>", "into the address"),
        ("<form method=post><input name=user><input name=pw></form>", "not a password field"),
        (f"<form method=post>{FIELDS}<input type=password name=new></form>", "more than one password"),
        (f"<form method=post>{FIELDS}<input type=hidden name=x value={'y' * 5000}></form>", "too long"),
        (f"<form method=post>{FIELDS}{'<input name=x>' * 100}</form>", "too many"),
        ("<form></form>" * 21 + f"<form method=post>{FIELDS}</form>", "no form"),
    ],
)
def test_what_is_no_form_says_why(page: str, words: str) -> None:
    found = find_form(page, WANTED)
    assert isinstance(found, str)
    assert words in found


@pytest.mark.parametrize(
    "piece", ["<", "< ", "<!", "<!--", "</", "<a ", "<a b='", "<![CDATA[", "&#", "<form>", "<input "]
)
def test_hostile_pages_take_no_time(piece: str) -> None:
    """256 KiB, which is as much as is ever read; within the second of processor time that a system may cost."""
    began = time.process_time()
    assert isinstance(find_form((piece * 262_144)[:262_144], WANTED), str)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("", "/login/"),
        ("enter", "/login/enter"),
        ("/enter?x=1#top", "/enter?x=1"),
        ("https://pbx.example/enter", "/enter"),
        ("https://PBX.example:443/enter", "/enter"),
        ("//pbx.example/enter", "/enter"),
        ("/a b\r\nX: y", "/a%20bX:%20y"),
        ("http://pbx.example/enter", None),
        ("https://pbx.example:444/enter", None),
        ("https://pbx.example.evil.example/", None),
        ("https://root@pbx.example/", None),
        ("//evil.example/", None),
        ("\\\\evil.example/", "/login/%5C%5Cevil.example/"),
        ("javascript:alert(1)", None),
        ("https://[::1/", None),
        ("https://pbx.example:99999/", None),
    ],
)
def test_where_an_address_leads(address: str, path: str | None) -> None:
    assert path_on_same_host(address, "https://pbx.example/login/") == path
