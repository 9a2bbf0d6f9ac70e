"""A foreign file, checked within a time, whatever is in it."""

from __future__ import annotations

import signal
import sys

from callout.errors import BadInput, CalloutError
from callout.findings import Finding
from callout.programs import run_program
from callout.views.invoice.checking.apart import understood

DEADLINE_S = 300
# By then it has ended itself, unless the machine stood still.
SPARE_S = 60


def checked_within(content: bytes, deadline_s: int = DEADLINE_S) -> list[Finding]:
    """`checked`, in a process of its own that ends after `deadline_s` seconds.

    Raises what `checked` raises, and BadInput for a file that takes longer, or more memory than it may.
    """
    words = [sys.executable, "-P", "-m", "callout.views.invoice.checking.apart", str(deadline_s)]
    done = run_program(words, stdin=content, deadline_s=deadline_s + SPARE_S)
    if done.rc == 0:
        return understood(done.text)
    remedy = "Nothing was found out: split the invoice, or look where the file comes from."
    if done.rc == -signal.SIGALRM:
        raise BadInput(f"Checking this file takes longer than {deadline_s} seconds.", remedy)
    if "MemoryError" in done.complaint or done.rc < 0:
        raise BadInput("Checking this file takes more memory than it may.", remedy)
    raise CalloutError(f"The check came to no end: {done.complaint}.", "Report it, with the file if it may be shown.")
