"""`callout invoice`: what is sent to customers."""

from __future__ import annotations

from callout.cli import invoice_check
from callout.cli.shared import new_app

app = new_app("Invoices.")


@app.callback()
def group() -> None:
    """Invoices: what is sent to customers, and whether it is valid."""


invoice_check.register(app)
