"""What is stored comes back as it was; what was changed on the way is named."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from callout.errors import BadInput
from callout.worklog.invoice.document import Invoice
from tests.unit.worklog.invoice.sample_invoices import abroad, credit_note, month


@pytest.mark.parametrize("make", [month, credit_note, abroad])
def test_an_invoice_survives_the_ledger(make: Callable[[], Invoice]):
    stored = json.loads(json.dumps(make().to_dict()))
    assert Invoice.from_dict(stored) == make()
    assert Invoice.from_dict(stored).to_dict() == stored


def _changed(path: list[Any], value: Any) -> dict[str, Any]:
    stored: Any = copy.deepcopy(month().to_dict())
    place = stored
    for key in path[:-1]:
        place = place[key]
    if value is KeyError:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return stored  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["number"], KeyError, "invoice.number is missing"),
        (["surprise"], "x", "invoice.surprise is a key that nobody reads"),
        (["number"], 7, "invoice.number is no text"),
        (["issue_date"], "2026-02-30", "invoice.issue_date is no date"),
        (["type"], "999", "invoice.type is no word that is known here"),
        (["lines"], "x", "invoice.lines is no list"),
        (["lines", 1, "price"], "12,50", "invoice.lines[1].price is no amount"),
        (["lines", 1, "price"], "NaN", "invoice.lines[1].price is no amount"),
        (["lines", 1, "price"], "9" * 100, "invoice.lines[1].price is no amount"),
        (["lines", 3, "adjustments", 0, "charge"], "yes", "adjustments[0].charge is neither true nor false"),
        (["lines", 0, "attributes", 0], ["one"], "attributes[0] has 1 parts and not 2"),
        (["totals"], None, "invoice.totals is no set of keys"),
    ],
)
def test_what_was_changed_on_the_way_is_named(path: list[Any], value: Any, said: str):
    with pytest.raises(BadInput) as caught:
        Invoice.from_dict(_changed(path, value))
    assert said in caught.value.message
