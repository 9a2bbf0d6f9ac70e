"""Walls that the import contracts cannot express: who starts programs, who prints, who patches, who explains."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PRODUCT = ("access_check", "callout")
# Rooms whose work is starting programs, or which stand outside the product.
MAY_START = ("callout/programs.py", "access_check/programs.py", "callout/shell")
STARTERS = {"run", "Popen", "call", "check_call", "check_output", "getoutput", "getstatusoutput"}
OS_STARTERS = {"system", "popen", "fork", "forkpty", "posix_spawn", "posix_spawnp"} | {
    f"{kind}{ending}" for kind in ("exec", "spawn") for ending in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")
}


def _imports(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def _tops(module: ast.Module) -> set[str]:
    return {name.partition(".")[0] for name in _imports(module)}


def _calls(module: ast.Module) -> Iterator[str]:
    """Dotted names of everything that is called."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def _product(files) -> list[Path]:
    found: list[Path] = files(*PRODUCT, "plugins", "library", suffixes=(".py",))
    return found


def test_only_the_two_doors_start_programs(files, tree):
    started = [
        str(path)
        for path in _product(files)
        if not any(path.is_relative_to(door) for door in MAY_START) and _starts(tree(path))
    ]
    assert not started, "\n".join(started)


def _starts(module: ast.Module) -> bool:
    """Whether it calls or takes in what starts a program; types and constants of subprocess may be had anywhere."""
    calls = set(_calls(module))
    taken = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    wanted = {f"subprocess.{name}" for name in STARTERS} | {f"os.{name}" for name in OS_STARTERS} | {"pty.spawn"}
    return bool((calls | taken) & wanted)


def test_only_shell_starts_ssh(files, tree):
    """No argument list that begins with ssh, scp or sftp anywhere else, but for the check's way through a jump host."""
    started = [
        f"{path}:{node.lineno}"
        for path in _product(files)
        if not path.is_relative_to("callout/shell") and path != Path("access_check/probes/jump.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.List | ast.Tuple)
        and node.elts
        and isinstance(node.elts[0], ast.Constant)
        and node.elts[0].value in ("ssh", "scp", "sftp")
        # The table of verbs has one of that name; what is no word is no argument.
        and not any(isinstance(one, ast.Constant) and not isinstance(one.value, str) for one in node.elts)
    ]
    assert not started, "\n".join(started)


def test_paramiko_lives_in_the_ssh_probes_only(files, tree):
    using = [path for path in files(suffixes=(".py",)) if "paramiko" in _tops(tree(path))]
    doors = [path for path in using if path.is_relative_to("access_check/probes") and path.name.startswith("ssh")]
    assert [str(path) for path in using if path not in doors and not _outside(path)] == []


def _outside(path):
    """Tests, and the benchmarks' peer, which is Paramiko alone."""
    return path.is_relative_to("tests") or path.is_relative_to("benchmarks")


def test_only_the_command_line_prints_and_exits(files, tree):
    doors = ("callout/cli", "access_check/cli.py")
    told = [
        f"{path}: {call}"
        for path in _product(files)
        if not any(path.is_relative_to(door) for door in doors)
        for call in _calls(tree(path))
        if call in ("print", "sys.exit", "exit", "quit", "typer.echo", "typer.Exit", "sys.stdout.write")
    ]
    assert not told, "\n".join(told)


def test_every_public_name_says_what_it_is(files, tree):
    silent = [f"{path}: {name}" for path in files(*PRODUCT, suffixes=(".py",)) for name in _silent(tree(path), "")]
    assert not silent, "\n".join(silent)


def test_every_file_says_what_it_is(files, tree):
    silent = [
        str(path)
        for path in files(*PRODUCT, "plugins", "library", "tools", "tests", suffixes=(".py",))
        if ast.get_docstring(tree(path)) is None
    ]
    assert not silent, "\n".join(silent)


def _silent(parent: ast.Module | ast.ClassDef, prefix: str) -> Iterator[str]:
    for node in parent.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        name = f"{prefix}{node.name}"
        if ast.get_docstring(node) is None and not _inherits_its_words(node):
            yield name
        if isinstance(node, ast.ClassDef) and not _is_protocol(node):
            yield from _silent(node, f"{name}.")


def _is_protocol(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).startswith("Protocol") for base in node.bases)


def _inherits_its_words(node: ast.AST) -> bool:
    """An overload says nothing of its own; what it is stands at the implementation."""
    return any(ast.unparse(one).endswith("overload") for one in getattr(node, "decorator_list", ()))


def test_no_test_patches_our_own_functions(files, tree):
    """`now`, sessions and ledgers come in as arguments: what has to be patched is built wrongly."""
    patched = [
        f"{path}:{node.lineno}"
        for path in files("tests", suffixes=(".py",))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and _patches_ours(node, tree(path))
    ]
    assert not patched, "\n".join(patched)


def _patches_ours(call: ast.Call, module: ast.Module) -> bool:
    name = ast.unparse(call.func)
    patches = name.endswith(("monkeypatch.setattr", "monkeypatch.setitem")) or name.rpartition("mock.")[2] in (
        "patch",
        "patch.object",
    )
    if not (patches and call.args):
        return False
    target = call.args[0]
    said = target.value if isinstance(target, ast.Constant) else ast.unparse(target)
    return str(said).partition(".")[0] in {*PRODUCT, *_ours(module)}


def _ours(module: ast.Module) -> set[str]:
    """Names in this file that were imported from the product."""
    return {
        alias.asname or alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in PRODUCT
        for alias in node.names
    }
