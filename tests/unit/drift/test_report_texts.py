"""What a report keeps of texts: lines as they are, without what is called a secret, at a bounded cost."""

from __future__ import annotations

import time

import pytest

from callout.drift.report_texts import MOST_CHARACTERS, TextPair, text_pair
from tests.unit.drift.judging_desk import BASELINE_AT, LOOKED_AT, added, verdict
from tests.unit.views.drift_desk import look, sha


def kept(text: str, most: int = MOST_CHARACTERS) -> TextPair:
    """What is kept of a new file's text."""
    change = added("/etc/x.conf", sha256=sha(text))
    looks = look("K-1", BASELINE_AT), look("K-2", LOOKED_AT, texts={"/etc/x.conf": text})
    pair = text_pair(verdict(change), *looks, most)
    assert pair is not None
    return pair


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("DB_PASSWORD=hunter2", "DB_PASSWORD=(not shown)"),
        ("  'password' => 'x y z',", "  'password' => (not shown)"),
        ("pw_mysql_password : abc", "pw_mysql_password : (not shown)"),
        ("bindpw=abc", "bindpw=(not shown)"),
        ("requirepass foobared", "requirepass (not shown)"),
        ("url = mysql://root:abc@db/x", "url = mysql://root:(not shown)@db/x"),
        ('"api_key": "k"', '"api_key": (not shown)'),
        ("umask 022", "umask 022"),
        ("/opt/pbxware/pw/etc", "/opt/pbxware/pw/etc"),
    ],
)
def test_what_is_called_a_secret_is_not_kept(line: str, told: str) -> None:
    assert kept(line).after == told


def test_a_line_that_is_too_long_is_cut_before_it_is_kept() -> None:
    pair = kept("x" * 5000 + " password=abc\nshort\n")
    assert pair.after is not None
    assert "abc" not in pair.after
    assert pair.after.endswith("… 3013 more characters (not shown)\nshort\n")


def test_more_than_there_is_room_for_is_withheld() -> None:
    assert kept("hello\n", most=3).withheld
    assert kept("hello\n", most=3).after is None


@pytest.mark.parametrize("line", ["pass" * 499, "a.b-c://x" * 220, "\"'-.pass" * 250, "pass" + " " * 1990])
def test_lines_made_to_be_slow_cost_little(line: str) -> None:
    begun = time.process_time()
    kept(f"{line}\n" * 32)
    assert time.process_time() - begun < 2
