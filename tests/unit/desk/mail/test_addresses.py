"""Who sent a mail: tricks with names, groups, quotes, comments, other alphabets."""

from __future__ import annotations

import pytest

from callout.desk.mail.addresses import addresses_in, canonical_address, names_another, shown_domain
from callout.desk.mail.judge import registered_addresses


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("jane@acme.example", [("", "jane@acme.example")]),
        ("Jane Doe <Jane@ACME.Example>", [("Jane Doe", "jane@acme.example")]),
        ('"Doe, Jane" <jane@acme.example>, bob@acme.example',
         [("Doe, Jane", "jane@acme.example"), ("", "bob@acme.example")]),
        ("jane@acme.example (Jane (Doe))", [("", "jane@acme.example")]),
        ("=?utf-8?q?a=40b=2Ec=2C_x?= <jane@acme.example>", [("a@b.c, x", "jane@acme.example")]),
        ("Jane <jane@bücher.example>", [("Jane", "jane@xn--bcher-kva.example")]),
        ("", []),
    ],
)  # fmt: skip
def test_clear_addresses(header: str, found: list[tuple[str, str]]) -> None:
    read = addresses_in(header)
    assert ([(one.name, one.address) for one in read.mailboxes], read.is_clear) == (found, True)


@pytest.mark.parametrize(
    "header",
    [
        "alice@example.org)bob@evil.example", '"alice@example.org" bob@evil.example', '"alice@example.org"',
        "<a@b.c><d@e.f>",
        "a@b.c <", "a b@c.d", "((((a@b.c", "a@b.c\\", "Undisclosed:;", "team: a@b.c;",
        "a@b@c.d", "<a@b.c> x", "a@[1.2.3.4]",
        "a@.b", "a@b..c", ".a@b.c", "a@b_c.d", "a" * 65 + "@b.c", "@b.c", "a@", "\ud800@b.c",
    ],
)  # fmt: skip
def test_what_is_not_clear(header: str) -> None:
    """Where one reader sees alice and another bob nobody is believed."""
    assert addresses_in(header).is_clear is False


def test_letters_that_look_alike_are_others() -> None:
    cyrillic = canonical_address("jane@аcme.example")
    assert cyrillic != "jane@acme.example"
    assert shown_domain(cyrillic) == "аcme.example"
    assert shown_domain("jane@acme.example") == ""


def test_a_name_that_shows_another_address() -> None:
    (trick,) = addresses_in('"jane@acme.example" <eve@evil.example>').mailboxes
    (honest,) = addresses_in('"jane@acme.example" <jane@acme.example>').mailboxes
    assert (names_another(trick), names_another(honest)) == (True, False)


def test_registered_addresses() -> None:
    found = registered_addresses({"acme": ("Jane@Acme.example", "both@x.example"), "globex": ("both@X.example.", "no")})
    assert found == {"jane@acme.example": ("acme",), "both@x.example": ("acme", "globex")}
