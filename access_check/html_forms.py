"""Pure: a page's HTML → the one form at which one can sign in. What a page says is hostile: bounded and checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote, urljoin, urlsplit

from access_check.sign_in_form import SignInForm

_READ_CHARACTERS = 128 * 1024
_MAXIMUM_FORMS = 20
_MAXIMUM_FIELDS = 50
_LONGEST_VALUE = 4096


@dataclass(frozen=True, slots=True)
class FoundForm:
    """A form to sign in with: the address that its `action` names (empty: the page's own), and its hidden fields."""

    action: str
    hidden: dict[str, str]


@dataclass(slots=True)
class _Form:
    action: str
    method: str
    inputs: list[tuple[str, str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    """Collects forms with their inputs; everything else is passed over."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[_Form] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One opening tag, in lower case, with its attributes."""
        values = {name: value or "" for name, value in reversed(attrs)}  # of two alike the first counts
        if tag == "form" and not self._inside and len(self.forms) < _MAXIMUM_FORMS:
            self.forms.append(_Form(values.get("action", ""), values.get("method", "get").lower()))
            self._inside = True
        elif tag == "input" and self._inside and len(self.forms[-1].inputs) <= _MAXIMUM_FIELDS:
            kind = values.get("type", "text").lower()
            self.forms[-1].inputs.append((kind, values.get("name", ""), values.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        """One closing tag, in lower case."""
        self._inside = self._inside and tag != "form"


def find_form(page: str, wanted: SignInForm) -> FoundForm | str:
    """The form in `page` that has the profile's fields, or the words for why there is none.

    It must be sent by POST and have exactly one password field: a page that asks for a new password is not it.
    Its first 128 Ki characters are read. Never closes the parser: an unfinished tag at the end is passed over, in
    linear time.
    """
    reader = _Forms()
    try:
        reader.feed(page[:_READ_CHARACTERS])
    except AssertionError:  # html.parser's way of giving up on a broken declaration
        return "the page is not HTML that can be read"
    wrong = f"no form with the fields {wanted.user_field} and {wanted.password_field} is on it"
    for form in reader.forms:
        kinds = {name: kind for kind, name, _ in form.inputs}
        if wanted.password_field not in kinds or wanted.user_field not in kinds:
            continue
        if kinds[wanted.password_field] != "password":
            wrong = f"the field {wanted.password_field} is not a password field"
        elif sum(kind == "password" for kind, _, _ in form.inputs) != 1:
            wrong = "the form has more than one password field: it asks for something else"
        elif form.method != "post":
            wrong = "the form would put the password into the address"
        elif len(form.inputs) > _MAXIMUM_FIELDS or any(len(value) > _LONGEST_VALUE for _, _, value in form.inputs):
            wrong = "the form has too many or too long fields"
        else:
            hidden = {name: value for kind, name, value in form.inputs if kind == "hidden" and name}
            return FoundForm(form.action, hidden)
    return wrong


def path_on_same_host(address: str, of_page: str) -> str | None:
    """The path and query that `address`, read on the page `of_page`, leads to; None for another host, port or scheme.

    `of_page` is an absolute URL. What is no URL leads elsewhere.
    """
    try:
        there, here = urlsplit(urljoin(of_page, address.strip())), urlsplit(of_page)
        same = (there.scheme, there.hostname, _port(there.scheme, there.port)) == (
            here.scheme,
            here.hostname,
            _port(here.scheme, here.port),
        )
    except ValueError:
        return None
    if not same or there.username is not None:
        return None
    path = quote(there.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return f"{path}?{quote(there.query, safe='/%:@!$&()*+,;=~-._?')}" if there.query else path


def _port(scheme: str, port: int | None) -> int | None:
    return port or {"http": 80, "https": 443}.get(scheme)
