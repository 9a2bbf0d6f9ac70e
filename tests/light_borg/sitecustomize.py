"""On PYTHONPATH of the tests: a Borg that starts finds no pytest, as at customers' desks, and so does not import it.

Borg's own tests are part of it; they take pytest along where it is installed, a third of what a start costs.
"""

from __future__ import annotations

import sys

if any(word.endswith("/borg") for word in sys.orig_argv[1:2]) or "callout.backups.borg_taking" in sys.orig_argv[:4]:
    sys.modules["pytest"] = None  # type: ignore[assignment]
