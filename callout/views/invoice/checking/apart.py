"""`python -m callout.views.invoice.checking.apart SECONDS`: checks the file on standard input, in its own process.

A file of the right shape can keep the official rules busy for hours: they compare each part with each other. The
process ends itself when its time is up, wherever it is, and takes no more memory than it may.
"""

from __future__ import annotations

import json
import resource
import signal
import sys

from callout.errors import CalloutError
from callout.findings import Finding
from callout.views.invoice.checking.checked import checked

MOST_MEMORY_BYTES = 4 * 1024**3  # of data; of addresses the XSLT processor reserves far more than it uses


def answer(content: bytes) -> str:
    """The findings, or what is wrong with the file as a whole, as one line of JSON."""
    try:
        return json.dumps({"findings": [finding.as_dict() for finding in checked(content)]})
    except CalloutError as error:
        return json.dumps({"message": error.message, "hint": error.hint, "exit": error.exit_status})


def understood(said: str) -> list[Finding]:
    """The findings of an answer. Raises CalloutError with the answer's sentence and exit status where it is one."""
    told = json.loads(said)
    if "findings" in told:
        return [Finding.from_dict(one) for one in told["findings"]]
    refused = CalloutError(told["message"], told["hint"])
    refused.exit_status = told["exit"]
    raise refused


if __name__ == "__main__":
    signal.alarm(int(sys.argv[1]))
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read()).encode())
