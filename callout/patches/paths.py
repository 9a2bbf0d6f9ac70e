"""Pure: which paths on a customer's system a bundle may name."""

from __future__ import annotations

MAXIMUM_PATH_BYTES = 512
MAXIMUM_NAME_BYTES = 200
# The kernel's own trees: no file in them is one that could be replaced.
FORBIDDEN = ("/proc", "/sys", "/dev")
OURS = ".callout"


def safe_path(path: str) -> str:
    """`path` itself if it is an absolute, normal path of an ordinary file's name.

    Raises ValueError with the reason: relative, `.` or `..` or empty parts, control characters, too long
    (512 bytes; 200 for a name, so that our own temporary names fit beside it), below /proc, /sys or /dev,
    or a name that our own temporary files have.
    """
    parts = path.split("/")
    if not path.startswith("/") or len(parts) < 2:
        raise ValueError(f"{path[:80]!r} is no absolute path")
    if any(part in ("", ".", "..") for part in parts[1:]):
        raise ValueError(f"{path[:80]!r} is not normal: it has an empty part, '.' or '..'")
    if not path.isprintable() or any(part != part.strip() for part in parts):
        raise ValueError(f"{path[:80]!r} has control characters, or spaces at the end of a name")
    try:
        sizes = [len(part.encode()) for part in parts]
    except UnicodeEncodeError:
        raise ValueError(f"{path[:80]!r} is not UTF-8") from None
    if sum(sizes) + len(parts) > MAXIMUM_PATH_BYTES or max(sizes) > MAXIMUM_NAME_BYTES:
        raise ValueError(f"{path[:80]!r} … is too long")
    if any(path == tree or path.startswith(f"{tree}/") for tree in FORBIDDEN):
        raise ValueError(f"{path!r} is below {', '.join(FORBIDDEN)}")
    if any(part.startswith(OURS) for part in parts):
        raise ValueError(f"{path!r} has a name that is kept for our own temporary files")
    return path


def safe_target(text: str) -> str:
    """`text` itself if a symlink may say it, relative or absolute. Raises ValueError with the reason.

    Printable, no spaces at the ends, 1 to 512 bytes, nothing below /proc, /sys or /dev by its own words, none of
    our own names. Where it leads is the author's matter; a relative one may climb (`../releases/8`).
    """
    if not text or not text.isprintable() or text != text.strip():
        raise ValueError(f"{text[:80]!r} is no text for a symlink: empty, control characters, or spaces at an end")
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise ValueError(f"{text[:80]!r} is not UTF-8") from None
    if size > MAXIMUM_PATH_BYTES:
        raise ValueError(f"{text[:80]!r} … is too long")
    if any(text == tree or text.startswith(f"{tree}/") for tree in FORBIDDEN):
        raise ValueError(f"{text!r} is below {', '.join(FORBIDDEN)}")
    if any(part.startswith(OURS) for part in text.split("/")):
        raise ValueError(f"{text!r} has a name that is kept for our own temporary files")
    return text
