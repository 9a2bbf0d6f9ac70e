"""JSON from another system, hostile until it fits: keys that we know are checked, others are left alone. Pure."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from callout.desk.bridges.records import NAME_CHARACTERS, SUBJECT_CHARACTERS
from callout.desk.mail.charsets import cleaned, one_line
from callout.errors import BadInput, Unreachable


class NotAsDocumented(Unreachable):
    """An answer that came whole and does not fit: nothing of it was taken."""


class NotThere(Unreachable):
    """The other system does not have what was asked for (404)."""


class Forbidden(BadInput):
    """The other system knows the token, and does not let its user do that (403)."""


class Foreign(BaseModel):
    """Base of what another system says."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, str_max_length=4_000_000)


def _number_as_text(said: Any) -> Any:
    """Ids are numbers in one system and texts in the other."""
    return str(said) if isinstance(said, int) and not isinstance(said, bool) else said


def _moment(said: dt.datetime) -> dt.datetime:
    if said.tzinfo is None:
        raise ValueError("has no time zone")
    if not 1990 <= said.year <= 9000:
        raise ValueError("is no time of a ticket")
    return said.astimezone(dt.UTC)


def _text_of_a_moment(said: Any) -> Any:
    if not isinstance(said, str):
        raise ValueError("is no time written as text")
    return said


# Goes into paths: digits only, so that no id leads anywhere else.
RemoteId = Annotated[str, BeforeValidator(_number_as_text), Field(pattern=r"^[0-9]{1,18}$")]
Moment = Annotated[dt.datetime, BeforeValidator(_text_of_a_moment), AfterValidator(_moment)]
SubjectLine = Annotated[str, AfterValidator(lambda said: one_line(said, SUBJECT_CHARACTERS))]
NameLine = Annotated[
    str, BeforeValidator(_number_as_text), AfterValidator(lambda said: one_line(said, NAME_CHARACTERS))
]
Body = Annotated[str, AfterValidator(cleaned)]

Fits = TypeVar("Fits")


def loaded(content: bytes, what: str) -> Any:
    """The JSON in `content`. Raises NotAsDocumented where it is none, or nested too deep; `what` names it."""
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise NotAsDocumented(f"{what} is no JSON.", "Look whether the bridge's url leads to the API.") from None


def fitted(model: type[Fits], said: Any, what: str) -> Fits:
    """`said` as `model`. Raises NotAsDocumented naming the first key that does not fit; values are never shown."""
    try:
        return TypeAdapter(model).validate_python(said)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part)[:40] for part in first["loc"]) or "it"
        complaint = first["msg"].removeprefix("Value error, ")
        raise NotAsDocumented(
            f"{what}: {where}: {complaint}.", "It is not as its makers document it: nothing of it was taken."
        ) from None
    except RecursionError:
        raise NotAsDocumented(f"{what} is nested too deep.", "Nothing of it was taken.") from None


def each_fitted(model: type[Fits], said: list[Any], what: str) -> Iterator[tuple[str, Fits | NotAsDocumented]]:
    """Each of a list by itself, with its id as far as that can be told: one that is wrong spoils no other."""
    for one in said:
        identifier = one.get("id") if isinstance(one, dict) else None
        shown = str(identifier)[:20] if isinstance(identifier, int | str) and str(identifier).isalnum() else "?"
        try:
            yield shown, fitted(model, one, f"{what} {shown}")
        except NotAsDocumented as error:
            yield shown, error
