"""Formulas over measures: codes of measures, numbers, + - * / and parentheses. Nothing else is understood."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, DivisionByZero, InvalidOperation

MEASURE = re.compile(r"\b[a-z_]+\.[a-z_0-9]+\b")
LONGEST = 300
_BINARY: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip


class BadFormula(ValueError):
    """The text is not a formula; the message says where it stops being one."""


def measures_in(text: str) -> list[str]:
    """The codes of the measures a formula uses, each once, in order."""
    return list(dict.fromkeys(MEASURE.findall(text)))


def evaluate(text: str, values: Mapping[str, Decimal | None]) -> Decimal | None:
    """The formula's value. None when a measure it needs has no value, or it divides by zero: no data is not zero.

    Raises BadFormula for anything outside the grammar.
    """
    tree, codes = _parsed(text), measures_in(text)
    _check(tree, codes)
    if any(values.get(code) is None for code in codes):
        return None
    try:
        return _value(tree, values)
    except (DivisionByZero, InvalidOperation, ZeroDivisionError):
        return None


def check(text: str) -> None:
    """Raise BadFormula unless `text` is a formula."""
    _check(_parsed(text), measures_in(text))


def _parsed(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise BadFormula("rumus terlalu panjang (too long)")
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise BadFormula(f"rumus tidak terbaca (unreadable): {text!r}") from error


def _check(node: ast.expr, codes: list[str]) -> None:
    """Exactly what `_value` can compute, so that a pack that loads has formulas that work."""
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        _check(node.left, codes)
        _check(node.right, codes)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        _check(node.operand, codes)
    elif (
        isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and f"{node.value.id}.{node.attr}" in codes
    ):
        return
    elif not isinstance(node, ast.Constant) or type(node.value) not in (int, float):
        raise BadFormula(f"bukan bagian rumus (not part of a formula): {type(node).__name__}")


def _value(node: ast.expr, values: Mapping[str, Decimal | None]) -> Decimal:
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        return _BINARY[type(node.op)](_value(node.left, values), _value(node.right, values))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, values)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return Decimal(str(node.value))
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return Decimal(values[f"{node.value.id}.{node.attr}"] or 0)
    raise BadFormula(f"bukan bagian rumus (not part of a formula): {type(node).__name__}")
