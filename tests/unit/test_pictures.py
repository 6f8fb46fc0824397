"""Pictures of procedures: complete, the same twice, valid in their notations, and safe whatever names hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from lxml import etree
from msgspec.structs import replace

from cli.diagram import diagram
from engine.pictures.bpmn import bpmn_of
from engine.pictures.graph import EdgeKind, NodeKind, graph_of
from engine.pictures.layout import NODE_WIDTH, lay_out
from engine.pictures.mermaid import mermaid_of
from engine.pictures.scxml import NAMESPACE, OWN, scxml_of
from engine.pictures.svg import Drawing, Figures, svg_of
from engine.rules.procedure.definition import APPLICANT, SYSTEM, Release
from engine.rules.procedure.portal_status import PortalStatus
from engine.text import Text
from tests.installation.content import shipped

SHIPPED = shipped()
RELEASES = pytest.mark.parametrize("release", SHIPPED.releases, ids=lambda one: f"{one.procedure}-{one.version}")
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
HOSTILE = Text('</title><script>alert("x")</script> & ]]>', "a --> b : <b>\n[*]; }")


def parsed(document: str) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 - our own


def permit() -> Release:
    return next(one for one in SHIPPED.releases if one.procedure == "1.013225")


def hostile() -> Release:
    release = permit()
    return replace(
        release,
        name=HOSTILE,
        short=HOSTILE,
        states={key: replace(state, name=HOSTILE) for key, state in release.states.items()},
        actions={key: replace(action, name=HOSTILE) for key, action in release.actions.items()},
    )


def ways(release: Release) -> set[tuple[str, str, str]]:
    """Every (state, action, state) of the release."""
    return {
        (source, key, branch.then)
        for key, action in release.actions.items()
        for source in action.sources
        for branch in action.to
    }


@RELEASES
def test_the_graph_holds_every_way_and_its_main_path_returns_a_result(release: Release) -> None:
    graph = graph_of(release)
    drawn = {(edge.source, key, edge.target) for edge in graph.edges for key in edge.actions}
    names = {action.name: key for key, action in release.actions.items() if action.effect in {"stop", "withdraw"}}
    named = {(node.key, names[leaf]) for node in graph.nodes for leaf in node.leaves}
    assert {(source, key) for source, key, _target in ways(release) - drawn} == named
    assert graph.main[0] == release.initial
    assert release.states[graph.main[-1]].status is PortalStatus.RETURNED
    assert [edge.kind for edge in graph.edges].count(EdgeKind.MAIN) == len(graph.main) - 1


def test_what_waits_and_what_ends_is_told_apart() -> None:
    kinds = {node.key: node.kind for node in graph_of(permit()).nodes}
    assert kinds["new"] is NodeKind.INITIAL
    assert kinds["supplement"] is kinds["incomplete"] is NodeKind.WAITING
    assert kinds["returned"] is NodeKind.FINAL
    back = {(edge.source, edge.target) for edge in graph_of(permit()).edges if edge.kind is EdgeKind.BACK}
    assert ("signing", "drafting") in back
    assert ("checking", "supplement") not in back


@RELEASES
@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_boxes_overlap_and_all_lies_inside(release: Release, language: str) -> None:
    layout = lay_out(graph_of(release), language)
    for one, other in combinations(layout.nodes, 2):
        apart_x = abs(one.at.x - other.at.x) >= NODE_WIDTH
        apart_y = one.at.y + one.height <= other.at.y or other.at.y + other.height <= one.at.y
        assert apart_x or apart_y, (one.node.key, other.node.key)
    for point in [corner for route in layout.routes for corner in route.points]:
        assert 0 <= point.x <= layout.size.width and 0 <= point.y <= layout.size.height


def drawn(release: Release, figures: dict[str, Figures] | None = None, now: str | None = None) -> str:
    graph = graph_of(release)
    return svg_of(Drawing(release.in_lists, graph, lay_out(graph, "vi"), figures or {}, now), "vi", alone=True)


@RELEASES
def test_the_svg_names_every_state_and_action_in_words_too(release: Release) -> None:
    svg = drawn(release)
    assert svg == drawn(release)
    told = parsed(svg).find("{http://www.w3.org/2000/svg}desc")
    assert told is not None
    reached = {target for _source, _key, target in ways(release)} | {release.initial}
    exits = {node.name.vi for node in graph_of(release).nodes}
    for state in reached:
        name = release.states[state].name.vi
        assert name in (told.text or "") or name not in exits
    for action in release.actions.values():
        assert action.name.vi in svg or action.name.vi.split()[0] in svg


def test_figures_a_bottleneck_and_the_present_state_are_shown() -> None:
    svg = drawn(permit(), {"site": Figures(4, 0.25, "/ho-so?x=1&y=2"), "signing": Figures(3, 0.05)}, now="checking")
    assert "4 hồ sơ · 25 % quá hạn" in svg
    assert svg.count("node-late") - svg.count(".node-late") == 1
    assert svg.count('"node node-now"') == 1
    assert 'href="/ho-so?x=1&amp;y=2"' in svg
    assert ">3 hồ sơ<" in svg


def test_hostile_names_are_text_everywhere() -> None:
    release = hostile()
    for document in (drawn(release), bpmn_of(release, "vi"), scxml_of(release, "vi")):
        assert "<script" not in document
        parsed(document)
    text = mermaid_of(release, "en")
    assert len(text.splitlines()) == len(mermaid_of(permit(), "en").splitlines())
    said = [line.partition(" : ")[2] for line in text.splitlines()]
    assert not set("".join(said)) & set("<>{}[]:")


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(Path(__file__).parents[1] / "bpmn_schema" / "BPMN20.xsd"))


@RELEASES
def test_bpmn_is_valid_and_every_element_has_its_place(release: Release, schema: etree.XMLSchema) -> None:
    document = bpmn_of(release, "vi")
    assert document == bpmn_of(release, "vi")
    schema.assertValid(etree.fromstring(document.encode()))
    root = parsed(document)
    process = root.find(f"{BPMN}process")
    assert process is not None
    placed = {shape.get("bpmnElement") for shape in root.iter() if shape.tag in {f"{DI}BPMNShape", f"{DI}BPMNEdge"}}
    assert {element.get("id") for element in process} == placed
    assert bpmn_ways(process, release) == ways(release)


def bpmn_ways(process: ET.Element, release: Release) -> set[tuple[str, str, str]]:
    """Every (state, action, state) that the process allows, read from its flows and names."""
    elements = {element.get("id"): element for element in process}
    leaving: dict[str | None, list[ET.Element]] = {}
    for flow in process.iter(f"{BPMN}sequenceFlow"):
        leaving.setdefault(flow.get("sourceRef"), []).append(flow)
    states = {state.name.vi: key for key, state in release.states.items()}

    def ends(element: str | None, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
        if elements[element].tag != f"{BPMN}exclusiveGateway":
            yield names, states[elements[element].get("name") or ""]
            return
        for flow in leaving[element]:
            yield from ends(flow.get("targetRef"), (*names, *filter(None, [flow.get("name")])))

    found = set()
    for element, tag in ((one.get("id"), one.tag) for one in process):
        event = elements[element]
        source = event.get("attachedToRef") or element
        if tag not in {f"{BPMN}userTask", f"{BPMN}boundaryEvent"}:
            continue
        first = (event.get("name") or "",) if tag == f"{BPMN}boundaryEvent" else ()
        for flow in leaving.get(element, []):
            for names, target in ends(flow.get("targetRef"), (*first, *filter(None, [flow.get("name")]))):
                state = (source or "").removeprefix("state_")
                for key, action in release.actions.items():
                    leads = any(branch.then == target for branch in action.to)
                    if action.name.vi in names and state in action.sources and leads:
                        found.add((state, key, target))
    return found


@RELEASES
def test_scxml_is_the_same_machine(release: Release) -> None:
    chart = parsed(scxml_of(release, "en"))
    found = {
        (state.get("id"), (step.get("event") or "").removeprefix("after."), step.get("target"))
        for state in chart
        for step in state.iter(f"{{{NAMESPACE}}}transition")
    }
    assert found == ways(release)
    assert {state.get("id") for state in chart.iter(f"{{{NAMESPACE}}}final")} == {
        key for key, state in release.states.items() if state.final
    }
    roles = {
        role for step in chart.iter(f"{{{NAMESPACE}}}transition") for role in (step.get(f"{{{OWN}}}by") or "").split()
    }
    assert roles <= {*release.roles, APPLICANT, SYSTEM}


@RELEASES
def test_mermaid_has_every_way(release: Release) -> None:
    found = re.findall(r"^ {4}(\w+) --> (\w+) : ", mermaid_of(release, "vi"), re.MULTILINE)
    assert sorted(found) == sorted((source, target) for source, _key, target in ways(release))


def test_the_command_writes_each_format(tmp_path: Path) -> None:
    file = Path(__file__).parents[2] / "workflows/procedures/1.013225.yaml"
    starts = {"svg": "<svg", "bpmn": "<?xml", "mermaid": "stateDiagram-v2", "scxml": "<?xml"}
    for form, start in starts.items():
        to = tmp_path / form
        assert CliRunner().invoke(diagram, [str(file), "--format", form, "--output", str(to)]).exit_code == 0
        assert to.read_text(encoding="utf-8").startswith(start)
    printed = CliRunner().invoke(diagram, [str(file), "--format", "mermaid"])
    assert printed.output == (tmp_path / "mermaid").read_text(encoding="utf-8")
