"""Pure: what is odd about one file of a bundle."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from callout.findings import Finding, Move, Status
from callout.patches.bundle import Bundle
from callout.patches.file_change import FileChange

# Changing the base operating system is unsupported unless the documentation tells how (published procedure).
BASE_SYSTEM = ("/bin", "/boot", "/etc", "/lib", "/lib64", "/root", "/run", "/sbin", "/usr", "/var")
_PRIVATE_KEY = b"PRIVATE KEY-----"


def file_findings(one: FileChange, bundle: Bundle) -> Iterator[Finding]:
    """Findings about one file; none where there is nothing to say."""
    if any(one.path.startswith(f"{tree}/") for tree in BASE_SYSTEM):
        yield _warn(
            one, "base-system", "is of the base operating system, whose change is unsupported",
            "Leave it, or let documentation name the page that tells the step.",
        )  # fmt: skip
    if one.mode != "keep" and int(one.mode, 8) & 0o6002:
        yield _warn(one, "open-mode", f"gets mode {one.mode}: setuid, setgid or writable by all", "Say why in the bug.")
    if one.action == "replace" and one.after in one.before and (one.mode, one.owner) == ("keep", "keep"):
        yield _warn(one, "no-change", "is replaced by what it may be already", "Take that hash out of before.")
    if one.target is not None:
        yield from _link_findings(one)
    if one.action == "patch" and one.path.endswith(".php"):
        yield _warn(
            one, "encoded", "is PHP, which the vendor encodes: a text diff will not fit what customers have",
            "Replace it.",
        )  # fmt: skip
    if one.content:
        yield from _content_findings(one, bundle.contents[one.content])
    if one.diff is not None and _PRIVATE_KEY in bundle.diffs[one.diff]:
        yield _secret(one)


def _link_findings(one: FileChange) -> Iterator[Finding]:
    folder = posixpath.dirname(one.path)
    leads = posixpath.normpath(posixpath.join(folder, one.target or ""))
    home = "/".join(one.path.split("/")[:3])
    if leads != home and not leads.startswith(f"{home}/"):
        yield _warn(one, "leads-out", f"leads to {leads}, out of {home}", "Name a place that belongs to the product.")
    if leads == one.path:
        yield Finding(
            f"bundle.file@{one.path}", Status.FAIL, "loop", f"{one.path} leads to itself.", Move.US, "Mend target."
        )


def _content_findings(one: FileChange, content: bytes) -> Iterator[Finding]:
    if _PRIVATE_KEY in content:
        yield _secret(one)
    if not content and one.action == "replace":
        yield _warn(one, "empty", "becomes empty", "Delete it, if that is meant.")
    if b"\0" in content:
        return
    endings = content.count(b"\n")
    windows = content.count(b"\r\n")
    if content.startswith(b"#!"):
        if content.split(b"\n", 1)[0].endswith(b"\r"):
            yield Finding(
                f"bundle.file@{one.path}", Status.FAIL, "crlf-script",
                f"{one.path}: its first line ends with CR LF: no system can run that.", Move.US, "Save it with LF.",
            )  # fmt: skip
        if one.action == "create" and not int(one.mode, 8) & 0o111:
            yield _warn(one, "not-executable", f"is a script with mode {one.mode}", 'Say mode: "0755".')
    if 0 < windows < endings:
        yield _warn(one, "mixed-ends", f"has {windows} lines with CR LF and {endings - windows} with LF", "Choose one.")


def _secret(one: FileChange) -> Finding:
    seen = f"{one.path}: there is a private key in it, and a bundle is given away."
    return Finding(
        f"bundle.file@{one.path}", Status.FAIL, "secret", seen, Move.US, "Take it out; it is burnt if given."
    )


def _warn(one: FileChange, code: str, words: str, remedy: str) -> Finding:
    return Finding(f"bundle.file@{one.path}", Status.WARN, code, f"{one.path} {words}.", Move.US, remedy)
