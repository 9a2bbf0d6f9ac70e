"""Pure: how one signs in at a page, as data of the profile, and what success and refusal look like there.

The vendor's own field names are not published: a site enters what it sees at its systems.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from access_check.validation import Strict

Path = Annotated[str, Field(pattern=r"^/[!-~]*$")]


class Signs(Strict):
    """What an answer looks like; all that is given must hold.

    `status` is HTTP's, `location` the path (with its query) that a redirect leads to on the same host, `cookie`
    the name of a cookie that the answer sets, `text` a word on the page.
    """

    status: Annotated[int, Field(ge=100, le=599)] | None = None
    location: Path | None = None
    cookie: str = ""
    text: str = ""

    @property
    def tells(self) -> bool:
        """Whether it names more than a status, which error pages have as well."""
        return bool(self.location or self.cookie or self.text)


class Success(Signs):
    """The positive signs of being signed in. `page` is read afterwards, and `text` is then looked for on it."""

    page: Path | None = None

    @model_validator(mode="after")
    def _is_positive(self) -> Self:
        if not self.tells or (self.page and not self.text):
            raise ValueError("name what only a signed-in page has: location, cookie or text (page needs a text)")
        return self


class SignInForm(Strict):
    """One form. `user` is the fixed name where there is but one; hidden fields are taken from the form itself.

    `form_path` is where the form is (default: the page's path), `fields` are sent besides. `refused` are the
    signs of a wrong password; without any it is the same form again, or status 401 or 403. `in_clear` lets the
    password go over plain http.
    """

    form_path: Path | None = None
    user: str = ""
    user_field: str = Field(min_length=1)
    password_field: str = Field(min_length=1)
    fields: Mapping[str, str] = Field(default_factory=dict)
    success: Success
    refused: Signs | None = None
    log_out_path: Path | None = None
    in_clear: bool = False
