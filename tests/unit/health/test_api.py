"""The API is asked read-only, the key goes by POST, and hostile answers stay answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from access_check.targets import Target
from callout.health.web import look_at_api, product_version

KEY = "k3y-for-the-api"


def test_version_of_the_product(target: Target, web: Any) -> None:
    """Without the build in brackets."""
    assert product_version(target) == "8.1"
    assert [form["action"] for _, _, form in web.asked] == [["pbxware.license.info"]]


def test_key_is_posted_and_in_no_address(target: Target, web: Any) -> None:
    """Two read-only actions; web servers log addresses."""
    look_at_api(target)
    assert {method for method, _, _ in web.asked} == {"POST"}
    assert all(KEY not in path for _, path, _ in web.asked)
    asked = [form["action"][0] for _, _, form in web.asked]
    assert asked == ["pbxware.license.info", "pbxware.dashboard.services"]


def test_without_a_key_nothing_is_asked(retarget: Callable[..., Target], web: Any) -> None:
    """No key on file: no request, no version."""
    target = retarget(web.port, 5060, api=None)
    assert product_version(target) is None
    assert look_at_api(target) is None
    assert web.asked == []


def test_plain_http_gets_no_key(target: Target, web: Any) -> None:
    """The key is never sent in the clear."""
    page = target.profile.web["gui"].model_copy(update={"scheme": "http"})
    plain = target.model_copy(update={"profile": target.profile.model_copy(update={"web": {"gui": page}})})
    seen = look_at_api(plain)
    assert seen is not None
    assert "https only" in seen.complaint
    assert web.asked == []


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[" * 100_000, b"{" * 9, b'"\\ud800"', b"1" * 10_000, b"x" * 300_000, b"\xff\xfe", b"null"],
)
def test_hostile_answers_give_no_version(target: Target, web: Any, body: bytes) -> None:
    """Whatever comes back: no version, one printable sentence."""
    web.licence = body
    seen = look_at_api(target)
    assert seen is not None
    assert seen.version is None
    assert seen.complaint
    assert seen.complaint.isprintable()


def test_refused_key_is_told_without_the_key(target: Target, web: Any) -> None:
    """An answer that repeats the key does not bring it into our records."""
    web.licence = {"error": f"Key {KEY} is suspended\x1b[0m"}
    seen = look_at_api(target)
    assert seen is not None
    assert seen.version is None
    assert KEY not in seen.complaint
    assert "suspended" in seen.complaint
