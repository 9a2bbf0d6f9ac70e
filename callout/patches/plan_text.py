"""Pure: a plan as text that a customer can read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from access_check.escaping import shown
from callout.policy.charging import charging_sentence

_WORDS = {
    "create": "new file",
    "replace": "replace",
    "delete": "remove",
    "symlink": "symlink",
    "patch": "patch",
    "already-in": "already in",
    "blocked": "BLOCKED",
}


def plan_text(plan: Mapping[str, Any], plan_hash: str) -> str:
    """The plan for people, its full hash at the end. Paths and titles were validated as printable before."""
    bundle = plan["bundle"]
    version = plan["version"] or "unknown"
    lines = [
        f"Plan for {plan['system']} of {plan['customer']} ({plan['address']} port {plan['port']})",
        f"  ticket {shown(plan['ticket'])}",
        f"  {plan['product']}, version {version}",
        f"  bundle {bundle['id']} ({bundle['severity']}): {bundle['title']}",
        f"  why: {bundle['bug']}, {bundle['documentation']}",
        f"  signed by {', '.join(bundle['signers'])}; sha256 {bundle['sha256']}",
        f"  verdict: {plan['verdict']}{_by(plan)}",
        "",
        "Files",
        *(_file_line(one) for one in plan["files"]),
        "",
        f"Restarted: {', '.join(one['service'] for one in plan['restart']) or 'nothing'}",
        f"Expected downtime: {plan['downtime_minutes']} min",
        *_since_2(plan),
        f"Charged: {charging_sentence(plan['charging'])}",
    ]
    if plan["reasons"]:
        lines += ["", "Why not"]
        lines += [f"  - {reason['seen']} {reason['remedy']}".rstrip() for reason in plan["reasons"]]
    return "\n".join([*lines, "", f"Hash {plan_hash}", ""])


def _by(plan: Mapping[str, Any]) -> str:
    return f" by {plan['superseded_by']}, which is in" if plan.get("superseded_by") else ""


def _since_2(plan: Mapping[str, Any]) -> list[str]:
    lines = []
    if plan.get("sql"):
        way = "in one transaction" if plan["sql"]["transactional"] else "not in a transaction"
        lines.append(f"Database {plan['sql']['database'] or 'unknown'}: changed {way}; SQL {plan['sql']['up'][:12]}")
    if plan.get("health"):
        lines.append(f"Must be well besides: {', '.join(plan['health'])}")
    if plan.get("manual"):
        lines += ["By hand", *(f"  {number}. {step}" for number, step in enumerate(plan["manual"], 1))]
    return lines


def _file_line(one: Mapping[str, Any]) -> str:
    line = f"  {_WORDS[one['verdict']]:<10} {one['path']}"
    if one["verdict"] in ("already-in", "blocked"):
        return line
    after = f"says {one['target']}" if one.get("target") else _short(one["after"])
    return f"{line}  {_short(one['before'])} → {after}"


def _short(image: Mapping[str, Any] | None) -> str:
    if image and image.get("kind") == "symlink":
        return f"symlink {image['sha256'][:12]}"
    return f"{image['sha256'][:12]} {image['mode']} {image['owner']}" if image else "nothing"
