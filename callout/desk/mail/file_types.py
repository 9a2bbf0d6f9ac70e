"""Pure: what a file is by its first bytes, never by its name alone, and whether it is something that runs."""

from __future__ import annotations

import re

LOOKED_AT_BYTES = 4096
_PLAIN = "text/plain"
# (at which byte, what stands there, its type): the first that fits counts.
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (4, b"ftyp", "video/mp4"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (257, b"ustar", "application/x-tar"),
    (0, b"MSCF", "application/vnd.ms-cab-compressed"),
    (0, b"\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap"),
    (0, b"\xa1\xb2\xc3\xd4", "application/vnd.tcpdump.pcap"),
    (0, b"\x0a\x0d\x0d\x0a", "application/x-pcapng"),
    (0, b"SQLite format 3\0", "application/vnd.sqlite3"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\x7fELF", "application/x-elf"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"\xca\xfe\xba\xbe", "application/java-vm"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"\xfe\xed\xfa\xcf", "application/x-mach-binary"),
    (0, b"L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut"),
    (0, b"#!", "text/x-script"),
    (0, b"-----BEGIN ", "application/x-pem-file"),
)
_RUNS = frozenset({
    "application/x-elf", "application/vnd.microsoft.portable-executable", "application/java-vm",
    "application/x-mach-binary", "application/x-ms-shortcut", "text/x-script", "text/html", "image/svg+xml",
})  # fmt: skip
_RUNNING_NAME = re.compile(
    r"\.(?:exe|com|scr|pif|bat|cmd|ps1|psm1|vbs?|vbe|jse?|wsf|wsh|hta|msi|msp|dll|cpl|jar|lnk|reg|sh|py|pl|php|apk"
    r"|app|dmg|iso|img|vhdx?|docm|xlsm|pptm|dotm|xlam|one|url|html?|svg)[\s.]*$",
    re.IGNORECASE,
)
_MARKUP = re.compile(rb"\s*<(?:!doctype html|html|head|body|script)\b", re.IGNORECASE)
_SVG = re.compile(rb"<svg\b", re.IGNORECASE)


def type_of(start: bytes) -> str:
    """The media type by a content's first `LOOKED_AT_BYTES`; `application/octet-stream` where it is not known."""
    for at, mark, kind in _SIGNATURES:
        if start.startswith(mark, at):
            return kind
    if not start:
        return "application/x-empty"
    if _MARKUP.match(start):
        return "text/html"
    if start.lstrip()[:1] == b"<" and _SVG.search(start):
        return "image/svg+xml"
    return _PLAIN if _is_text(start) else "application/octet-stream"


def runs(kind: str, name: str) -> bool:
    """True for what a click may start, by its content or because a machine goes by its name."""
    return kind in _RUNS or _RUNNING_NAME.search(name) is not None


def _is_text(start: bytes) -> bool:
    if b"\0" in start or any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in start):
        return False
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(start) - 4 and len(start) == LOOKED_AT_BYTES
    return True
