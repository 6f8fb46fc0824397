"""Reads in the sources where a file reaches into a library: its private names, its modules, its methods replaced."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOMS = ("engine", "workflows", "adapters", "api", "web", "server", "cli", "wsgi")
PUBLIC = {"_make", "_replace", "_fields", "_asdict", "_field_defaults"}
"""Names of named tuples, which begin with an underscore and are public."""
MADE_TO_BE_WRITTEN = {"flask.g", "flask.request"}
"""Objects of libraries that carry what an application writes to them."""
IN_ONE_FILE = ("cel", "gunicorn.workers", "gunicorn.util", "gunicorn.http", "gunicorn.sock")
"""Modules whose insides are used without a private name: gunicorn documents none, cel is imported in part."""


def insides_of(path: Path, text: str | None = None) -> set[str]:
    """What the file, or ``text`` in its place, reaches for: ``_name``, ``module:`` with a module that it imports,
    ``replaced:`` with what it replaces."""
    text = path.read_text(encoding="utf-8") if text is None else text
    tree = ast.parse(text)
    found = set(_imported(tree)) | set(_replaced(tree)) | set(_named_in_text(tree))
    if "type: ignore[method-assign" in text:
        found.add("replaced:method")
    ours = _defined(tree)
    within: set[ast.AST] = set()
    for one in _nodes(tree):
        if isinstance(one, ast.ClassDef):
            theirs, inherited = _names_above(path, tree, one)
            within |= {node for node in _nodes(one) if _is_own(node)}
            found |= {name for name in _used(one) if name in theirs or name not in ours | inherited}
            found |= {name for name in _defined(one) if name in theirs}
    for node in _nodes(tree):
        if isinstance(node, ast.Attribute) and node not in within and _private(node.attr) and node.attr not in ours:
            found.add(node.attr)
    return found - PUBLIC


@cache
def _nodes(tree: ast.AST) -> list[ast.AST]:
    return list(ast.walk(tree))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _words(node: ast.AST) -> str:
    """The expression as it is written; short ones without the detour through all of Python's grammar."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_words(node.value)}.{node.attr}"
    return ast.unparse(node)


def _private(name: str) -> bool:
    return name.startswith("_") and name.strip("_") != "" and not name.startswith("__")


