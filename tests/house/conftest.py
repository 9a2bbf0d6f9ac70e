"""What the house tests look at: the files that git knows or would take up, and their syntax trees."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest

Files = Callable[..., list[Path]]


@cache
def _listed(root: Path) -> tuple[Path, ...]:
    said = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=root, check=True, capture_output=True, text=True
    )
    return tuple(sorted(path for name in said.stdout.split("\0") if name and (path := root / name).is_file()))


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@pytest.fixture(scope="session")
def files(root: Path) -> Files:
    """The project's files under any of the given folders (all of them without one), relative to the root."""

    def under(*folders: str, suffixes: Iterable[str] = ()) -> list[Path]:
        wanted = tuple(suffixes)
        found = [path.relative_to(root) for path in _listed(root)]
        return [
            path
            for path in found
            if (not folders or any(path.is_relative_to(folder) for folder in folders))
            and (not wanted or path.suffix in wanted)
        ]

    return under


@pytest.fixture(scope="session")
def tree(root: Path) -> Callable[[Path], ast.Module]:
    """The syntax tree of a Python file, parsed once."""
    return lambda path: _parsed(root / path)
