"""How much of a mail is looked at. All of it is kept on the shelf; these bounds are for reading it."""

from __future__ import annotations

from dataclasses import dataclass

KIBIBYTE = 1024
HEADER_BYTES = 128 * KIBIBYTE
HEADER_LINES = 2000
# Of the headers of a part.
PART_HEADER_BYTES = 16 * KIBIBYTE
PART_HEADER_LINES = 200
HEADER_CHARACTERS = 16 * KIBIBYTE
DEPTH = 12
PARTS = 200
BOUNDARY_BYTES = 200
# Of those that begin like a boundary, also when they are none.
BOUNDARY_LINES = 5_000
TEXT_BYTES = 1024 * KIBIBYTE
HTML_CHARACTERS = 256 * KIBIBYTE
# What the ledger keeps for reading, and what `callout case mail show` shows.
TEXT_CHARACTERS = 20_000
WHOLE_CHARACTERS = 200_000
SUBJECT_CHARACTERS = 300
NAME_CHARACTERS = 120
IDENTIFIER_CHARACTERS = 250
REFERENCES = 50
RECIPIENTS = 50
DOUBTS = 20
LISTED_ATTACHMENTS = 50


@dataclass(frozen=True, slots=True)
class AttachmentLimits:
    """How many attachments belong to a case, and how large each may be once it is decoded, in bytes.

    What is more is listed and not kept as the case's; it is still there in the raw mail.
    """

    count: int = 20
    size_bytes: int = 10 * 1024 * KIBIBYTE
