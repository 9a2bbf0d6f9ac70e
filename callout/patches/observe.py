"""Looks at the files of a bundle on a system, in one round trip. Decides nothing; what comes back is hostile."""

from __future__ import annotations

import re
from collections.abc import Sequence

from callout.errors import CalloutError
from callout.patches.images import Observed, image_from_word
from callout.shell.scripts_shelf import script
from callout.shell.session import Session

_LINE = re.compile(
    r"(?P<number>\d{1,4}) (?P<image>\S{1,110}) (?P<size>\d{1,18}|-) (?P<links>\d{1,9}|-) (?P<way>ok|missing|symlink)"
    r" (?P<device>\d{1,20}|-) (?P<free>\d{1,18}|-) (?P<leftover>[0-9A-Za-z._]{1,64}|-)",
    re.ASCII,
)


def observe(session: Session, paths: Sequence[str]) -> list[Observed]:
    """What is at `paths` (absolute, normal), in that order.

    Raises CalloutError for a tool that is missing there or an answer that is not understood, Unreachable,
    TrustRefused.
    """
    listed = "".join(f"{path}\n" for path in paths).encode()
    done = session.run(script("patch_common") + script("patch_observe"), stdin=listed, deadline_s=300)
    lines = done.text.splitlines()
    if done.rc == 3 and lines and (missing := re.fullmatch(r"missing ([a-z0-9]{1,20})", lines[-1])):
        raise tool_missing(session.name, missing[1])
    if done.rc != 0 or done.cut or len(lines) != len(paths) + 1 or lines[-1] != f"end {len(paths)}":
        raise CalloutError(
            f"{session.name}: its answer about the bundle's files is not understood ({done.complaint}).",
            "Run access-check on it, then plan again.",
        )
    return [
        _one(session.name, number, path, line) for number, (path, line) in enumerate(zip(paths, lines, strict=False), 1)
    ]


def tool_missing(system: str, tool: str) -> CalloutError:
    """The error for a program that a script needs and that is not on the system."""
    return CalloutError(
        f"{system}: the program {tool} is not there; patches need it.", "Nothing is installed there: do it by hand."
    )


def _one(system: str, number: int, path: str, line: str) -> Observed:
    match = _LINE.fullmatch(line)
    if match is None or int(match["number"]) != number:
        raise CalloutError(f"{system}: its answer about {path} is not understood.", "Run access-check on it.")
    return Observed(
        path=path,
        image=image_from_word(match["image"]),
        way=match["way"],
        size_bytes=_number(match["size"]),
        links=_number(match["links"]),
        device=_number(match["device"]),
        free_kib=_number(match["free"]),
        leftover="" if match["leftover"] == "-" else match["leftover"],
    )


def _number(word: str) -> int | None:
    return None if word == "-" else int(word)
