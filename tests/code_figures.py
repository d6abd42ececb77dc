"""Figures of the code: how dense its lines are, how long and how complex its functions and classes."""

import ast
import io
import json
import subprocess
import sys
import tokenize
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOT_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
WITH_DOCSTRING = (ast.Module, ast.ClassDef, *FUNCTIONS)


@dataclass(frozen=True)
class SourceFile:
    """A file of `coder` with its syntax tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """The path from the root of the project, with slashes."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def nodes(self) -> list[ast.AST]:
        """All nodes of the syntax tree."""
        return list(ast.walk(self.tree))

    @property
    def code_lines(self) -> int:
        """Lines that hold code: no blank lines, comments and docstrings."""
        lines: set[int] = set()
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type not in NOT_CODE:
                lines.update(range(token.start[0], token.end[0] + 1))
        for node in self.nodes:
            if isinstance(node, WITH_DOCSTRING) and ast.get_docstring(node, clean=False):
                docstring = node.body[0]
                lines.difference_update(range(docstring.lineno, docstring.end_lineno + 1))
        return len(lines)


@cache
def source_files() -> tuple[SourceFile, ...]:
    """Every file of `coder`."""
    files = []
    for path in sorted((ROOT / "coder").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        files.append(SourceFile(path, text, ast.parse(text)))
    return tuple(files)


def code_lines() -> int:
    """Lines of code in `coder`."""
    return sum(file.code_lines for file in source_files())


def is_nested_comprehension(node: ast.AST) -> bool:
    """Whether a comprehension has two loops, or another comprehension inside."""
    if not isinstance(node, COMPREHENSIONS):
        return False
    inner = [child for child in ast.walk(node) if child is not node]
    return len(node.generators) > 1 or any(isinstance(child, COMPREHENSIONS) for child in inner)


def places_of(test: "type[ast.AST] | tuple[type[ast.AST], ...]") -> list[tuple[str, ast.AST]]:
    """Each node of a kind, with its file's name."""
    return [
        (file.name, node)
        for file in source_files()
        for node in file.nodes
        if isinstance(node, test)
    ]


def length(node: ast.AST) -> int:
    """Lines from the first to the last of a function or class."""
    return node.end_lineno - node.lineno + 1


def methods(node: ast.ClassDef) -> int:
    """How many methods a class defines."""
    return sum(isinstance(child, FUNCTIONS) for child in node.body)


def complexities() -> list[tuple[int, str]]:
    """Each function's complexity as radon counts it, with file and name."""
    done = subprocess.run(
        [sys.executable, "-m", "radon", "cc", "--json", "coder"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = []
    for path, blocks in json.loads(done.stdout).items():
        waiting = list(blocks)
        while waiting:
            block = waiting.pop()
            waiting += block.get("closures", ())
            if block["type"] != "class":
                found.append((block["complexity"], f"{path}: {block['name']}"))
    return found


def public_names_without_docstring() -> list[str]:
    """Public modules, classes, functions and methods that say nothing about themselves."""
    bare = []
    for file in source_files():
        if ast.get_docstring(file.tree) is None and file.path.name != "__main__.py":
            bare.append(file.name)
        bare += _bare_parts(file.tree, file.name)
    return bare


def _bare_parts(parent: ast.Module | ast.ClassDef, name: str) -> list[str]:
    bare = []
    for node in parent.body:
        if not isinstance(node, (ast.ClassDef, *FUNCTIONS)) or node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None and not is_overload(node):
            bare.append(f"{name}: {node.name}")
        if isinstance(node, ast.ClassDef):
            bare += _bare_parts(node, f"{name}: {node.name}")
    return bare


def is_overload(node: ast.AST) -> bool:
    """Whether a function is one of several signatures of another, or a setter."""
    names = [ast.unparse(decorator) for decorator in getattr(node, "decorator_list", ())]
    return any(name.endswith(("overload", ".setter", "override")) for name in names)
