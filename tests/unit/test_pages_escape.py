"""Pages escape everything, and hold nothing that the Content-Security-Policy refuses: read from their sources."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "web"
TEMPLATES = sorted(WEB.rglob("*.html"))
SOURCES = sorted(WEB.rglob("*.py"))
SCRIPTS = sorted((WEB / "static").rglob("*.js"))
MAKES_MARKUP = {"admin/editor/draft_view.py", "diagrams.py", "render.py", "icons.py", "help/book.py"}
"""Who makes markup: hidden fields of forms, attributes, our own icons and diagrams, with escaped values; and the
handbook, whose own chapters are read with HTML switched off."""
UNESCAPED = re.compile(r"\|\s*(safe|forceescape)\b|autoescape|Markup\b|\bself\._|render_template_string")
REFUSED = re.compile(
    r"<[^>{]*\s(?:style|on\w+)\s*=|javascript:|<style|<script(?![^>]*\ssrc=)|<(?:iframe|object|embed|base)\b", re.I
)
ELSEWHERE = re.compile(r"""(?:src|href|action)=["'](?:https?:)?//""")
MAKES_MARKUP_IN_SCRIPTS = re.compile(
    r"\binnerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|createContextualFragment|srcdoc"
)


def test_there_are_templates_and_scripts_to_read() -> None:
    assert len(TEMPLATES) > 10 and len(SOURCES) > 15 and SCRIPTS


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(WEB).as_posix())
def test_a_template_escapes_everything_and_holds_nothing_inline(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert UNESCAPED.findall(text) == []
    assert REFUSED.findall(text) == []
    assert ELSEWHERE.findall(text) == [], "nothing is loaded from another host"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(WEB).as_posix())
def test_every_attribute_with_a_value_of_ours_is_quoted(path: Path) -> None:
    assert re.findall(r"<[a-z][^>]*\s[a-z-]+=\{\{", path.read_text(encoding="utf-8")) == []


def test_only_these_files_make_markup() -> None:
    making = {
        path.relative_to(WEB).as_posix()
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom | ast.Import)
        and any(name.name.split(".")[-1] in ("Markup", "markupsafe", "render_template_string") for name in node.names)
    }
    assert making == MAKES_MARKUP


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(WEB).as_posix())
def test_a_script_makes_no_markup_but_by_the_one_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert MAKES_MARKUP_IN_SCRIPTS.findall(re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)) == []
    assert set(re.findall(r'createPolicy\("([^"]+)"', text)) <= {"desk"}, "the policy that web/headers.py allows"


@pytest.mark.parametrize(
    "sample",
    ["{{ name|safe }}", "{% autoescape false %}", "{{ Markup(name) }}"],
)
def test_the_reader_sees_what_it_bans(sample: str) -> None:
    assert UNESCAPED.search(sample)


@pytest.mark.parametrize("sample", ['<p style="x">', "<a onclick=x>", "<script>x</script>", '<a href="javascript:x">'])
def test_the_reader_sees_what_the_policy_refuses(sample: str) -> None:
    assert REFUSED.search(sample)
