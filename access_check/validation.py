"""Pydantic's complaints said as one sentence that names file, line and key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from access_check.errors import InventoryError


class Strict(BaseModel):
    """Base of all that is read from an inventory or a profile: frozen, and no key that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


Model = TypeVar("Model", bound=BaseModel)


def validated(
    model: type[Model], raw: Any, *, key: str, owner: str, origins: Mapping[str, str], expected_file: str
) -> Model:
    """`raw` as `model`.

    `key` is the inventory variable (`callout_system`), `owner` the system or customer it belongs to,
    `origins` where keys were written, `expected_file` where the key should stand if it is nowhere.
    Raises InventoryError with the first complaint; the value itself is never shown, it may be a secret.
    """
    if raw is None:
        raise InventoryError(f"{expected_file}: {key} is missing for {owner}.", f"Add {key}; see inventory/example.")
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        # A key that nobody reads comes first: it is the misspelt one that another complaint misses.
        complaints = error.errors(include_input=False, include_url=False)
        first = min(complaints, key=lambda complaint: complaint["type"] != "extra_forbidden")
        own = first["msg"].removeprefix("Value error, ")
        said = "there is no such key" if first["type"] == "extra_forbidden" else own
        dotted = ".".join([key, *(str(part) for part in first["loc"])])
        place = origin_of(dotted, origins) or expected_file
        others = f" ({error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise InventoryError(
            f"{place}: {dotted} of {owner}: {said}{others}.", "Compare with inventory/example."
        ) from None


def origin_of(dotted: str, origins: Mapping[str, str]) -> str:
    """`file:line` of the key, or of the nearest key above it that was written somewhere; else empty."""
    parts = dotted.split(".")
    while parts:
        if found := origins.get(".".join(parts)):
            return found
        parts.pop()
    return ""
