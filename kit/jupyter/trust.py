"""What a page may run by itself: read in the code of its cells, and nowhere else."""

import ast
import inspect
import re
import warnings

from kit.notebook import NotebookWords

MAX_CELL_LENGTH = 500  # signs of a cell: far more than any word needs, and too few to overwhelm the parser
MAX_CELLS = 500  # cells
OPENING_LINES = ("import kit", "book = kit.open_book()", "book = kit.open_book('sample')")
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")  # of a phase, say: no sentence, no place, no code
WORDS = {name: inspect.signature(word) for name, word in vars(NotebookWords).items() if name[0] != "_"}


def trusted_lines(cells: object) -> list[str] | None:
    """What may run in place of these cells, each written anew from what was read; None where a person must decide."""
    if not isinstance(cells, list) or len(cells) > MAX_CELLS:
        return None
    found = [_trusted_line(cell) for cell in cells]
    known = [line for line in found if line is not None]
    return known if len(known) == len(found) else None


def _trusted_line(cell: object) -> str | None:
    if not isinstance(cell, str) or len(cell) > MAX_CELL_LENGTH:
        return None
    try:
        with warnings.catch_warnings(action="ignore"):  # what Python thinks of its style goes to no terminal
            tree = ast.parse(cell)
        line = ast.unparse(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not tree.body:
        return ""
    # Python takes letters of other scripts for the same ones: such a line looks like another than it is.
    plain = len(tree.body) == 1 and (ast.get_source_segment(cell, tree.body[0]) or "").isascii()
    return line if plain and (line in OPENING_LINES or _is_notebook_word(tree.body[0])) else None


def _is_notebook_word(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(ast.Call(ast.Attribute(ast.Name("book"), word), given, named)) if word in WORDS:
            return _accepts(WORDS[word], given, named)
    return False


def _accepts(word: inspect.Signature, given: list[ast.expr], named: list[ast.keyword]) -> bool:
    """Whether the word can be said with just this: names, as they stand there."""
    by_name = {one.arg: one.value for one in named if one.arg}
    if len(by_name) < len(named) or not all(map(_is_name, (*given, *by_name.values()))):
        return False
    try:
        word.bind(None, *given, **by_name)
    except TypeError:
        return False
    return True


def _is_name(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, str) and bool(NAME.fullmatch(value.value))
