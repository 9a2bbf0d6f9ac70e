"""The profiles that come with a package: one YAML file per product, in its folder `profiles`."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from access_check.errors import InventoryError


@cache
def profile_file(package: str, product: str) -> dict[str, Any]:
    """What the package says of the product, as it stands there; not to be changed. Raises InventoryError for none.

    Read by libyaml where PyYAML was built with it: ten times as fast, the same values.
    """
    import yaml

    path = resources.files(package) / "profiles" / f"{product}.yml"
    if not path.is_file():
        raise InventoryError(f"There is no product profile {product!r}.", "Use pbxware or serverware.")
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe one
    return loaded
