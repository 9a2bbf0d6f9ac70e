"""What ssh's exit status 255 and its last words mean, as an error of ours."""

from __future__ import annotations

import re

from access_check.targets import Target
from access_check.trust import accept_command
from callout.errors import CalloutError, TrustRefused, Unreachable
from callout.programs import Completed, printable


def ssh_failure(target: Target, completed: Completed) -> CalloutError:
    """The error for a connection that did not come about or broke. One sentence, whose move, what to do."""
    said = completed.stderr.decode("utf-8", "replace")
    where = f"{target.name} ({target.address} port {target.port})"
    if (
        "HOST IDENTIFICATION HAS CHANGED" in said
        or "Host key verification failed" in said
        or "REVOKED HOST KEY" in said
    ):
        return _trust_refused(target, where, said)
    if "Permission denied" in said:
        return Unreachable(
            f"{where}: root login was refused; it was tried once.",
            "Ask the customer for the current root credentials; do not try again before, it may ban us.",
        )
    sentences = (
        (
            "Connection refused",
            "the port is closed",
            "Ask the customer to start sshd or to mend the forward.",
        ),
        ("timed out", "no answer", "Ask the customer to open or forward the port to the system."),
        ("No route to host", "no route", "Ask the customer's network provider."),
        ("Could not resolve", "the name does not resolve", "Correct ansible_host in the inventory."),
        ("no matching", "no common algorithm", "See access-check for the algorithms offered."),
    )
    for words, seen, hint in sentences:
        if words.lower() in said.lower():
            return Unreachable(f"{where}: {seen}.", hint)
    return Unreachable(f"{where}: the connection failed: {printable(completed.complaint)}.", "Run access-check on it.")


def _trust_refused(target: Target, where: str, said: str) -> TrustRefused:
    """Names the command that mends it; ssh says the fingerprint of a changed key only."""
    if "REVOKED HOST KEY" in said:
        return TrustRefused(
            f"{where}: the host key is revoked in {target.known_hosts}; nothing was sent.",
            "Do not log in. Ask the customer why a key that was withdrawn is in use again.",
        )
    changed = "HAS CHANGED" in said
    shown = re.search(r"\bSHA256:[A-Za-z0-9+/]{43}(?![A-Za-z0-9+/])", said) if changed else None
    look = "" if shown else f"callout trust show {target.name} --ask says the fingerprint. "
    command = accept_command(target.name, target.port, shown[0] if shown else "FINGERPRINT", replace=changed)
    return TrustRefused(
        f"{where}: the host key {'has changed' if changed else 'is unknown'}; nothing was sent.",
        f"{look}Compare it with the customer by another way, then change {target.known_hosts} with: {command}",
    )
