"""Pure: what a change of a file is like, whatever its path: who could be harmed by waving it through."""

from __future__ import annotations

from callout.drift.change import Change, Values, What
from callout.drift.look import Section

_SET_ID = 0o6000
_RUNS = 0o111
NOT_TOLD = "?"
_CODE = (
    ".php", ".phtml", ".inc", ".sh", ".bash", ".pl", ".pm", ".py", ".rb", ".lua", ".js", ".cgi", ".agi", ".so", ".ko",
    ".a", ".o", ".jar", ".class", ".html", ".htm", ".tpl", ".sql", ".service", ".desktop",
)  # fmt: skip


def gains_rights(change: Change) -> bool:
    """True where a file has rights now that it had not: setuid or setgid on a program, capabilities, a device."""
    after, before = change.after, change.before or {}
    if change.section is not Section.FILES or after is None:
        return False
    if after.get("kind") in ("b", "c"):
        return before.get("kind") != after.get("kind") or change.has("device", "mode", "owner")
    if after.get("kind") != "f":
        return False
    set_id = _mode(after) & _SET_ID
    capable = after.get("capabilities", "") not in ("", NOT_TOLD, before.get("capabilities", ""))
    return bool(set_id & ~_mode(before)) or (bool(set_id) and change.has("owner", "kind")) or capable


def has_rights(change: Change) -> bool:
    """True where what a file with such rights holds is another now, too.

    Nothing that only says "such files are harmless" may explain that.
    """
    after = change.after or {}
    capable = after.get("capabilities", "") not in ("", NOT_TOLD)
    privileged = after.get("kind") == "f" and (bool(_mode(after) & _SET_ID) or capable)
    return gains_rights(change) or (change.section is Section.FILES and privileged and not same_content(change))


def is_program(change: Change) -> bool:
    """True where what is there now is a regular file that can be executed."""
    after = change.after
    return change.section is Section.FILES and after is not None and is_executable(after)


def is_code(change: Change) -> bool:
    """True for what is run or read as instructions: by its x bit, before or after, or by how its name ends."""
    runs = any(is_executable(values) for values in (change.before, change.after) if values)
    return runs or has_rights(change) or change.subject.lower().endswith(_CODE)


def is_executable(values: Values) -> bool:
    """True for a regular file with an x bit."""
    return values.get("kind") == "f" and bool(_mode(values) & _RUNS)


def same_content(change: Change) -> bool:
    """True for a changed file that is known to hold the same as before: times, mode or owner alone differ."""
    return change.what is What.CHANGED and not change.has("content", "size", "kind", "target", "device", "unread")


def _mode(values: Values) -> int:
    try:
        return int(values.get("mode", "0"), 8)
    except ValueError:
        return 0o7777
