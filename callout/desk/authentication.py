"""Who is it that asks? By a registered address, by a name among those who may call, by the customer's PIN. Pure.

Published procedure: tickets come from registered addresses, and whoever uses the emergency phone is authenticated.
The PIN itself goes nowhere: not into a finding, not into a reason, not into the ledger.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from access_check.escaping import shown
from callout.findings import Finding, Move, Status

if TYPE_CHECKING:
    from pydantic import SecretStr

    from callout.inventory.desk import CustomerDesk

CHECK = "entitlement.caller"


class Proof(StrEnum):
    """What shows that it is them."""

    REGISTERED_ADDRESS = "registered_address"
    REGISTERED_CALLER = "registered_caller"
    PIN = "pin"


PROOFS = {
    Proof.REGISTERED_ADDRESS: "a registered address",
    Proof.REGISTERED_CALLER: "a name among those who may call",
    Proof.PIN: "the PIN",
}


@dataclass(frozen=True, slots=True)
class Authentication:
    """Who asks, and by what that was shown. `finding` is the verdict; only a passed one lets anything be asked."""

    who: str
    proofs: tuple[Proof, ...]
    finding: Finding

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {"who": self.who, "proofs": [str(proof) for proof in self.proofs]}


def authenticate_caller(desk: CustomerDesk, who: str, pin: SecretStr | None) -> Authentication:
    """For the emergency phone: all that the customer has on file must be right.

    With a PIN on file it must be said; with callers on file `who` must be one of them (a name, or the number that
    they call from). With neither nobody can be told from anybody else, and that is not fine.
    """
    named, right = _is_caller(desk, who), pin_is_right(desk, pin)
    proofs = tuple(proof for proof, shown in ((Proof.REGISTERED_CALLER, named), (Proof.PIN, right)) if shown)
    return Authentication(who.strip(), proofs, _judged(desk, who, pin is not None, proofs))


def authenticate_writer(
    desk: CustomerDesk, registered: Sequence[str], who: str, pin: SecretStr | None
) -> Authentication:
    """For a chat: a registered address, a name among the callers, or the PIN; one of them is enough.

    A wrong PIN is not made good by a name.
    """
    address = who.strip().casefold() in {one.casefold() for one in registered}
    shown = (
        (Proof.REGISTERED_ADDRESS, address),
        (Proof.REGISTERED_CALLER, _is_caller(desk, who)),
        (Proof.PIN, pin_is_right(desk, pin)),
    )
    proofs = tuple(proof for proof, there in shown if there)
    if pin is not None and Proof.PIN not in proofs:
        finding = _judged(desk, who, True, proofs)
    elif proofs:
        finding = _passed(who, proofs)
    else:
        finding = Finding(
            CHECK, Status.FAIL, "unregistered", f"{_name(who)} is not registered for this customer.", Move.CUSTOMER,
            "They write from a registered address, or say the PIN.",
        )  # fmt: skip
    return Authentication(who.strip(), proofs, finding)


def pin_is_right(desk: CustomerDesk, given: SecretStr | None) -> bool:
    """Whether it is the PIN on file, found out in the same time whichever character differs; False without one."""
    if given is None or not has_pin(desk):
        return False
    said, known = (hashlib.sha256(_plain(one).encode()).digest() for one in (given, desk.pin))
    return hmac.compare_digest(said, known)


def has_pin(desk: CustomerDesk) -> bool:
    """Whether a PIN is on file; an empty one is none."""
    return bool(_plain(desk.pin))


def _plain(pin: SecretStr | None) -> str:
    return pin.get_secret_value().strip() if pin is not None else ""


def _is_caller(desk: CustomerDesk, who: str) -> bool:
    name, digits = who.strip().casefold(), _digits(who)
    return any(
        name == caller.name.strip().casefold() or (bool(caller.telephone) and digits == _digits(caller.telephone or ""))
        for caller in desk.callers
    )


def _digits(written: str) -> str:
    """A telephone number without how it was set; empty where there is no + in front of it."""
    return "".join(one for one in written if one in "0123456789") if written.strip().startswith("+") else ""


def _judged(desk: CustomerDesk, who: str, pin_given: bool, proofs: Sequence[Proof]) -> Finding:
    if not who.strip():
        return _failed(
            "nobody",
            "Nobody said who is calling.",
            "Give their name or number: --sender (--caller where it becomes one).",
        )
    if not has_pin(desk) and not desk.callers:
        return Finding(
            CHECK, Status.UNKNOWN, "nothing-on-file", "The customer has neither a PIN nor callers on file.", Move.US,
            "Write callout_customer.desk.pin (vaulted) or callers; until then they write from a registered address.",
        )  # fmt: skip
    if has_pin(desk) and not pin_given:
        return _failed("no-pin", f"{_name(who)} has not said the PIN.", "Ask for it; callout asks you, or --pin-file.")
    if has_pin(desk) and Proof.PIN not in proofs:
        return _failed("wrong-pin", f"The PIN that {_name(who)} said is wrong.", "Ask again; do not say what is right.")
    if pin_given and not has_pin(desk):
        return _failed("no-pin-on-file", "A PIN was said, but none is on file.", "Leave it out, or put one on file.")
    if desk.callers and Proof.REGISTERED_CALLER not in proofs:
        return _failed("unknown-caller", f"{_name(who)} is not among those who may call.", "Call one of them back.")
    return _passed(who, proofs)


def _passed(who: str, proofs: Sequence[Proof]) -> Finding:
    by = " and ".join(PROOFS[proof] for proof in proofs)
    evidence = {"who": who.strip(), "proofs": [str(proof) for proof in proofs]}
    return Finding(CHECK, Status.PASS, "authenticated", f"{_name(who)} was authenticated by {by}.", evidence=evidence)


def _failed(code: str, seen: str, remedy: str) -> Finding:
    return Finding(CHECK, Status.FAIL, code, seen, Move.US, remedy)


def _name(who: str) -> str:
    return shown(who.strip(), 120) or "Whoever asks"
