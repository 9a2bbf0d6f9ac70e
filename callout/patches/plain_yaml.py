"""YAML as a person writes it: no aliases, no key twice. What is signed must be what a reader sees.

Aliases can also grow a page into gigabytes; without them what is read is no larger than the page.
"""

from __future__ import annotations

from typing import Any

import yaml

# libyaml's where PyYAML was built with it: ten times as fast, the same values.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Words, beginnings and ends: 500 files with all that can be said of each are well below.
MAXIMUM_EVENTS = 50_000
MAXIMUM_DEPTH = 20


class NotPlain(ValueError):
    """One sentence, without a full stop: what is no plain YAML, and on which line."""


class _PlainLoader(_Base):  # type: ignore[misc]  # which of the two it is shows only when it runs
    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise NotPlain(f"line {key.start_mark.line + 1}: {key.value[:40]!r} is there twice")
                seen.add(key.value)
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return made


def read_plain(raw: bytes) -> Any:
    """The value of the one document. Raises NotPlain for anything that cannot be read, has an alias or a key twice."""
    try:
        text = raw.decode("utf-8")
        depth = 0
        for number, event in enumerate(yaml.parse(text, Loader=_PlainLoader)):
            if number > MAXIMUM_EVENTS:
                raise NotPlain("it says more than any bundle can")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAXIMUM_DEPTH:
                raise NotPlain("it is deeper than any bundle is")
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else "?"
                raise NotPlain(f"line {line}: aliases are not taken; write it out")
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - made of the safe one
    except NotPlain:
        raise
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        # PyYAML's constructors stumble over tags on values of another shape with whatever error comes up.
        raise NotPlain(" ".join(str(error).split())[:200] or type(error).__name__) from None
