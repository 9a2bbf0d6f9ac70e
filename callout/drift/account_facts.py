"""Pure: blocks of users, groups, sudoers and authorised keys → facts."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Sequence

from callout.drift.fact_making import FactsRefused, lines_of_files, subject_in
from callout.drift.look import Fact, Section
from callout.drift.secret_texts import bounded, salted
from callout.drift.sections import Block

# Where passwd(5) says that shadow(5) has it.
SHADOWED = "x"
KEY_TYPE = re.compile(r"(?:ssh-|ecdsa-|sk-|rsa-)[a-z0-9@.-]+", re.ASCII)


def users(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """By account name: uid, gid, gecos, home, shell; password: `none`, `locked`, or salted; changed_day, expires_day
    (days since 1970). passwd(5), shadow(5)."""
    shadows: dict[tuple[str, str], list[str]] = {}
    for block in blocks:
        if block.kind == "shadow":
            for line in block.content():
                parts = line.split(":")
                shadows.setdefault((block.root, parts[0]), parts)
    for block in blocks:
        for line in block.content() if block.kind == "accounts" else ():
            parts = line.split(":")
            if line.startswith(("#", "+", "-")) or len(parts) != 7:
                yield Fact(Section.USERS, subject_in(block.root, f"line {line[:200]}"), {"line": bounded(salt, line)})
                continue
            name, password, uid, gid, gecos, home, shell = parts
            shadow = shadows.get((block.root, name), [])
            if password == SHADOWED and len(shadow) > 1:
                password = shadow[1]
            value = {"uid": uid, "gid": gid, "gecos": gecos, "home": home, "shell": shell}
            value["password"] = _password(password, salt)
            value["changed_day"] = shadow[2] if len(shadow) > 2 else ""
            value["expires_day"] = shadow[7] if len(shadow) > 7 else ""
            yield Fact(Section.USERS, subject_in(block.root, name), _of_root(block, value))


def groups(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """By group name: gid, members (sorted, joined by commas). group(5)."""
    for block in blocks:
        for line in block.content():
            parts = line.split(":")
            if len(parts) != 4:
                yield Fact(Section.GROUPS, subject_in(block.root, f"line {line[:200]}"), {"line": bounded(salt, line)})
                continue
            name, _, gid, members = parts
            value = {"gid": gid, "members": ",".join(sorted(filter(None, members.split(","))))}
            yield Fact(Section.GROUPS, subject_in(block.root, name), _of_root(block, value))


def sudoers(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """One for each line that says something, continued lines as one: path, line."""
    return lines_of_files(Section.SUDOERS, blocks, salt, continued=True, not_comments=("#include",))


def authorised_keys(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """By path and fingerprint: path, type, fingerprint (as ssh-keygen -l), options, comment. sshd(8)."""
    for block in blocks:
        for line in block.content():
            if not (said := line.strip()) or said.startswith("#"):
                continue
            options, kind, blob, comment = _key(said)
            if not blob:
                value = {"path": block.path, "line": salted(salt, said)}
                yield Fact(Section.AUTHORISED_KEYS, f"{block.path}: no key, {value['line'][:23]}", value)
                continue
            print_ = "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
            value = {"path": block.path, "type": kind, "fingerprint": print_}
            value |= {"options": bounded(salt, options), "comment": bounded(salt, comment)}
            yield Fact(Section.AUTHORISED_KEYS, f"{block.path}: {print_}", value)


def _key(line: str) -> tuple[str, str, bytes, str]:
    """Options, type, the key's bytes (none where there is no key), comment. Options may hold quoted spaces."""
    words = re.findall(r'(?:"(?:\\.|[^"\\])*"|[^\s"])+', line[:16384])
    for place, word in enumerate(words[:-1]):
        if KEY_TYPE.fullmatch(word):
            try:
                blob = base64.b64decode(words[place + 1], validate=True)
            except (binascii.Error, ValueError):
                break
            return " ".join(words[:place]), word, blob, " ".join(words[place + 2 :])
    return "", "", b"", ""


def _password(told: str, salt: bytes) -> str:
    if not told:
        return "none"
    if told in ("*", "!", "!!", "x", "!*", "*LK*"):
        return "locked"
    return ("locked " if told.startswith("!") else "") + salted(salt, told.lstrip("!"))


def _of_root(block: Block, value: dict[str, str]) -> dict[str, str]:
    if any(len(one) > 4096 for one in value.values()):
        raise FactsRefused("an account is longer than any can be")
    return value if block.root == "/" else {**value, "root": block.root}
