"""Every word that a page shows stands in both languages, and every name that a template uses is given to it.

The tests read the templates and views of ``web/`` without running them, so that branches which no test renders are
held too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import meta, nodes

from web.render import environment

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
TEMPLATES = sorted(path.relative_to(WEB).as_posix() for path in WEB.rglob("*.html"))
SAYING = {"t", "tx", "Text"}
"""What takes words in both languages."""
SAYING_IN_VIEWS = SAYING | {"wrong", "Forbidden", "MalformedRequest", "ValidationError"}
"""Of a ValidationError, server.validation_words has the Vietnamese."""
SHOWN = {"aria-label", "aria-description", "alt", "title", "placeholder", "label", "summary"}
"""Attributes that somebody reads or hears."""
THE_SAME = {"Một Cửa", "Tiếng Việt", "English", "PDF", "QR", "CSV", "SHA-256", "VNeID", "CCCD", "SMS", "Esc", "Enter"}
THE_SAME |= {
    "kB",
    "MB",
    "Cốc Cốc",
    "Samsung Internet",
    "Mac OS X",
    "Ctrl",
    "OIDC",
    "Excel",
    "XLSX",
    "vi",
    "en",
    "VI",
    "EN",
    "URL",
    "đ",
}
"""Names, keys and signs that no language translates."""
ON_PAPER = {"desk/paper_forms.html"}
"""The official forms: the law prescribes their Vietnamese words."""
HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"
VIETNAMESE = re.compile("[À-ỹĐđ]")
WORDS = re.compile(r"[^\W\d_]{2,}")
A_SENTENCE = re.compile(r"[A-Z][a-z]+(?: [\w'’]+)+[.?!:]?$")
FIELD = re.compile(r"\{(\w+)")


@cache
def _tree(name: str) -> nodes.Template:
    return environment().parse((WEB / name).read_text(encoding="utf-8"), name)


each_template = pytest.mark.parametrize("name", TEMPLATES)


def test_there_are_templates() -> None:
    assert {"layouts/base.html", "layouts/citizen.html", "layouts/desk.html"} <= set(TEMPLATES)


@each_template
def test_no_word_of_a_template_stands_outside_of_a_translation(name: str) -> None:
    reader = _Reader()
    reader.feed("".join(_raw(_tree(name))).replace(f"<{HOLE}", "<x").replace(f"</{HOLE}", "</x"))
    reader.close()
    untranslated = [] if name in ON_PAPER else [text for text in reader.shown if not _is_the_same(text)]
    if name not in ON_PAPER:
        untranslated += [text for text in _constants(_tree(name)) if _is_said(text) and not _is_the_same(text)]
    assert untranslated == []


@each_template
def test_every_sentence_is_said_in_both_languages_with_the_same_values(name: str) -> None:
    wrong = []
    for call in _tree(name).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "t":
            if [getattr(part, "attr", None) for part in call.args] == ["vi", "en"]:
                continue  # both languages of something that the engine says
            spoken = [part.value if isinstance(part, nodes.Const) else None for part in call.args]
            given = {pair.key for pair in call.kwargs}
            if fault := _fault(spoken, given, open_ended=call.dyn_kwargs is not None):
                wrong.append(f"line {call.lineno}: {fault}")
    assert wrong == []


def test_no_word_of_a_view_stands_outside_of_a_translation() -> None:
    wrong = {}
    for path in sorted(WEB.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        allowed = {id(node) for node in _translated(tree)}
        found = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in allowed
            and _is_said(node.value)
            and not _is_the_same(node.value)
        ]
        if found:
            wrong[path.relative_to(ROOT).as_posix()] = found
    assert wrong == {}


def test_every_name_of_a_template_is_given_by_its_view() -> None:
    """Views that give names by ``**`` are left to the tests that render them: an undefined name is an error there."""
    everywhere = _names_of_every_page()
    missing = {}
    for name, given in _rendered().items():
        if (WEB / name).exists() and given is not None:
            lost = meta.find_undeclared_variables(_tree(name)) - given - everywhere - _own_names(_tree(name))
            if lost:
                missing[name] = sorted(lost)
    assert missing == {}


class _Reader(HTMLParser):
    """Collects what a person reads: text, and the attributes that are shown or spoken."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shown: list[str] = []
        self.in_code = False

    def handle_data(self, data: str) -> None:
        if not self.in_code:
            self.shown += [part for part in data.split(HOLE) if WORDS.search(part) and not part.startswith("/")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        spoken = [value for key, value in attrs if key in SHOWN and value]
        spoken = [value for value in spoken if not value.startswith("/")]  # an address in an attribute of the same name
        self.shown += [part for value in spoken for part in value.split(HOLE) if WORDS.search(part)]

        self.in_code = self.in_code or tag == "code"

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        self.in_code = self.in_code and tag != "code"


def _raw(node: nodes.Node) -> Iterator[str]:
    """The text of a template with a hole for everything that is computed."""
    if isinstance(node, nodes.TemplateData):
        yield node.data
        return
    if isinstance(node, nodes.Expr):
        yield HOLE
        return
    for child in node.iter_child_nodes():
        yield from _raw(child)


def _constants(node: nodes.Node) -> Iterator[str]:
    """The strings of a template's expressions that are in no translation."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in SAYING:
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    for child in node.iter_child_nodes():
        yield from _constants(child)


def _is_said(text: str) -> bool:
    return bool(VIETNAMESE.search(text) or A_SENTENCE.match(text))


def _is_the_same(text: str) -> bool:
    left = " ".join(text.split())
    for word in sorted(THE_SAME, key=len, reverse=True):
        left = left.replace(word, "")
    return not WORDS.search(left)


def _fault(spoken: list[object], given: set[str], *, open_ended: bool) -> str | None:
    if len(spoken) != 2 or not all(isinstance(words, str) and words.strip() for words in spoken):
        return f"two sentences are needed, not {spoken}"
    vi, en = (str(words) for words in spoken)
    if VIETNAMESE.search(en) and not VIETNAMESE.search(vi):
        return f"the languages are exchanged: {vi} | {en}"
    if set(FIELD.findall(vi)) != set(FIELD.findall(en)):
        return f"other values in English: {vi} | {en}"
    if not open_ended and not set(FIELD.findall(vi)) <= given:
        return f"values are missing: {vi} {sorted(given)}"
    return None


def _translated(tree: ast.Module) -> Iterator[ast.AST]:
    """Strings of docstrings, of translations, and of refusals (whose class has vi and en)."""
    for node in ast.walk(tree):
        says = (
            isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in SAYING_IN_VIEWS
        )
        if says or (isinstance(node, ast.IfExp) and "language()" in ast.unparse(node.test)):
            yield from ast.walk(node)
        elif isinstance(node, ast.FunctionDef):
            yield from _both_languages(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value  # a docstring, or the description below a constant
        elif isinstance(node, ast.ClassDef):
            assigned = [part for part in node.body if isinstance(part, ast.Assign)]
            names = {target.id for part in assigned for target in part.targets if isinstance(target, ast.Name)}
            if {"vi", "en"} <= names:
                yield from (inner for part in assigned for inner in ast.walk(part.value))


def _both_languages(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """What is assigned to ``vi`` beside ``en``, or to ``heads`` beside ``heads_en``."""
    told = [part for part in ast.walk(function) if isinstance(part, ast.Assign | ast.AugAssign)]
    targets = [ast.unparse(part.targets[0] if isinstance(part, ast.Assign) else part.target) for part in told]
    pairs = {"vi", "en"} if {"vi", "en"} <= set(targets) else set()
    pairs |= {name for one in targets if f"{one}_en" in targets for name in (one, f"{one}_en")}
    for part, name in zip(told, targets, strict=True):
        if name in pairs:
            yield from ast.walk(part.value)


def _rendered() -> dict[str, set[str] | None]:
    """The names that views give to each template; None where a call gives them by ``**``."""
    found: dict[str, set[str] | None] = {}
    for path in WEB.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(call, ast.Call) and getattr(call.func, "id", "") == "render" and call.args):
                continue
            if isinstance(call.args[0], ast.Constant):
                given = {word.arg for word in call.keywords}
                known = found.get(str(call.args[0].value), given)
                exact = known is not None and None not in given
                found[str(call.args[0].value)] = {name for name in given & known if name} if exact and known else None
    return found


def _own_names(tree: nodes.Template) -> set[str]:
    """What a template itself sets, imports and defines outside of its blocks."""
    names = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    names |= {node.target for node in tree.find_all(nodes.Import)} | {node.name for node in tree.find_all(nodes.Macro)}
    for node in tree.find_all(nodes.FromImport):
        names |= {name if isinstance(name, str) else name[1] for name in node.names}
    return names


def _names_of_every_page() -> set[str]:
    """What the renderer gives to every template, and what the layouts import for the pages in them."""
    source = ast.parse((WEB / "render.py").read_text(encoding="utf-8"))
    given = next(node for node in ast.walk(source) if getattr(node, "name", "") == "_surroundings")
    keys = next(node.keys for node in ast.walk(given) if isinstance(node, ast.Dict))
    names = {str(key.value) for key in keys if isinstance(key, ast.Constant)}
    return names | set(environment().globals) | {"help_for", "m", "parts"}  # the application gives help_for
