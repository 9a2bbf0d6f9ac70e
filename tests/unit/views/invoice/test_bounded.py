"""Foreign files are checked in a process of their own, which says the same and ends in time."""

from __future__ import annotations

import pytest

from callout.errors import CalloutError
from callout.views.invoice.checking.bounded import checked_within
from callout.views.invoice.checking.checked import checked
from callout.views.invoice.ubl import ubl
from tests.unit.worklog.invoice.sample_invoices import month


def test_it_says_the_same():
    wrong = ubl(month()).replace(b"IssueDate>2026-04-01<", b"IssueDate>soon<")
    assert checked_within(wrong) == checked(wrong)


def test_what_is_refused_keeps_its_sentence_and_its_exit_status():
    with pytest.raises(CalloutError, match="This is no e-invoice: its XML is a 'a'") as caught:
        checked_within(b"<a/>")
    assert caught.value.exit_status == 2
    assert caught.value.hint
