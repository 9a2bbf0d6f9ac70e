"""What the API tells is read strictly: versions, and words for services."""

from __future__ import annotations

from typing import Any

import pytest

from access_check.probes.api import read_services, read_version


@pytest.mark.parametrize(
    ("told", "version"),
    [
        ("8.1 (a35a9165)", "8.1"),
        ("7.2", "7.2"),
        ("6.0.1.3 (x)", "6.0.1.3"),
        ("", None),
        ("8.1; rm -rf /", None),
        ("8.1 (a) (b)", None),
        ("9" * 5000, None),
        (8.1, None),
        (None, None),
        ("../../etc", None),
        ("8.1\n", "8.1"),
    ],
)
def test_version_is_read_strictly(told: Any, version: str | None) -> None:
    """Nothing but numbers with dots."""
    assert read_version(told) == version


@pytest.mark.parametrize(
    "listed",
    [
        None,
        [],
        {},
        "running",
        {"a": 1},
        {"a": ""},
        {"a": {"x": "y"}},
        {f"s{number}": "running" for number in range(51)},
    ],
)
def test_services_that_are_no_list_are_unknown(listed: Any) -> None:
    """A mapping of words to words, of bounded length, or nothing."""
    assert read_services(listed) is None


def test_service_names_are_harmless() -> None:
    """Control characters are escaped."""
    assert read_services({"aster\x1b[2Jisk": "run\nning"}) == {"aster\\x1b[2Jisk": "run\\nning"}
