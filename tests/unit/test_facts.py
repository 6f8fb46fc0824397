"""Facts: always all there, always of their type."""

from __future__ import annotations

import pytest

from engine.rules.procedure.definition import Field
from engine.rules.procedure.explain import _NAMES, name_of_fact
from engine.rules.procedure.facts import (
    BUILT_IN,
    FactNameTaken,
    FactOfWrongType,
    FactType,
    complete_facts,
    declared_facts,
    default_facts,
    nested,
)
from engine.text import Text
from tests.installation.land_release import land_release


def test_every_field_and_every_built_in_fact_is_declared() -> None:
    declared = declared_facts(land_release())
    assert declared["land.area"].kind == "int"
    assert declared["owner.born"].kind == "date"
    assert declared["owner.kind"] == FactType("string", ("one", "two"))
    assert declared["land.remeasured"].kind == "bool"
    assert declared["documents.missing"].kind == "list"


def test_what_nobody_gave_has_the_default_of_its_type() -> None:
    facts = default_facts(land_release())
    assert facts["land"] == {"commune": "", "area": 0, "tax_due": False, "remeasured": False, "surveyor": ""}
    assert facts["documents"] == {"complete": False, "missing": []}


def test_given_facts_are_kept_and_the_rest_filled_in() -> None:
    declared = declared_facts(land_release())
    facts = complete_facts(declared, {"land": {"area": 12, "color": "red"}, "pages": None, "other": 1})
    assert facts["land"]["area"] == 12
    assert facts["land"]["commune"] == ""
    assert facts["pages"] == 0
    assert "color" not in facts["land"]
    assert "other" not in facts


@pytest.mark.parametrize(
    "given", [{"land": {"area": "12"}}, {"land": {"remeasured": 1}}, {"documents": {"missing": "don"}},
              {"documents": {"missing": [1]}}, {"owner": {"name": "\ud800"}}]
)  # fmt: skip
def test_a_fact_of_another_type_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(FactOfWrongType):
        complete_facts(declared_facts(land_release()), given)


@pytest.mark.parametrize("key", ["fees.due", "documents", "fees.due.more", "land"])
def test_a_field_cannot_take_the_name_of_another_fact(key: str) -> None:
    fields = {"land.area": Field("number", Text("a", "a")), key: Field("text", Text("b", "b"))}
    with pytest.raises(FactNameTaken):
        declared_facts(land_release(fields=fields))


def test_a_default_list_is_never_shared() -> None:
    declared = declared_facts(land_release())
    first = complete_facts(declared, {})
    first["documents"]["missing"].append("don")
    assert complete_facts(declared, {})["documents"]["missing"] == []


def test_nested_builds_the_tree_of_dotted_names() -> None:
    assert nested({"a.b.c": 1, "a.d": 2, "e": 3}) == {"a": {"b": {"c": 1}, "d": 2}, "e": 3}


def test_every_built_in_fact_has_a_name_of_its_own_and_no_name_is_of_nothing() -> None:
    assert _NAMES.keys() == BUILT_IN.keys()
    names = [text for name in BUILT_IN for text in (name_of_fact(land_release(), name).vi, _NAMES[name].en)]
    assert len(set(names)) == 2 * len(BUILT_IN)
    assert name_of_fact(land_release(), "land.area") == land_release().fields["land.area"].name
