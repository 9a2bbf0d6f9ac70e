"""Pure: the algorithms that a server offers → which are weak, and which lists have nothing in common with us.

Weak is what ssh-audit (3.9, `ssh2_kexdb.py`) calls a *fail*, with two exceptions that only go into the evidence,
as its warnings do, for every OpenSSH of today offers them by default and nobody at a customer's can mend that:
NIST's curves (a suspicion, no attack known) and HMAC with SHA-1 (collisions do not break it: RFC 6194, 3.3).
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from dataclasses import dataclass
from functools import lru_cache

from access_check.observations import Offer

LISTS = {"key_exchange": "key exchange", "host_keys": "host key", "ciphers": "cipher", "macs": "MAC"}
# Names in the key exchange's list that only say what a peer understands (RFC 8308, OpenSSH's PROTOCOL).
_NO_ALGORITHM = ("ext-info-", "kex-strict-")
SMALLEST_RSA_BITS = 2048
GOOD_RSA_BITS = 3072
_SHA1 = "SHA-1 signatures and hashes can be forged"
_SMALL = "1024 bits are too few"
_NIST = "NIST's curve, suspected but not broken"

# (list, pattern of the whole name, why); the first that fits says why.
_WEAK = (
    ("key_exchange", r".*group1[-_.].*|.*group1-sha1.*|kexalgodh1sha1|rsa1024-sha1", f"{_SMALL} (Logjam)"),
    ("key_exchange", r".*sha1(-\*|-[^-]+==)?|kexalgodh14sha1", _SHA1),
    ("key_exchange", r".*(nist[bkt]\d+|nistp(192|224)|1\.3\.132\.0\.(1|16|26|27|33|36|37|38))", "an unproven curve"),
    ("key_exchange", r".*10045\.3\.1\.1|.*brainpool.*|ecmqv-sha2|m(383|511)-.*|sm2kep-.*", "an unproven algorithm"),
    ("key_exchange", r"gss-13\.3\.132\.0\.10-.*", "an unknown algorithm"),
    ("host_keys", r".*dss.*|ssh-dsa|dsa\d+-.*", f"DSA: {_SMALL}"),
    ("host_keys", r"(ssh-rsa|x509v3-(ssh|sign)-rsa(-sha1)?)(-cert-v0[01]@openssh\.com)?|ssh-rsa1", _SHA1),
    ("host_keys", r"(pgp|spki)-sign-.*", _SMALL),
    ("host_keys", r"null", "no signature at all"),
    ("host_keys", r".*(nist[bkt]\d+|nistp(192|224))|eddsa-e\d+-.*|ssh-gost.*|ssh-xmss.*", "an unproven algorithm"),
    ("host_keys", r"ecdsa-.*1\.3\.132\.0\.10-cert.*|x509v3-.*1\.3\.132\.0\.10", "an unknown algorithm"),
    ("ciphers", r"none", "no encryption at all"),
    ("ciphers", r"arcfour.*", "RC4 is broken"),
    ("ciphers", r"(3des|des|blowfish|cast128|idea|seed|rijndael|serpent|crypticore)\d*([-@].*)?", "an outdated cipher"),
    ("ciphers", r"grasshopper.*", "an untrusted cipher"),
    ("macs", r"none|md5(-8)?|sha1(-8)?|ripemd160(-8)?", "no integrity"),
    ("macs", r"hmac-md5.*", "MD5 is broken"),
    ("macs", r"hmac-ripemd.*|cbcmac-.*|crypticore.*", "an outdated MAC"),
)
_NOTED = (
    ("key_exchange", r".*nistp.*|.*10045\.3\.1\.7|.*1\.3\.132\.0\.3[45]|kexalgoecdh.*", _NIST),
    ("host_keys", r".*nistp.*", _NIST),
    ("ciphers", r".*-cbc(@.*)?", "CBC: weak cipher mode"),
    ("macs", r"hmac-sha1.*", "HMAC with SHA-1"),
    ("macs", r"umac-64.*", "a tag of 64 bits"),
)


@dataclass(frozen=True, slots=True)
class Weakness:
    """One algorithm of one list (`cipher`, `MAC` …) and what is said against it."""

    kind: str
    name: str
    why: str

    def as_dict(self) -> dict[str, str]:
        """As it stands in a finding's evidence."""
        return {"kind": self.kind, "name": self.name, "why": self.why}


def weak_algorithms(offer: Offer) -> list[Weakness]:
    """What ought not to be offered any more, in the server's order."""
    return list(_matching(offer, _WEAK))


def noted_algorithms(offer: Offer) -> list[Weakness]:
    """What is not the best, and no reason to bother a customer."""
    weak = {(found.kind, found.name) for found in _matching(offer, _WEAK)}
    return [found for found in _matching(offer, _NOTED) if (found.kind, found.name) not in weak]


def nothing_in_common(theirs: Offer, ours: Offer) -> dict[str, tuple[str, ...]]:
    """The lists of which we have nothing, by their name for people (`key exchange`), with what they offer there."""
    return {
        words: tuple(each for each in getattr(theirs, name) if not each.startswith(_NO_ALGORITHM))
        for name, words in LISTS.items()
        if not set(getattr(theirs, name)) & set(getattr(ours, name))
    }


def rsa_bits(encoded: str) -> int:
    """The size of a public RSA key as known_hosts holds it (base64); 0 for any other key, and for rubbish."""
    try:
        blob = base64.b64decode(encoded, validate=True)
        fields: list[bytes] = []
        place = 0
        while place < len(blob) and len(fields) < 3:
            (size,) = struct.unpack_from(">I", blob, place)
            fields.append(blob[place + 4 : place + 4 + size])
            place += 4 + size
    except (binascii.Error, struct.error):
        return 0
    return int.from_bytes(fields[2], "big").bit_length() if len(fields) == 3 and fields[0] == b"ssh-rsa" else 0


@lru_cache(maxsize=256)
def _matching(offer: Offer, rules: tuple[tuple[str, str, str], ...]) -> tuple[Weakness, ...]:
    """Kept for the next offer like it: thousands of systems have a few kinds of SSH server."""
    found = (
        (words, name, _why(list_name, name.lower(), rules))
        for list_name, words in LISTS.items()
        for name in getattr(offer, list_name)
    )
    return tuple(Weakness(words, name, why) for words, name, why in found if why)


def _why(list_name: str, name: str, rules: tuple[tuple[str, str, str], ...]) -> str:
    return next((why for of, pattern, why in rules if of == list_name and re.fullmatch(pattern, name)), "")
