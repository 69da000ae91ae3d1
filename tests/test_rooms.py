"""The size of folders and classes: a newcomer finds a module by walking down the tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
CODE = ("models", "sync", "ui", "resources", "tests")

MODULES_MOST = 14  # beside __init__.py
FOLDERS_MOST = 16
LINES_MOST = 300  # of a class
METHODS_MOST = 30


def packages() -> list[Path]:
    """Every folder with Python code in it."""
    tops = [ROOT / name for name in CODE]
    return sorted({file.parent for top in tops for file in top.rglob("*.py")})


def classes(tree: ast.Module) -> Iterator[ast.ClassDef]:
    """Every class of a module, those inside others too."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def methods(found: ast.ClassDef) -> int:
    """How many methods a class has of its own."""
    return sum(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in found.body)


def lines(found: ast.ClassDef) -> int:
    """How many lines a class takes."""
    return (found.end_lineno or found.lineno) - found.lineno + 1


def name_of(path: Path) -> str:
    """A path as the messages of these tests give it."""
    return path.relative_to(ROOT).as_posix()


def test_a_folder_has_room() -> None:
    full = {}
    for package in packages():
        modules = [file for file in package.glob("*.py") if file.name != "__init__.py"]
        folders = [folder for folder in package.iterdir() if any(folder.rglob("*.py"))]
        if len(modules) > MODULES_MOST or len(folders) > FOLDERS_MOST:
            full[name_of(package)] = (len(modules), len(folders))

    assert full == {}


def test_a_folder_says_what_it_is_for() -> None:
    heads = {name_of(package): package / "__init__.py" for package in packages()}
    silent = [
        name
        for name, head in heads.items()
        if not head.exists() or not ast.get_docstring(ast.parse(head.read_text("utf-8")))
    ]

    assert silent == []


def test_a_class_holds_one_idea() -> None:
    large = {
        f"{name_of(file)} {found.name}": (lines(found), methods(found))
        for package in packages()
        for file in package.glob("*.py")
        for found in classes(ast.parse(file.read_text("utf-8")))
        if lines(found) > LINES_MOST or methods(found) > METHODS_MOST
    }

    assert large == {}
