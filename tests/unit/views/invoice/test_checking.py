"""Validation by the official schema and rules: ours are valid, and what is wrong is found, with rule and place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from callout.errors import BadInput, Refused
from callout.findings import Finding, exit_code
from callout.views.invoice.checking import tools
from callout.views.invoice.checking.before_issue import must_be_valid
from callout.views.invoice.checking.checked import checked
from callout.views.invoice.cii import cii
from callout.views.invoice.ubl import ubl
from callout.worklog.invoice.document import Invoice
from tests.unit.worklog.invoice.sample_invoices import abroad, credit_note, month

FORMS = {"ubl": ubl, "cii": cii}


def broken(findings: list[Finding]) -> set[str]:
    return {finding.check for finding in findings if finding.blocks}


@pytest.mark.parametrize("make", [month, credit_note, abroad])
@pytest.mark.parametrize("form", FORMS)
def test_ours_are_valid(make: Callable[[], Invoice], form: str):
    findings = checked(FORMS[form](make()))
    assert exit_code(findings) == 0, [finding.seen for finding in findings]
    assert [finding.check for finding in findings] == ["invoice.schema", "invoice.rules"]


@pytest.mark.parametrize(
    ("form", "old", "new", "rule"),
    [
        ("ubl", "987.00</cbc:TaxExclusiveAmount", "986.00</cbc:TaxExclusiveAmount", "BR-CO-13"),
        ("ubl", "1184.40</cbc:PayableAmount", "1184.41</cbc:PayableAmount", "BR-CO-16"),
        ("ubl", ">ATU12345678<", ">U12345678<", "BR-CO-09"),
        ("ubl", ">58</cbc:PaymentMeansCode", ">999</cbc:PaymentMeansCode", "BR-CL-16"),
        ("cii", "987.00</ram:TaxBasisTotalAmount", "986.00</ram:TaxBasisTotalAmount", "BR-CO-13"),
        ("cii", "<ram:CountryID>AT</ram:CountryID>", "<ram:CountryID>XX</ram:CountryID>", "FX-SCH-A-000580"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_named_with_its_place(form: str, old: str, new: str, rule: str):
    xml = FORMS[form](month()).decode()
    assert old in xml
    findings = checked(xml.replace(old, new).encode())
    named = [finding for finding in findings if finding.check == f"invoice.rules@{rule}"]
    assert named, [finding.as_dict() for finding in findings]
    assert named[0].evidence["rule"] == rule
    assert str(named[0].evidence["location"]).startswith("/")
    assert exit_code(findings) == 3


def test_another_shape_is_told_by_the_schema_alone():
    findings = checked(ubl(month()).replace(b"IssueDate>2026-04-01<", b"IssueDate>soon<"))
    assert broken(findings) == {"invoice.schema"}
    assert "soon" in findings[0].seen


def test_who_claims_more_is_told_what_was_not_checked():
    claimed = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
    findings = checked(ubl(month()).replace(b"urn:cen.eu:en16931:2017<", f"{claimed}<".encode()))
    assert exit_code(findings) == 4
    assert claimed in findings[-1].seen


def test_what_is_valid_may_be_issued():
    assert len(must_be_valid(month())) == 4


def test_what_is_not_valid_is_not_issued():
    """Sums that do not fit together cannot come out of `completed`: somebody changed the document afterwards."""
    wrong = replace(month(), totals=replace(month().totals, due=month().totals.due + 1))
    with pytest.raises(Refused) as caught:
        must_be_valid(wrong)
    assert {reason["evidence"]["rule"] for reason in caught.value.reasons} >= {"BR-CO-16"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b" \n ", "The file is empty"),
        (b"hello", "no well-formed XML"),
        (b"<a/>", "This is no e-invoice: its XML is a 'a'"),
        (b"<!DOCTYPE a><a/>", "declares a document type"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "no well-formed XML"),
        (b"\xff\xfe<\x00a\x00", "no well-formed XML"),
        (b"<a>" * 100 + b"</a>" * 100, "nested more than"),
        (b"<a>" + b"<b/>" * 200_001 + b"</a>", "more than 200,000 elements"),
        (b"<a>" + b"x" * (9 * 1024 * 1024) + b"</a>", "more than the 8,388,608"),
        (b"%PDF-1.7\n%%EOF", "This PDF cannot be read"),
        (b"%PDF-" + b"1" * (33 * 1024 * 1024), "more than the 33,554,432"),
    ],
    ids=lambda value: re.sub(r"\W+", "-", value)[:30] if isinstance(value, str) else "content",
)
def test_what_is_no_invoice_is_told_in_one_sentence(content: bytes, said: str):
    with pytest.raises(BadInput, match=re.escape(said)) as caught:
        checked(content)
    assert "\n" not in caught.value.message
    assert caught.value.hint


def test_a_library_that_is_not_there_is_named_with_the_remedy():
    with pytest.raises(tools.CalloutError, match="no_such_library, which is not installed") as caught:
        tools.library("no_such_library")
    assert "callout[einvoice]" in caught.value.hint
    with pytest.raises(tools.CalloutError, match=r"does not bring nothing\.xslt"):
        tools.official("nothing.xslt")


def test_where_the_rules_cannot_be_run_it_is_not_read_as_valid():
    """The XSLT processor's own parser takes no more than so many escaped characters."""
    findings = checked(ubl(month()).replace(b"verworfen", b"&lt;" * 120_000))
    assert [(finding.check, str(finding.status)) for finding in findings][-1] == ("invoice.rules", "unknown")
    assert exit_code(findings) == 3
