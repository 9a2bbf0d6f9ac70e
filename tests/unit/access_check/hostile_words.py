"""Reports full of what hostile systems and careless people write, and what an output must not let through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from access_check.findings import Finding, Move, Status
from access_check.sweep import SystemReport

HOSTILE = [
    "<script>alert(1)</script>",
    "{{7*7}} {% raw %} ${7*7}",
    "\x1b[2J\x1b]0;title\x07",
    "=cmd|' /C calc'!A0",
    "+1 -1 @SUM(A1)",
    "one\nnot ok 99 - two\r\nthree\u2028four",
    "abc\u202etxt.exe\u200b\ufffe\ud800\x00",
    "]]> & ' \" \\ ` | # % $HOME ; 'x'=1;;;0",
    "Banner " * 1500,
]


def hostile_report(make_target: Callable[..., Any], words: str) -> SystemReport:
    """A system whose name, sentences and evidence are `words`, with a finding of every status."""
    findings = tuple(
        Finding(f"ssh.banner@{port}", status, "not-ssh", words, Move.CUSTOMER, words, {"banner": words})
        for port, status in enumerate(Status, 2020)
    )
    return SystemReport(make_target(name=words, address="10.0.0.1"), findings)


def unsafe_characters(text: str) -> set[str]:
    """What moves a cursor or turns the reading around; line breaks of our own are fine."""
    return {character for character in text if not character.isprintable() and character != "\n"}
