"""The small Jinja that offices may write in workflow files: rules, letter numbers, file names.

Bounded by construction: only the kinds of nodes listed here pass, and only known names, filters and functions; no
loops, no calls of methods, no powers, no repetition of text. Letters have an environment of their own (letter/).
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sync.core.filters import FILTERS

LONGEST = 1_000
"""Characters of an expression or pattern."""

BUILT_IN_FILTERS = ("lower", "upper", "trim", "length", "first", "last", "default", "round", "int")
BUILT_IN_TESTS = ("none", "defined", "in", "even", "odd", "eq", "ne", "lt", "le", "gt", "ge")

_EXPRESSIONS = (
    nodes.Name,
    nodes.Const,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Call,
    nodes.Filter,
    nodes.Test,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Add,
    nodes.Sub,
    nodes.Mul,
    nodes.Div,
    nodes.FloorDiv,
    nodes.Mod,
    nodes.Neg,
    nodes.Pos,
    nodes.Concat,
    nodes.List,
    nodes.Tuple,
    nodes.CondExpr,
    nodes.Keyword,
)
_TEXTS = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, *_EXPRESSIONS)
_Made = TypeVar("_Made")
_NUMBERS_ONLY = frozenset({"*", "%", "/", "//"})


class NotAllowed(ValueError):
    """The text is no expression that offices may write. `sentence` is Indonesian; `line` counts from 1.

    `name` is the unknown name and `known` the names that there are, where that is the reason.
    """

    def __init__(
        self, sentence: str, *, line: int = 1, name: str = "", known: tuple[str, ...] = ()
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.line = line
        self.name = name
        self.known = known


class _Environment(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset(_NUMBERS_ONLY)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        for side in (left, right):
            if isinstance(side, str | list | tuple):  # "x" * 10**9, or "%999999999d" % 1
                raise SecurityError(f"{operator} needs numbers")
        return super().call_binop(context, operator, left, right)


def _environment() -> _Environment:
    environment = _Environment(
        undefined=StrictUndefined,
        autoescape=False,  # plain text comes out; file_names.py cleans it, the letter escapes it
        optimized=False,
        finalize=lambda value: "" if value is None else value,
    )
    kept = {name: environment.filters[name] for name in BUILT_IN_FILTERS}
    environment.filters = kept | {name: entry.call for name, entry in FILTERS.items()}
    environment.tests = {
        name: test for name, test in environment.tests.items() if name in BUILT_IN_TESTS
    }
    environment.globals = {}
    return environment


_ENVIRONMENT = _environment()


def compile_expression(
    source: str, *, names: frozenset[str], functions: frozenset[str]
) -> tuple[Callable[..., Any], frozenset[str], nodes.Node]:
    """A callable of the values, the names that it reads, and its tree. Raises NotAllowed."""
    tree = _parsed(source, lambda: _parse_expression(source))
    _check(tree, _EXPRESSIONS, names, functions)
    run = _guarded(lambda: _ENVIRONMENT.compile_expression(source, undefined_to_none=False))
    return run, _names(tree) & names, tree


def compile_text(source: str, *, names: frozenset[str]) -> tuple[Template, frozenset[str]]:
    """A template of plain text, and the names that it reads. Raises NotAllowed."""
    tree = _parsed(source, lambda: _ENVIRONMENT.parse(source))
    _check(tree, _TEXTS, names, frozenset())
    return _guarded(lambda: _ENVIRONMENT.from_string(source)), _names(tree) & names


def render(template: Template, values: Mapping[str, object]) -> str:
    """The text, without spaces around it."""
    return template.render(values).strip()


def _parse_expression(source: str) -> nodes.Node:
    parser = Parser(_ENVIRONMENT, source, state="variable")
    tree = parser.parse_expression()
    if not parser.stream.eos:
        raise TemplateSyntaxError("chunk after expression", parser.stream.current.lineno)
    return tree


def _parsed(source: str, parse: Callable[[], nodes.Node]) -> nodes.Node:
    if len(source) > LONGEST:
        raise NotAllowed(f"terlalu panjang: {len(source)} huruf, paling banyak {LONGEST}")
    if not source.strip():
        raise NotAllowed("kosong")
    return _guarded(parse)


def _guarded(make: Callable[[], _Made]) -> _Made:
    try:
        return make()
    except TemplateSyntaxError as error:
        raise NotAllowed(_in_indonesian(error), line=error.lineno) from None
    except (RecursionError, MemoryError, SyntaxError, ValueError, OverflowError):
        # Python's own limits, e.g. two hundred parentheses within each other
        raise NotAllowed("terlalu rumit") from None


def _in_indonesian(error: TemplateSyntaxError) -> str:
    message = error.message or ""
    for part, sentence in _SYNTAX.items():
        if part in message:
            return f"{sentence} ({message})"
    return f"penulisannya tidak benar ({message})"


_SYNTAX = {
    "No filter named": "filter itu tidak ada",
    "No test named": "uji itu tidak ada",
    "expected token 'end of print statement'": "ada yang kurang di antara dua kata, atau {{ }} belum ditutup",
    "unexpected end of template": "belum selesai: mungkin kurang tanda kurung atau }}",
    "unexpected '": "ada tanda kurung yang tidak berpasangan",
    "unexpected char": "ada huruf yang tidak dikenal, atau tanda kutip belum ditutup",
    "chunk after expression": "ada kata berlebih; pakai and, or, atau tanda petik",
    "expected token": "ada tanda yang kurang",
    "Expected an expression": "belum selesai: sesudah operator harus ada sesuatu",
}


def _check(
    tree: nodes.Node,
    allowed: tuple[type[nodes.Node], ...],
    names: frozenset[str],
    functions: frozenset[str],
) -> None:
    everything = every_node(tree)
    called = {id(node.node) for node in everything if isinstance(node, nodes.Call)}
    for node in everything:
        line = getattr(node, "lineno", 1) or 1
        if not isinstance(node, allowed):
            raise NotAllowed(f"tidak boleh dipakai di sini: {type(node).__name__}", line=line)
        if isinstance(node, nodes.Call) and not isinstance(node.node, nodes.Name):
            raise NotAllowed("yang boleh dipanggil hanya fungsi yang terdaftar", line=line)
        if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            raise NotAllowed(f"tidak boleh dipakai: .{node.attr}", line=line)
        if isinstance(node, nodes.Filter) and node.name not in _ENVIRONMENT.filters:
            raise NotAllowed(
                f'filter "{node.name}" tidak ada', line=line, name=node.name, known=all_filters()
            )
        if isinstance(node, nodes.Test) and node.name not in _ENVIRONMENT.tests:
            raise NotAllowed(
                f'uji "is {node.name}" tidak ada',
                line=line,
                name=node.name,
                known=BUILT_IN_TESTS,
            )
        if isinstance(node, nodes.Name):
            known = functions if id(node) in called else names
            if node.name not in known:
                what = "fungsi" if id(node) in called else "nama"
                raise NotAllowed(
                    f'{what} "{node.name}" tidak dikenal',
                    line=line,
                    name=node.name,
                    known=tuple(sorted(known)),
                )


def all_filters() -> tuple[str, ...]:
    return (*FILTERS, *BUILT_IN_FILTERS)


def every_node(tree: nodes.Node) -> list[nodes.Node]:
    """The tree's root too, which Jinja's own search leaves out."""
    return [tree, *tree.find_all(nodes.Node)]


def _names(tree: nodes.Node) -> frozenset[str]:
    return frozenset(node.name for node in every_node(tree) if isinstance(node, nodes.Name))
