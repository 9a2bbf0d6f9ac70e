"""What was seen of web pages, certificates, sign-ins and the API, in a closed vocabulary. No secrets ever."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Page(StrEnum):
    """How a web page answered."""

    ANSWERED = "answered"
    NOT_HTTP = "not-http"
    REFUSED = "refused"
    RESET = "reset"
    TIMEOUT = "timeout"
    TOO_MUCH = "too-much"
    TLS_FAILED = "tls-failed"


class Certificate(StrEnum):
    """What we hold of a web page's certificate. NONE where there was no TLS.

    PINNED and CHANGED speak of a page whose profile names the one certificate that it must have.
    """

    NONE = "none"
    TRUSTED = "trusted"
    PINNED = "pinned"
    CHANGED = "changed"
    SELF_SIGNED = "self-signed"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    WRONG_NAME = "wrong-name"
    UNTRUSTED = "untrusted"


class SignIn(StrEnum):
    """How one sign-in at a form ended. Only SIGNED_IN means that success was seen.

    The password was sent in SIGNED_IN, REFUSED and NOT_UNDERSTOOD, perhaps in NO_ANSWER, and in no other
    (`SignInObservation.attempts` says it).
    """

    SIGNED_IN = "signed-in"
    REFUSED = "sign-in-refused"
    NOT_UNDERSTOOD = "not-understood"
    NO_ANSWER = "no-answer"
    NO_FORM = "no-form"
    ELSEWHERE = "elsewhere"
    IN_CLEAR = "in-clear"
    CERTIFICATE = "certificate-not-trusted"
    NO_CREDENTIALS = "no-credentials"


@dataclass(frozen=True, slots=True)
class PresentedCertificate:
    """The certificate that a server presented, and the TLS version agreed on. Times are UTC; texts are escaped.

    `names` are DNS names and addresses, at most 32; `fingerprint` is the SHA-256 of the whole certificate in
    lower-case hexadecimal; `chain_length` is 0 where this Python does not tell it (before 3.13).
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: dt.datetime
    not_after: dt.datetime
    fingerprint: str
    protocol: str = ""
    chain_length: int = 0


@dataclass(frozen=True, slots=True)
class PageObservation:
    """One web page. `status` is 0 where no HTTP answer came; texts are bounded and escaped.

    `presented` is None without TLS, and for a certificate that cannot be read.
    """

    page: Page
    status: int = 0
    server: str = ""
    location: str = ""
    certificate: Certificate = Certificate.NONE
    detail: str = ""
    presented: PresentedCertificate | None = None


@dataclass(frozen=True, slots=True)
class SignInObservation:
    """One sign-in. `attempts` is how often the password was sent: 0 or 1, never more.

    `in_clear` says that it was sent over plain http. `signed_out` is None where nobody can tell whether the
    session ended. `detail` is ours: nothing that the server said after it had the password is kept.
    """

    sign_in: SignIn
    attempts: int = 0
    status: int = 0
    in_clear: bool = False
    signed_out: bool | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ApiObservation:
    """What the product's API told by `license.info` and `dashboard.services`.

    `answer` is None where it was not asked; `complaint` says why there is no version, `services_complaint` why
    no services. `services` maps a service to the word it has for its state. Texts are bounded and escaped.
    """

    answer: Page | None = None
    status: int = 0
    version: str | None = None
    complaint: str = ""
    services: Mapping[str, str] | None = None
    services_complaint: str = ""
