"""Reads what `diff` compares: evidence, folders of it, and reports of the check in JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from access_check.evidence.difference import Looked
from access_check.evidence.reading import is_evidence, newest_looks, read_json
from access_check.evidence.record import Evidence, NoEvidence, decode, judged
from access_check.findings import Finding

_MOST_FINDINGS = 10_000
_TEXT = 20_000


def read_looks(path: Path) -> list[Looked]:
    """The systems' findings in a file of evidence, a folder of it (the newest looks), or a report in JSON.

    Raises NoEvidence for anything else.
    """
    if path.is_dir():
        return [_looked(one) for one in newest_looks(path)]
    raw = read_json(path)
    return [_looked(decode(raw, str(path)))] if is_evidence(raw) else _from_report(raw, str(path))


def _looked(one: Evidence) -> Looked:
    return Looked(one.target.name, tuple(judged(one)), one.looked_at.isoformat(timespec="seconds"), one.pseudonyms)


def _from_report(raw: dict[str, Any], file: str) -> list[Looked]:
    from access_check.views.json import SCHEMA_VERSION

    if "findings" not in raw and not isinstance(raw.get("systems"), list):
        raise NoEvidence(f"{file} is neither evidence nor a report of --format json.", "Name one of these.")
    if raw.get("schema_version") != SCHEMA_VERSION:
        raise NoEvidence(
            f"{file}: schema_version is not {SCHEMA_VERSION}.", "Compare it with the version that wrote it."
        )
    looks: dict[str, Looked] = {}
    for system in raw.get("systems", [raw]):
        try:
            name = _text(system["system"])
            findings = tuple(_finding(one) for one in system["findings"][:_MOST_FINDINGS])
        except (KeyError, TypeError, ValueError):
            raise NoEvidence(f"{file}: its systems are not as --format json writes them.", "It was edited.") from None
        looks[name] = Looked(name, findings)
    return list(looks.values())


def _finding(raw: dict[str, Any]) -> Finding:
    finding = Finding.from_dict(raw)
    for said in (finding.check, finding.code, finding.seen, finding.remedy):
        _text(said)
    if not isinstance(finding.evidence, dict):
        raise TypeError("evidence is no object")
    return finding


def _text(said: Any) -> str:
    if not isinstance(said, str) or len(said) > _TEXT:
        raise TypeError("it is no text")
    return said
