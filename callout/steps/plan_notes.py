"""What a plan does not hold and a person wants to see beside it: calls in progress, and how a file was modified.

None of it is in the plan's hash, or in the ledger: calls come and go, and what is in a customer's file is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

from callout.backups.secrets import holds_a_key, is_secret_path, redacted, secret_patterns
from callout.errors import CalloutError
from callout.inventory.models import System
from callout.patches.contents import kept_content, read_there
from callout.patches.modified import Modified, modified_text
from callout.patches.observe import observe
from callout.patches.plan import Plan
from callout.steps.context import Context
from callout.steps.health import calls_in_progress

# A file of this size is looked at whole; a larger one is named.
MAXIMUM_SHOWN_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class PlanNotes:
    """`calls` in progress now, None where that is not known. `modified` is text for people, one per modified file."""

    calls: int | None
    modified: tuple[str, ...]

    @property
    def text(self) -> str:
        """For people; ends with a line's end."""
        calls = "not known" if self.calls is None else str(self.calls)
        return "\n".join([f"Calls in progress now: {calls}", *(one.rstrip("\n") for one in self.modified), ""])


def plan_notes(context: Context, system: System, plan: Plan) -> PlanNotes:
    """Looks once more; records nothing. Raises Unreachable, TrustRefused.

    A file that the backup's rules call secret, or that holds a private key, is never shown; of a line that looks like
    a password only the name is.
    """
    paths = [one.path for one in plan.files if one.code == "modified"]
    return PlanNotes(_calls(context, system), tuple(_modified(context, system, plan, paths)) if paths else ())


def _calls(context: Context, system: System) -> int | None:
    try:
        return calls_in_progress(context, system)
    except CalloutError as error:
        if error.exit_status == 6:
            raise
        return None


def _modified(context: Context, system: System, plan: Plan, paths: list[str]) -> list[str]:
    session = context.connect(system.target)
    patterns = secret_patterns(system)
    seen = {one.path: one for one in observe(session, paths)}
    accepted = {one.path: one.accepted for one in plan.files}
    small = [one for one in seen.values() if (one.size_bytes or 0) <= MAXIMUM_SHOWN_BYTES]
    found = read_there(session, [one for one in small if not is_secret_path(one.path, patterns)])
    bundle = plan.bundle
    diffs = {one.path: bundle.diffs[one.diff] for one in bundle.manifest.files if one.diff}
    told = []
    for path in paths:
        content = found.get(path)
        expected = kept_content(context.places.originals, accepted[path])
        why_not = ""
        if is_secret_path(path, patterns) or any(one and holds_a_key(one) for one in (content, expected)):
            why_not = "not shown, it holds secrets"
        elif content is None:
            why_not = "not shown, it is over 1 MiB or was changed while we looked"
        told.append(modified_text(Modified(path, content, expected, diffs.get(path), why_not), redacted))
    return told
