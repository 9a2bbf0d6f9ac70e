"""docs/reference/policy.md: every inventory variable that callout reads, from the models that validate them."""

from __future__ import annotations

import datetime as dt
import inspect
import types
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from pages.markdown import code, table

WORDS = {
    str: "text",
    int: "whole number",
    bool: "yes or no",
    Decimal: 'amount, quoted ("96.00")',
    SecretStr: "secret, vaulted",
    dt.time: 'time, quoted ("20:00")',
    dt.date: "date",
    Path: "file",
    IPv4Address: "IPv4 address",
    IPv6Address: "IPv6 address",
    Any: "anything",
}

HEAD = """# Policy and the other inventory variables

Validated once, when the inventory is read; an unknown key is an error that names file and line. What is left out
has the default. [inventory/example](../../inventory/example/README.md) shows them in use.
"""


def page() -> str:
    """`callout_policy`, `callout_customer`, `callout_system`, and the product profiles that they override."""
    from access_check.edge.variables import EdgeVariables
    from access_check.profile import AccessProfile
    from access_check.targets import SystemVariables
    from callout.inventory.models import Customer
    from callout.inventory.operation import OperatingProfile
    from callout.inventory.policy import Policy

    roots = {
        "callout_policy": (Policy, "in `group_vars/all/`"),
        "callout_customer": (Customer, "in `group_vars/CUSTOMER.yml`"),
        "callout_system": (SystemVariables, "in `host_vars/SYSTEM.yml`"),
        "callout_edge": (EdgeVariables, "in `host_vars/SYSTEM.yml` or `group_vars/CUSTOMER.yml`"),
        "callout_system.access": (AccessProfile, "over the shipped `access_check/profiles/PRODUCT.yml`"),
        "callout_system.operation": (OperatingProfile, "over the shipped `callout/profiles/PRODUCT.yml`"),
    }
    parts = [HEAD]
    for key, (model, place) in roots.items():
        parts.append(f"## {key}\n\nStands {place}.\n\n{_prose(model)}\n\n{_table(model)}")
        below = [(name, part) for name, part in _models(key, model) if name != key]
        parts += [f"### {name}\n\n{_prose(part)}\n\n{_table(part)}" for name, part in below]
    return "\n".join(parts)


def _models(key: str, model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """The model and every one below it, each with its dotted key."""
    yield key, model
    for name, field in model.model_fields.items():
        for below, many in _below(field.annotation):
            yield from _models(f"{key}.{name}{many}", below)


def _below(annotation: Any) -> Iterator[tuple[type[BaseModel], str]]:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation, ""
        return
    many = {tuple: "[]", Mapping: ".NAME"}.get(_collection(annotation), "")
    for argument in get_args(annotation):
        for model, deeper in _below(argument):
            yield model, many + deeper


def _table(model: type[BaseModel]) -> str:
    rows = [(code(name), _words(field.annotation), _default(field)) for name, field in model.model_fields.items()]
    return table(("Key", "Kind", "Default"), rows)


def _prose(model: type[BaseModel]) -> str:
    return " ".join((inspect.getdoc(model) or "").split())


def _words(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _words(arguments[0])
    if origin is Literal:
        return " or ".join(code(one) for one in arguments)
    if origin in (Union, types.UnionType):
        return " or ".join(_words(one) for one in arguments if one is not type(None))
    if origin is tuple:
        return f"list of: {_words(arguments[0])}"
    if _collection(annotation) is Mapping:
        return f"mapping of name to: {_words(arguments[1])}"
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return "mapping, see below"
    if inspect.isclass(annotation) and issubclass(annotation, Enum):
        return " or ".join(code(one.value) for one in annotation)
    return WORDS.get(annotation, str(annotation))


def _collection(annotation: Any) -> Any:
    origin = get_origin(annotation)
    return Mapping if inspect.isclass(origin) and issubclass(origin, Mapping) else origin


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        return "each of its keys"
    if value is None or value in ((), {}, ""):
        return "none"
    if isinstance(value, tuple):
        return code(", ".join(str(one) for one in value))
    return code(value.strftime("%H:%M") if isinstance(value, dt.time) else value)
