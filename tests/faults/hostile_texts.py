"""Texts that would like to be markup, formulas, templates, terminal commands or nothing at all; each in every field."""

from __future__ import annotations

import dataclasses
from itertools import product
from typing import Any

from callout.worklog.invoice.document import Draft

MARKUP = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</style></title><script>", "<!-- x", "]]>",
    "<![CDATA[x]]>", "&lt;b&gt;", "&x;", "<cbc:ID>9</cbc:ID>", "</ram:Name><ram:ID>9</ram:ID>", "<?php x ?>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>", "<a href='javascript:x'>x</a>", "<bdi>", "</main>",
)  # fmt: skip
TEMPLATES = (
    "{{7*7}}", "{% for x in ''.__class__.__mro__ %}{{ x }}{% endfor %}", "{number}", "{0.__class__}", "%(x)s", "%s%n",
    "${7*7}", "#{7*7}", "{{ sheet.seller }}", "{#", "$(id)", "`id`",
)  # fmt: skip
CONTROLS = (
    "\x00", "\x01\x02", "\x07", "\x08\x08", "\x0b\x0c", "\x1b[2J", "\x1b]0;owned\x07", "\x7f", "\x85", "\x9b31m",
    "\u2028", "\u2029", "\ufeff", "\ufffe", "\uffff", "\ud800", "\udfff\ud800", "\U000e0001", "\u200b", "\u202egnirts",
    "\u2066x\u2069\u200f", "\u061c", "a\r\nb", "a\rb", "a\tb", "e\u0301" * 50, "\u0600", "\U0001f9d1\u200d\U0001f4bb",
)  # fmt: skip
LEADS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
FORMULAS = ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://evil.example","x")', "SUM(1)*cmd|' /C calc'!A0")
LONG = ("A" * 10_000, "<" * 10_000, "W " * 5_000, "\n" * 5_000 + "x", "\u0301" * 10_000, "&amp;" * 2_000, "日" * 10_000)


def payloads() -> list[str]:
    """More than 500, each with something in it that is to be seen."""
    plain = [*MARKUP, *TEMPLATES, *CONTROLS, *LONG]
    formulas = [lead + formula for lead, formula in product(LEADS, FORMULAS)]
    mixed = [f"{one}{two}" for one, two in product(CONTROLS, (*MARKUP, *TEMPLATES[:4]))]
    return [f"x{one}" if not one.strip() else one for one in dict.fromkeys([*plain, *formulas, *mixed])]


# Codes, which are checked against lists or made by us; everything else that is text may come from anybody.
CODES = {
    "country", "currency", "language", "vat_id", "means", "iban", "bic", "electronic_scheme", "delivery_country",
    "reason_code", "unit",
}  # fmt: skip


def with_text(draft: Draft, payload: str) -> Draft:
    """The draft with the payload in every text that it has or could have; lines' ids stay different ones."""
    filled: Draft = _filled(draft, payload)
    lines = tuple(
        dataclasses.replace(line, id=f"{payload[:100]}{place}", attributes=((payload, payload),))
        for place, line in enumerate(filled.lines)
    )
    return dataclasses.replace(filled, lines=lines, notes=(payload, payload))


def _filled(value: Any, payload: str) -> Any:
    changes: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        held = getattr(value, field.name)
        if dataclasses.is_dataclass(held):
            changes[field.name] = _filled(held, payload)
        elif isinstance(held, tuple):
            changes[field.name] = tuple(_filled(one, payload) if dataclasses.is_dataclass(one) else one for one in held)
        elif type(held) is str and field.name not in CODES:
            changes[field.name] = payload
    if "reason" in changes and getattr(value, "category", "") in ("S", "Z"):
        del changes["reason"]  # these have none to give
    return dataclasses.replace(value, **changes)
