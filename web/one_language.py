"""Compiles templates for one language: the sentence of ``t('…', '…')`` is chosen then, and not each time it is shown.

A template has both languages side by side (docs/adr/0013). The renderer compiles it once for each; what is constant
then is written into the compiled page, escaped. Icons with a constant name are drawn at the same time. Any other call
stays as it is, and gives the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from web.icons import icon

_BOTH = ("name", "lparen", "string", "comma", "string")
_DRAWN = ("name", "lparen", "string")


class _OneLanguage(Extension):
    """Replaces tokens of the template before it is parsed."""

    place: ClassVar[int]
    """The place of the language's words in ``t``: 2 or 4 tokens after its name."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        return self._chosen(list(stream))

    def _chosen(self, tokens: Sequence[Token]) -> Iterator[Token]:
        at = 0
        while at < len(tokens):
            made, used = self._said(tokens, at) or _drawn(tokens, at) or ([tokens[at]], 1)
            yield from made
            at += used

    def _said(self, tokens: Sequence[Token], at: int) -> tuple[list[Token], int] | None:
        """The sentence instead of ``t('…', '…')``; with values to put in ``said('…', values)``."""
        if not _is_call(tokens, at, "t", _BOTH):
            return None
        line, after = tokens[at].lineno, tokens[at + 5].type
        sentence = Token(line, "string", tokens[at + self.place].value)
        if after == "rparen":
            return [sentence], 6
        if after == "comma":
            return [Token(line, "name", "said"), tokens[at + 1], sentence, tokens[at + 5]], 6
        return None


class Vietnamese(_OneLanguage):
    place = 2


class English(_OneLanguage):
    place = 4


def _drawn(tokens: Sequence[Token], at: int) -> tuple[list[Token], int] | None:
    """The drawing instead of ``icon('…')`` and ``m.icon('…')``."""
    own = 2 if [(one.type, one.value) for one in tokens[at : at + 2]] == [("name", "m"), ("dot", ".")] else 0
    if not _is_call(tokens, at + own, "icon", _DRAWN, after_dot=bool(own)) or tokens[at + own + 3].type != "rparen":
        return None
    line, name = tokens[at].lineno, tokens[at + own + 2].value
    drawing = [("lparen", "("), ("string", str(icon(name))), ("pipe", "|"), ("name", "safe"), ("rparen", ")")]
    return [Token(line, kind, value) for kind, value in drawing], own + 4


def _is_call(tokens: Sequence[Token], at: int, name: str, kinds: tuple[str, ...], *, after_dot: bool = False) -> bool:
    """Whether ``name`` is called here, with arguments that begin with tokens of these kinds."""
    if tokens[at].value != name or tuple(one.type for one in tokens[at : at + len(kinds)]) != kinds:
        return False
    dotted = at > 0 and tokens[at - 1].type == "dot"
    return dotted == after_dot and at + len(kinds) < len(tokens)
