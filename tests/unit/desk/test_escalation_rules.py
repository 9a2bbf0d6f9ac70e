"""Three levels: who is in copy, what must be said, what was tried before."""

from __future__ import annotations

import pytest

from callout.desk.escalation import Attempt, Concern, Wish, copies_for, escalation_body, reasons_against
from callout.errors import BadInput
from callout.inventory.desk import CustomerDesk, People

PEOPLE = People(support_manager="sm@vendor.example", account_manager="am@vendor.example", last="ceo@vendor.example")
FIRST = Attempt(1, "2026-03-02T10:00:00.000000Z", "Nobody calls back.")


def wish(level: int, why: str = "", **more: str) -> Wish:
    said = {"by": "Jane Roe", "concern": "not_understood", "statement": "It is the trunk.", **more}
    return Wish(level, skipped_why=why, **said)


@pytest.mark.parametrize(
    ("level", "reached", "why", "code"),
    [
        (1, 0, "", ""),
        (2, 1, "", ""),
        (3, 2, "", ""),
        (2, 0, "", "skipped"),
        (3, 0, "", "skipped"),
        (3, 1, "", "skipped"),
        (2, 0, "the support manager is away", ""),
        (3, 0, "they said so at level 1 by phone", ""),
        (1, 1, "", "reached"),
        (1, 1, "again", "reached"),
        (2, 3, "", "reached"),
        (3, 3, "", "reached"),
    ],
)
def test_no_level_is_left_out_without_a_reason(level: int, reached: int, why: str, code: str) -> None:
    found = reasons_against(wish(level, why).checked(), reached, [FIRST] if reached else [])
    assert [finding.code for finding in found] == ([code] if code else [])
    assert all(finding.remedy for finding in found)


@pytest.mark.parametrize(
    ("level", "copies"),
    [
        (1, ["sm@vendor.example"]),
        (2, ["sm@vendor.example", "am@vendor.example"]),
        (3, ["sm@vendor.example", "am@vendor.example", "ceo@vendor.example"]),
    ],
)
def test_who_is_in_copy(level: int, copies: list[str]) -> None:
    assert list(copies_for(level, PEOPLE, CustomerDesk())) == copies


def test_a_customers_own_account_manager_stands_in_place_of_the_houses() -> None:
    own = CustomerDesk(account_manager="theirs@vendor.example")
    assert copies_for(2, PEOPLE, own) == ("sm@vendor.example", "theirs@vendor.example")


def test_one_person_in_two_places_is_in_copy_once() -> None:
    people = People(support_manager="sm@vendor.example", account_manager="sm@vendor.example")
    assert copies_for(2, people, CustomerDesk()) == ("sm@vendor.example",)


@pytest.mark.parametrize(("level", "key"), [(1, "support_manager"), (2, "account_manager"), (3, "last")])
def test_an_escalation_to_nobody_is_none(level: int, key: str) -> None:
    with pytest.raises(BadInput) as refused:
        copies_for(level, People(), CustomerDesk())
    assert f"callout_policy.desk.people.{key}" in refused.value.hint


@pytest.mark.parametrize(
    "said",
    [{"statement": " "}, {"by": ""}, {"concern": "angry"}, {"statement": "x" * 2001}],
    ids=["no statement", "nobody", "no concern of the three", "too long"],
)
def test_what_must_be_said(said: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        wish(1, **said).checked()


@pytest.mark.parametrize("level", [0, 4, -1])
def test_there_are_three_levels(level: int) -> None:
    with pytest.raises(BadInput, match="no level"):
        wish(level).checked()


def test_earlier_attempts_stand_in_it() -> None:
    body = escalation_body(wish(2), ["am@vendor.example"], [FIRST])
    assert body["attempts"] == [FIRST.as_dict()]
    assert set(Concern) == {"not_understood", "not_satisfactory", "not_urgent_enough"}
