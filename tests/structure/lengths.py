"""Print the longest modules and functions of the package: `python tests/structure/lengths.py` (docs/quality.md).

Lines of a function are those of its body without the docstring; lines of a module are given whole and as code, that
is without docstrings, comments and blank lines.
"""

import ast
from pathlib import Path
from statistics import median

PACKAGE = Path(__file__).parents[2] / "src" / "ir5nb"
AIM, MOST, LONG = 10, 30, 250  # body lines aimed at and at most; lines of a module from which it is listed
Node = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def told(node: Node) -> int:
    """Lines of a docstring."""
    first = node.body[0] if node.body else None
    is_text = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return first.end_lineno - first.lineno + 1 if is_text else 0


def body(function: ast.FunctionDef) -> int:
    """Lines from the first statement to the last."""
    statements = function.body[1:] if told(function) else function.body
    return statements[-1].end_lineno - statements[0].lineno + 1 if statements else 0


def main() -> None:
    modules, functions = [], []
    for path in sorted(PACKAGE.rglob("*.py")):
        text, name = path.read_text(encoding="utf-8"), path.relative_to(PACKAGE).as_posix()
        nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, Node)]
        empty = sum(not line.strip() or line.strip().startswith("#") for line in text.splitlines())
        lines = len(text.splitlines())
        modules.append((lines, lines - empty - sum(map(told, nodes)), name))
        functions += [(body(node), f"{name}: {node.name}") for node in nodes if isinstance(node, ast.FunctionDef)]
    longest = sorted(functions, reverse=True)
    lengths = [length for length, _ in functions]
    above = ", ".join(f"{sum(length > limit for length in lengths)} above {limit}" for limit in (AIM, MOST))
    print(f"{len(modules)} modules, median {median(lines for lines, *_ in modules):.0f} lines")
    print(f"{len(functions)} functions, median {median(lengths):.0f} body lines, {above}")
    print(*(f"{length:4} {name}" for length, name in longest if length > MOST), sep="\n")
    print("lines, code")
    print(
        *(f"{lines:4} {code:4} {name}" for lines, code, name in sorted(modules, reverse=True) if lines > LONG), sep="\n"
    )


if __name__ == "__main__":
    main()
