"""Is a baseline still the one that was recorded, and by whom? Signed with `ssh-keygen -Y`, held against the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callout.drift.look import LookFile
from callout.drift.scope import drift_policy_of
from callout.drift.shelf import SUFFIX, open_look
from callout.errors import TrustRefused
from callout.ledger.event import Event, canonical
from callout.ledger.store import LedgerView
from callout.signatures.keygen import judge_signatures, sign
from callout.signatures.verdict import require_good

if TYPE_CHECKING:
    from callout.inventory.models import System
    from callout.steps.context import Context

NAMESPACE = "callout-baseline"
_SIGNED = (
    "system",
    "customer",
    "look",
    "sha256",
    "sections",
    "files",
    "scope",
    "previous",
    "reason",
    "taken_at",
    "carried",
)


def newest_baseline(view: LedgerView, system: str) -> Event | None:
    """The newest `baseline_recorded` of the system; None where there was none."""
    events = list(view.events(kind="baseline_recorded", system=system))
    return events[-1] if events else None


def statement(body: Mapping[str, Any]) -> bytes:
    """What is signed of a baseline's body: all that says which look it is, in the ledger's canonical JSON."""
    return canonical({key: body[key] for key in _SIGNED}).encode()


def signature_of(context: Context, system: System, body: Mapping[str, Any]) -> str:
    """The armoured signature of a body; empty where policy names no key. Raises BadInput where the key cannot sign."""
    key = drift_policy_of(system).signing_key
    if not key:
        return ""
    return sign(statement(body), context.places.folder / key, NAMESPACE).decode("ascii")


def believed_baseline(context: Context, system: System, baseline: Event) -> LookFile:
    """The look that the baseline is. Raises TrustRefused where its signature does not count, or is missing though
    policy names a signing key; BadInput where its file is gone, or is another one than was recorded."""
    body = baseline.body
    what = f"The baseline of {system.name} ({body['look']})"
    if body.get("signature"):
        verdicts = judge_signatures(
            statement(body),
            [str(body["signature"]).encode("ascii")],
            namespace=NAMESPACE,
            allowed_signers=_file(context, system.policy.patches.allowed_signers),
            revoked_keys=_revoked(context, system),
            at=baseline.happened_at,
        )
        require_good(verdicts, what)
    elif drift_policy_of(system).signing_key:
        raise TrustRefused(
            f"{what} is not signed, though callout_policy.drift.signing_key names a key.",
            f"Look at the system by hand, then: callout baseline record {system.name} --anew --because REASON",
        )
    path = context.places.baselines / system.name / f"{body['look']}{SUFFIX}"
    return open_look(path, str(body["sha256"]))


def _file(context: Context, name: str) -> Path:
    return context.places.folder / name


def _revoked(context: Context, system: System) -> Path | None:
    patches = system.policy.patches
    if patches.revoked_keys:
        return _file(context, patches.revoked_keys)
    beside = _file(context, patches.allowed_signers).with_name("revoked_keys")
    return beside if beside.exists() else None
