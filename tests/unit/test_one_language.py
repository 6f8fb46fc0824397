"""Templates that are compiled for one language say what they said with both."""

from __future__ import annotations

import pytest
from jinja2 import Environment, StrictUndefined, nodes

from web.icons import icon
from web.one_language import English, Vietnamese

IN_BOTH = [
    ("{{ t('Hồ sơ <b>', 'Dossier <b>') }}", "Hồ sơ &lt;b&gt;", "Dossier &lt;b&gt;"),
    ("{{ t('{n} việc', '{n} acts', n=3) }}", "3 việc", "3 acts"),
    ("{{ t('{n} việc', '{n} acts', n='<i>') }}", "&lt;i&gt; việc", "&lt;i&gt; acts"),
    ("{{ t('một' ' hai', 'one two') }}", "một hai", "one two"),
    ("{{ t(word.vi, word.en) }}", "từ", "word"),
    ("{{ t('không', 'no') if no else t('có', 'yes') }}", "có", "yes"),
    ("{{ word.t('a', 'b') }}", "a+b", "a+b"),
    ("{{ m.icon('check') }}{{ 't' }}", f"{icon('check')}t", f"{icon('check')}t"),
    ("{{ m.icon('check', label='<') }}", str(icon("check", label="<")), str(icon("check", label="<"))),
]


class _Word:
    vi, en = "từ", "word"

    def t(self, one: str, other: str) -> str:
        return f"{one}+{other}"


class _Macros:
    icon = staticmethod(icon)


@pytest.mark.parametrize(("source", "vietnamese", "english"), IN_BOTH)
def test_a_template_says_the_same_as_with_both_languages(source: str, vietnamese: str, english: str) -> None:
    for extension, lang, said in ((Vietnamese, "vi", vietnamese), (English, "en", english)):
        plain, chosen = _environment(lang), _environment(lang).overlay(extensions=[extension])
        assert [one.from_string(source).render(no=False) for one in (plain, chosen)] == [said, said]


def test_a_constant_sentence_and_a_constant_icon_are_not_called_any_more() -> None:
    chosen = _environment("vi").overlay(extensions=[Vietnamese])
    tree = chosen.parse("{{ t('Có', 'Yes') }}{{ m.icon('check') }}{{ t(a, b) }}")
    assert [one.node.name for one in tree.find_all(nodes.Call) if isinstance(one.node, nodes.Name)] == ["t"]


def _environment(lang: str) -> Environment:
    made = Environment(autoescape=True, undefined=StrictUndefined)
    made.globals |= {"t": _both(lang), "said": lambda sentence, **values: sentence.format(**values)}
    made.globals |= {"word": _Word(), "m": _Macros()}
    return made


def _both(lang: str) -> object:
    def t(vi: str, en: str, **values: object) -> str:
        said = en if lang == "en" else vi
        return said.format(**values) if values else said

    return t
