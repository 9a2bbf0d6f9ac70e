"""Pure: one look at one system as a file, and back. What is read may have been edited, or come from anybody."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from access_check.addresses import is_literal
from access_check.errors import AccessCheckError
from access_check.findings import Finding
from access_check.last_seen import LastSeen
from access_check.observations import Observations
from access_check.observations_codec import UnreadableObservations, dump, load
from access_check.requirements import tcp_ports
from access_check.targets import Target, as_of
from access_check.validation import Strict
from access_check.verdicts import judge

SCHEMA_VERSION = 1
KIND = "access-check evidence"
LIMIT_BYTES = 2 * 1024 * 1024
_MOST_PORTS = 256
_YEARS = range(2000, 2200)


class NoEvidence(AccessCheckError):
    """A file that cannot be judged or compared; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One look at one system: what must hold there, what was seen, when, by which version, from where.

    `looked_at` is UTC. `looked_from` is our address on the way there, empty where it is not known. `pseudonyms`
    names the key of the stand-ins, empty where nothing was replaced. `target`
    holds no credential: only whether one is on file. `before` is when it was last open, where
    that was told (--before).
    """

    version: str
    looked_at: dt.datetime
    looked_from: str
    pseudonyms: str
    target: Target
    seen: Observations
    before: LastSeen | None = None


class _File(Strict):
    schema_version: Literal[1]
    kind: Literal["access-check evidence"]
    version: str = Field(max_length=64)
    looked_at: AwareDatetime
    looked_from: str = Field(max_length=64)
    redacted: bool
    pseudonyms: str = Field(pattern=r"^([0-9a-f]{8})?$")
    target: Target
    observations: dict[str, Any]
    last_open: LastSeen | None = None


def judged(evidence: Evidence, now: dt.datetime | None = None) -> list[Finding]:
    """The findings as they were printed; what ends is held against `now`, else against the moment of the look."""
    target = judged_target(evidence, now)
    return judge(target, evidence.seen if now is None else _dated(evidence.seen, now), evidence.before)


def judged_target(evidence: Evidence, now: dt.datetime | None = None) -> Target:
    """The target with the waivers in force at `now`, else at the moment of the look."""
    return as_of(evidence.target, (now or evidence.looked_at).astimezone(dt.UTC).date())


def _dated(value: Any, now: dt.datetime) -> Any:
    """The same observations as if `now` were the moment of the look: certificates end, what was seen stays seen."""
    if isinstance(value, Mapping):
        return {key: _dated(below, now) for key, below in value.items()}
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    parts = {one.name: _dated(getattr(value, one.name), now) for one in dataclasses.fields(value) if one.init}
    for name, moment in (("at", now.astimezone(dt.UTC)), ("looked_at", int(now.timestamp()))):
        if isinstance(parts.get(name), type(moment)):
            parts[name] = moment
    return dataclasses.replace(value, **parts)


def encode(evidence: Evidence) -> bytes:
    """The file: JSON in ASCII that ends with a newline."""
    target = evidence.target.model_dump(mode="json")
    for check, waiver in target["waivers_on_file"].items():
        if not waiver["ticket"]:  # a plain sentence in the inventory: it has nothing but the reason
            target["waivers_on_file"][check] = waiver["reason"]
    whole = {
        "schema_version": SCHEMA_VERSION,
        "kind": KIND,
        "version": evidence.version,
        "looked_at": evidence.looked_at.astimezone(dt.UTC).isoformat(),
        "looked_from": evidence.looked_from,
        "redacted": bool(evidence.pseudonyms),
        "pseudonyms": evidence.pseudonyms,
        "target": target,
        "observations": json.loads(dump(evidence.seen)),
        "last_open": TypeAdapter(LastSeen | None).dump_python(evidence.before, mode="json"),
    }
    return (json.dumps(whole, indent=1, ensure_ascii=True) + "\n").encode()


def parsed(content: bytes, file: str) -> dict[str, Any]:
    """The JSON object in `content`, which is at most 2 MiB. Raises NoEvidence naming `file`."""
    if len(content) > LIMIT_BYTES:
        raise NoEvidence(f"{file} is larger than {LIMIT_BYTES} bytes, which no file of ours is.", "Name another file.")
    try:
        raw = json.loads(content, parse_constant=_no_number, object_pairs_hook=_no_key_twice)
    except (ValueError, RecursionError):
        raise NoEvidence(f"{file} is not JSON as we write it.", "Name a file that --evidence has written.") from None
    if not isinstance(raw, dict):
        raise NoEvidence(f"{file} holds no JSON object.", "Name a file that --evidence has written.")
    return raw


def decode(raw: dict[str, Any], file: str) -> Evidence:
    """What `encode` wrote. Raises NoEvidence naming `file` and the first key that is not as it must be."""
    if raw.get("kind") != KIND:
        raise NoEvidence(f"{file} is no evidence of access-check.", "Name a file that --evidence has written.")
    if raw.get("schema_version") != SCHEMA_VERSION:
        raise NoEvidence(f"{file}: schema_version is not {SCHEMA_VERSION}.", "Judge it with the version that wrote it.")
    try:
        read = _File.model_validate(raw)
        seen = load(json.dumps(read.observations).encode())
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part)[:40] for part in first["loc"][:6])
        raise NoEvidence(f"{file}: {where}: {first['msg']}.", "It was edited, or is none of ours.") from None
    except UnreadableObservations as error:
        raise NoEvidence(f"{file}: {error.message}", "It was edited, or is none of ours.") from None
    _check_bounds(read, seen, file)
    return Evidence(
        read.version,
        read.looked_at.astimezone(dt.UTC),
        read.looked_from,
        read.pseudonyms,
        read.target,
        seen,
        read.last_open,
    )


def _check_bounds(read: _File, seen: Observations, file: str) -> None:
    """What no type says, and yet every rule relies on."""
    foreign = [] if seen.name is None else [one for one in seen.name.addresses if not is_literal(one)]
    wrong = {
        "looked_at is no moment at which we looked": read.looked_at.year not in _YEARS,
        "pseudonyms says otherwise than redacted": read.redacted != bool(read.pseudonyms),
        "observations.name.addresses holds what is no address": bool(foreign),
        f"there are more than {_MOST_PORTS} ports": len(tcp_ports(read.target)) > _MOST_PORTS,
        "last_open.at has no zone": read.last_open is not None and read.last_open.at.tzinfo is None,
    }
    for what, is_so in wrong.items():
        if is_so:
            raise NoEvidence(f"{file}: {what}.", "It was edited, or is none of ours.")


def _no_number(said: str) -> NoReturn:
    raise ValueError(f"{said} is no number")


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) != len(pairs):
        raise ValueError("a key stands twice")
    return whole
