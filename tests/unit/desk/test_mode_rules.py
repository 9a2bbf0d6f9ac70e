"""You do, or we do: what each needs, how far it is; numbers and texts of cases."""

from __future__ import annotations

from typing import Any

import pytest

from callout.desk.bounds import reason_given, subject_line, text_given
from callout.desk.mode import (
    Mode,
    Progress,
    documentation_links,
    mode_named,
    reasons_against_callout,
    reasons_against_instructions,
    steps_of,
)
from callout.desk.numbers import case_number_of, is_case_number
from callout.errors import BadInput
from callout.findings import Status

LINK = "https://docs.example/vm"


@pytest.mark.parametrize(
    ("mode", "links", "codes"),
    [
        (Mode.OPEN, [LINK], []),
        (Mode.YOU_DO, [LINK], []),
        (Mode.YOU_DO, [], ["no-link"]),
        (Mode.WE_DO, [LINK], ["we-do"]),
        (Mode.WE_DO, [], ["we-do", "no-link"]),
    ],
)
def test_instructions_point_at_the_documentation(mode: Mode, links: list[str], codes: list[str]) -> None:
    assert [one.code for one in reasons_against_instructions(mode, links, "CS-000001")] == codes


@pytest.mark.parametrize(("mode", "blocked"), [(Mode.OPEN, False), (Mode.WE_DO, False), (Mode.YOU_DO, True)])
def test_no_call_out_where_the_customer_does_it(mode: Mode, blocked: bool) -> None:
    assert bool(reasons_against_callout(mode, "CS-000001")) is blocked


@pytest.mark.parametrize(
    ("progress", "statuses", "codes"),
    [
        ({}, "www", ["none", "none", "none"]),
        ({"open_quotes": ("Q-0001",)}, "www", ["open", "none", "none"]),
        ({"quotes": ("Q-0001",), "open_quotes": ("Q-0002",)}, "pww", ["accepted", "none", "none"]),
        ({"contract": "maintenance"}, "pww", ["not-needed", "none", "none"]),
        ({"emergency": True}, "pww", ["emergency", "none", "none"]),
        ({"quotes": ("Q-0001",), "consents": ("x",), "callouts": ("CO-0001",)}, "ppp", ["accepted", "given", "opened"]),
    ],
)
def test_quote_then_consent_then_call_out(progress: dict[str, Any], statuses: str, codes: list[str]) -> None:
    found = steps_of(Progress(**{"contract": "support", "emergency": False, **progress}), "CS-000001")
    assert [one.check for one in found] == ["we_do.quote", "we_do.consent", "we_do.callout"]
    assert "".join(str(one.status)[0] for one in found) == statuses
    assert [one.code for one in found] == codes
    assert all(one.remedy for one in found if one.status is not Status.PASS)


def test_modes_are_written_with_either_stroke() -> None:
    assert (mode_named("you-do"), mode_named("we_do")) == (Mode.YOU_DO, Mode.WE_DO)
    for wrong in ("", "they_do"):
        with pytest.raises(BadInput):
            mode_named(wrong)


@pytest.mark.parametrize(
    "bad", ["docs.example", "javascript:alert(1)", "https://", "https://x y", "=cmd|' /C calc'!A0"]
)
def test_links_are_links(bad: str) -> None:
    with pytest.raises(BadInput):
        documentation_links([LINK, bad])
    assert documentation_links([LINK, f" {LINK} "]) == [LINK]
    with pytest.raises(BadInput, match="21 links"):
        documentation_links([f"{LINK}/{number}" for number in range(21)])


@pytest.mark.parametrize("written", ["CS-000012", "cs-12", "12", " CS-012 ", "000012"])
def test_numbers_may_be_short(written: str) -> None:
    assert case_number_of(written) == "CS-000012"


@pytest.mark.parametrize("written", ["", "0", "CS-0", "CS-1234567", "CO-0001", "CS-1a", "１２", "CS--1", "CS-1\n2"])
def test_what_is_no_number(written: str) -> None:
    with pytest.raises(BadInput, match="no number of a case"):
        case_number_of(written)


def test_a_ticket_that_is_a_case() -> None:
    assert is_case_number("CS-000001")
    assert not any(is_case_number(other) for other in ("CS-1", "cs-000001", "T-1", "CS-0000011", "CS-000001\n"))


def test_texts_are_refused_and_never_cut() -> None:
    assert subject_line(" Voicemail ") == "Voicemail"
    for wrong in ("", "a\nb", "x" * 301):
        with pytest.raises(BadInput):
            subject_line(wrong)
    for check, most in ((lambda text: reason_given(text, "It"), 2000), (lambda text: text_given(text, "It"), 20_000)):
        assert len(check("x" * most)) == most
        for wrong in (" ", "x" * (most + 1)):
            with pytest.raises(BadInput):
                check(wrong)
