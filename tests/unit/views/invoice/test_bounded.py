"""Foreign files are checked in a process of their own, which says the same and ends in time."""

from __future__ import annotations

import re

import pytest

from callout.errors import BadInput, CalloutError
from callout.views.invoice.checking.bounded import checked_within
from callout.views.invoice.checking.checked import checked
from callout.views.invoice.ubl import ubl
from tests.unit.worklog.invoice.sample_invoices import month, worked


def test_it_says_the_same():
    wrong = ubl(month()).replace(b"987.00</cbc:TaxExclusiveAmount", b"986.00</cbc:TaxExclusiveAmount")
    assert checked_within(wrong) == checked(wrong)


def test_what_is_refused_keeps_its_sentence_and_its_exit_status():
    with pytest.raises(CalloutError, match="This is no e-invoice: its XML is a 'a'") as caught:
        checked_within(b"<a/>")
    assert caught.value.exit_status == 2
    assert caught.value.hint


def test_a_file_that_would_take_hours_is_ended():
    """Each of thousands of tax rates is compared with each of thousands of lines."""
    count = 2500
    text = ubl(month(lines=tuple(worked(str(place), 3, "x", 45, "96") for place in range(count)))).decode()
    found = re.search(r" *<cac:TaxSubtotal>.*?</cac:TaxSubtotal>\n", text, re.S)
    assert found
    rates = "".join(found[0].replace(">20<", f">{place % 90}.{place}<") for place in range(count))
    with pytest.raises(BadInput, match="takes longer than 2 seconds"):
        checked_within(text.replace(found[0], rates).encode(), 2)
