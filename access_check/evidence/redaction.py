"""Pure: what of a target and of observations may be kept. Secrets never are; by default neither is whose system it is.

Every text of an observation is cut unless it is named here, so a field that is new is cut until somebody has
thought about it. Numbers, moments and words of the closed vocabulary always stay: verdicts stand on them.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel, SecretStr

from access_check.escaping import shown
from access_check.evidence.arguments import kept_arguments
from access_check.evidence.pseudonyms import Pseudonyms
from access_check.observations import Observations
from access_check.profile import AccessProfile
from access_check.targets import Target
from access_check.waivers import Waiver

WITHHELD = "withheld"
SAID_BACK = "[a credential]"
SHORTEST_SECRET = 3
LIMIT_SECRET = 100_000
Rule = Callable[[Pseudonyms, str], str]


def _kept(_: Pseudonyms, said: str) -> str:
    return said


def _option(pseudonyms: Pseudonyms, said: str) -> str:
    """`force-command=…`: the name stays, where it looks like one of OpenSSH's."""
    name, equals, value = said.partition("=")
    known = re.fullmatch(r"[a-z0-9-]{1,40}(@openssh\.com)?", name)
    return f"{name}{equals}{pseudonyms.cut(value)}" if known else pseudonyms.cut(said)


# Class and field of an observation → what becomes of its text. What is not here is cut.
TEXTS: Mapping[str, Rule] = {
    "NameObservation.addresses": Pseudonyms.address,
    "NameObservation.detail": _kept,  # our own resolver's words
    "TcpObservation.address": Pseudonyms.address,
    "TcpObservation.failed_before": Pseudonyms.address,
    "TcpObservation.detail": _kept,  # our own operating system's words
    "Offer.key_exchange": _kept,
    "Offer.host_keys": _kept,
    "Offer.ciphers": _kept,
    "Offer.macs": _kept,
    "HostKeyObservation.kind": _kept,
    "HostKeyObservation.fingerprint": Pseudonyms.fingerprint,
    "HostKeyObservation.on_file": Pseudonyms.fingerprint,
    "HostKeyObservation.authorities": Pseudonyms.fingerprint,
    "LoginObservation.method": _kept,
    "LoginObservation.offered": _kept,
    "SshObservation.banner_text": Pseudonyms.software,
    "UserCertificate.path": Pseudonyms.cut,
    "SshCertificate.key_kind": _kept,
    "SshCertificate.fingerprint": Pseudonyms.fingerprint,
    "SshCertificate.authority": Pseudonyms.fingerprint,
    "SshCertificate.principals": Pseudonyms.user,
    "SshCertificate.options": _option,
    "Room.mount": _kept,
    "ShellFacts.load": _kept,
    "ShellFacts.tar": Pseudonyms.software,
    "ShellFacts.product": Pseudonyms.software,
    "AsteriskSeen.command": _kept,  # one of our own candidates
    "AsteriskSeen.version": Pseudonyms.software,
    "AsteriskSeen.missing": _kept,  # names out of our own script
    "PageObservation.server": Pseudonyms.software,
    "PresentedCertificate.names": Pseudonyms.address,
    "PresentedCertificate.protocol": _kept,
    "SignInObservation.detail": _kept,  # our own words
    "ApiObservation.version": Pseudonyms.software,
    "ApiObservation.services": _kept,
    "SipObservation.user_agent": Pseudonyms.software,
}
_OWN_TEXTS: Mapping[str, Rule] = {
    "name": Pseudonyms.system,
    "product": _kept,
    "address": Pseudonyms.address,
    "user": Pseudonyms.user,
    "certificate_authority": Pseudonyms.fingerprint,  # compared with the one of the certificate
}


def kept_observations(seen: Observations, target: Target, pseudonyms: Pseudonyms | None) -> Observations:
    """What is kept of `seen`: all of it without `pseudonyms`, else what `TEXTS` says.

    A credential of `target` that the system said back to us is taken out in both cases.
    """
    secrets = sorted(set(_secrets(target)), key=len, reverse=True)

    def kept(place: str, said: str) -> str:
        rule = TEXTS.get(place, Pseudonyms.cut)
        if rule is _kept:
            return said
        for secret in secrets:
            said = said.replace(secret, SAID_BACK)
        return said if pseudonyms is None else rule(pseudonyms, said)

    whole: Observations = _observed(seen, kept, "")
    return whole


def _observed(value: Any, kept: Callable[[str, str], str], place: str) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        name = type(value).__name__
        parts = {one.name: getattr(value, one.name) for one in dataclasses.fields(value) if one.init}
        below = {part: _observed(each, kept, f"{name}.{part}") for part, each in parts.items()}
        return dataclasses.replace(value, **below)
    if isinstance(value, Mapping):
        return {key: _observed(each, kept, place) for key, each in value.items()}
    if isinstance(value, tuple | list | frozenset):
        return type(value)(_observed(each, kept, place) for each in value)
    return kept(place, value) if isinstance(value, str) and not isinstance(value, Enum) else value


def _secrets(value: Any) -> Iterator[str]:
    """Every credential, as it is and as it is shown; shorter ones than three characters are in any text."""
    if isinstance(value, SecretStr):
        plain = value.get_secret_value()
        yield from (said for said in (plain, shown(plain, LIMIT_SECRET)) if len(said) >= SHORTEST_SECRET)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secrets(getattr(value, name))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _secrets(each)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _secrets(each)


def kept_target(target: Target, pseudonyms: Pseudonyms | None) -> Target:
    """The requirements' side of `target`: what must hold, and of every detail only whether it is on file.

    Without `pseudonyms` names, address and waivers stay as they are. Credentials and paths never do, of
    connection arguments only names and jump hosts (a ProxyCommand may hold a password).
    """
    return target.model_copy(
        update={name: _detail(name, getattr(target, name), pseudonyms) for name in Target.model_fields}
    )


def _detail(name: str, value: Any, pseudonyms: Pseudonyms | None) -> Any:
    if isinstance(value, AccessProfile):
        return value
    if name in _OWN_TEXTS and isinstance(value, str):
        return value if pseudonyms is None else _OWN_TEXTS[name](pseudonyms, value)
    if name == "connection_arguments":
        return kept_arguments(value, pseudonyms.address if pseudonyms else str)
    if name in ("waivers", "expired_waivers", "waivers_on_file"):
        return {check: _reason(one, pseudonyms) for check, one in value.items()}
    return _only_whether(value)


def _reason(one: Waiver | str, pseudonyms: Pseudonyms | None) -> Waiver | str:
    """A waiver with its reason cut; one without a reason stays one without."""
    if pseudonyms is None:
        return one
    if isinstance(one, Waiver):
        return one.model_copy(update={"reason": pseudonyms.cut(one.reason.strip())})
    return pseudonyms.cut(one.strip())


def _only_whether(value: Any) -> Any:
    """The same kind of value, that says no more than whether there is one."""
    if isinstance(value, SecretStr):
        return SecretStr(WITHHELD if value.get_secret_value() else "")
    if isinstance(value, BaseModel):
        return value.model_copy(update={name: _only_whether(getattr(value, name)) for name in type(value).model_fields})
    if isinstance(value, PurePath):
        return type(value)(WITHHELD)
    if isinstance(value, str) and not isinstance(value, Enum):
        return WITHHELD if value else ""
    if isinstance(value, Mapping):
        return {}
    return () if isinstance(value, tuple | list) else value