def _library(module: str) -> bool:
    return module.split(".")[0] not in (*ROOMS, "__future__")


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in _nodes(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0 and _library(node.module):
            yield from (one.name for one in node.names if _private(one.name))
            modules = [node.module]
        elif isinstance(node, ast.Import):
            modules = [one.name for one in node.names if _library(one.name)]
        else:
            continue
        for module in modules:
            inside = any(module == one or module.startswith(f"{one}.") for one in IN_ONE_FILE)
            if inside or any(_private(part) for part in module.split(".")):
                yield f"module:{module}"


def _replaced(tree: ast.Module) -> Iterator[str]:
    """``Theirs.method = …``, ``setattr(Theirs, …)``, ``sys.modules[…] = …`` and the like."""
    names = _names_of_libraries(tree)
    for node in _nodes(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        elif isinstance(node, ast.Call) and _words(node.func) in ("setattr", "sys.modules.setdefault"):
            targets = [ast.Attribute(node.args[0], "…")] if _words(node.func) == "setattr" else [node.func]
        for target in targets:
            if isinstance(target, ast.Attribute | ast.Subscript):
                dotted = _words(target.value)
                if dotted.startswith("sys.modules") or (
                    isinstance(target, ast.Attribute)
                    and names.get(dotted.split(".")[0], "flask.g") not in MADE_TO_BE_WRITTEN
                ):
                    yield f"replaced:{dotted}"


def _named_in_text(tree: ast.Module) -> Iterator[str]:
    """``getattr(x, "_name")``, ``vars(x)["_name"]``, ``x.__dict__["_name"]``."""
    for node in _nodes(tree):
        name: ast.expr | None = None
        if isinstance(node, ast.Call) and _words(node.func) in ("getattr", "setattr", "hasattr", "delattr"):
            name = node.args[1] if _words(node.args[0]) != "self" else None
        elif isinstance(node, ast.Subscript) and re.match(r"vars\(.*\)$|.*\.__dict__$", _words(node.value)):
            name = node.slice
        if isinstance(name, ast.Constant) and isinstance(name.value, str) and _private(name.value):
            yield name.value


def _is_own(node: ast.AST) -> bool:
    """``self._name``, ``cls._name``, ``super()._name``."""
    return isinstance(node, ast.Attribute) and _words(node.value) in ("self", "cls", "super()")


def _used(one: ast.ClassDef) -> set[str]:
    return {node.attr for node in _nodes(one) if isinstance(node, ast.Attribute) and _is_own(node)} & {
        node.attr for node in _nodes(one) if isinstance(node, ast.Attribute) and _private(node.attr)
    }


@cache
def _defined(tree: ast.AST) -> set[str]:
    """The private names that the code itself brings: methods, fields of classes, ``self._name = …``, slots."""
    names: set[str] = set()
    for node in _nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_own(node):
            names.add(node.attr)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Call) and _words(node.func) == "object.__setattr__":
            names |= {one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return {name for name in names if _private(name)}


@cache
def _names_of_libraries(tree: ast.Module) -> dict[str, str]:
    """What the file calls each module or object of a library that it imports, with the dotted name it has there."""
    names: dict[str, str] = {}
    for node in _nodes(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                if _library(one.name):
                    names[one.asname or one.name.split(".")[0]] = one.name if one.asname else one.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0 and _library(node.module):
            names |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return names


def _names_above(path: Path, tree: ast.Module, one: ast.ClassDef) -> tuple[set[str], set[str]]:
    """The private names that a class has from classes of libraries, and those that it has from classes of ours."""
    theirs: set[str] = set()
    ours: set[str] = set()
    for base in one.bases:
        dotted = _words(base.value if isinstance(base, ast.Subscript) else base)
        above = next((node for node in _nodes(tree) if isinstance(node, ast.ClassDef) and node.name == dotted), None)
        place = (path, tree, above) if above else _ours_elsewhere(path, tree, dotted)
        if place is not None and place[2] is not one:
            more_theirs, more_ours = _names_above(*place)
            theirs |= more_theirs
            ours |= more_ours | _defined(place[2])
        else:
            root, _, rest = dotted.partition(".")
            theirs |= _names_in(".".join(filter(None, (_names_of_libraries(tree).get(root, f"builtins.{root}"), rest))))
    return theirs, ours


def _ours_elsewhere(path: Path, tree: ast.Module, name: str) -> tuple[Path, ast.Module, ast.ClassDef] | None:
    root = next((above for above in path.parents if (above / "setup.cfg").exists()), path.parent)
    for node in _nodes(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not _library(node.module):
            for one in node.names:
                source = root / (node.module.replace(".", "/") + ".py")
                if (one.asname or one.name) == name and source.exists():
                    other = _tree(source)
                    for found in _nodes(other):
                        if isinstance(found, ast.ClassDef) and found.name == one.name:
                            return source, other, found
    return None


@cache
def _names_in(dotted: str) -> frozenset[str]:
    """The private names of a library's class: those that it and its bases define, or use in their methods."""
    module, _, name = dotted.rpartition(".")
    found = getattr(importlib.import_module(module), name, None)
    names: set[str] = set()
    for one in inspect.getmro(found) if inspect.isclass(found) else ():
        names |= set(vars(one))
        for member in vars(one).values():
            function = getattr(member, "fget", None) or getattr(member, "__func__", member)
            if inspect.isfunction(function):
                names |= set(function.__code__.co_names)
    return frozenset(name for name in names if _private(name))
