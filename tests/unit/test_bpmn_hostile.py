"""Files that are no diagram, that are made to do harm, or that are broken by chance: refused with a sentence."""

from __future__ import annotations

import copy
import datetime as dt
import random
from collections import Counter
from xml.etree import ElementTree as ET

import pytest

from engine.pictures.bpmn import bpmn_of
from engine.rules.procedure.definition import Release
from tests.installation.content import shipped
from tests.workflow_samples.diagrams import END, MODEL, START, bpmn, flow, task
from workflows.bpmn.draft import draft_of
from workflows.bpmn.markup import MOST_BYTES, MOST_ELEMENTS
from workflows.bpmn.written import Given
from workflows.loader import check_bytes
from workflows.problems import render_json, render_text

GIVEN = Given("x.bpmn", dt.date(2027, 1, 1))
CHAIN = (START, task("a"), task("b"), END, flow("s", "a"), flow("a", "b"), flow("b", "e"))
GOOD = bpmn(*CHAIN)
EXPANDING = "".join(f'<!ENTITY e{one + 1} "{f"&e{one};" * 10}">' for one in range(12))
BODY = f'<definitions xmlns="{MODEL}"><process id="p">&x;</process></definitions>'
HOSTILE = {
    "nothing": (b"", "bpmn-not-xml"),
    "not XML": (b"procedure: 1.2", "bpmn-not-xml"),
    "an archive": (b"PK\x03\x04" + bytes(range(256)), "bpmn-not-xml"),
    "cut in the middle": (GOOD.encode()[:400], "bpmn-not-xml"),
    "two roots": ((GOOD + "<x/>").encode(), "bpmn-not-xml"),
    "a zero byte": (GOOD.replace("userTask", "user\x00Task").encode(), "bpmn-not-xml"),
    "an unknown prefix": (b"<bpmn:definitions/>", "bpmn-not-xml"),
    "entities that expand": (
        f'<!DOCTYPE d [<!ENTITY e0 "x">{EXPANDING}]>{BODY.replace("&x;", "&e12;")}'.encode(), "bpmn-entities",
    ),
    "an entity that reads a file": (
        f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>{BODY}'.encode(), "bpmn-entities",
    ),
    "an entity of the network": (f'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">{BODY}'.encode(), "bpmn-entities"),
    "a parameter entity": (
        f'<!DOCTYPE d [<!ENTITY % a SYSTEM "http://127.0.0.1:9/"> %a;]>{BODY}'.encode(), "bpmn-entities",
    ),
    "an entity that nobody declared": (BODY.encode(), "bpmn-not-xml"),
    "too many bytes": (b" " * (MOST_BYTES + 1), "bpmn-too-large"),
    "too many elements": (bpmn("<x/>" * (MOST_ELEMENTS + 1)).encode(), "bpmn-too-large"),
    "too deep": (bpmn("<subProcess>" * 5000 + "</subProcess>" * 5000).encode(), "bpmn-too-deep"),
    "too many steps": (
        bpmn(START, flow("s", "t0"), *(task(f"t{one}") for one in range(400)),
             *(flow(f"t{one}", f"t{one + 1}") for one in range(399))).encode(),
        "bpmn-too-many",
    ),
    "an unknown encoding": (GOOD.replace("UTF-8", "KLINGON").encode(), "bpmn-encoding"),
    "a multi-byte encoding": (GOOD.replace("UTF-8", "Shift_JIS").encode(), "bpmn-encoding"),
    "another encoding than it says": (GOOD.encode("utf-16-le"), "bpmn-not-xml"),
    "bytes that are no UTF-8": (GOOD.encode().replace(b"name", b"name=\"\xff\" n", 1), "bpmn-not-xml"),
    "another language of diagrams": (b'<scxml xmlns="http://www.w3.org/2005/07/scxml"/>', "bpmn-not-bpmn"),
    "no namespace": (GOOD.replace(f'xmlns="{MODEL}"', "").encode(), "bpmn-not-bpmn"),
    "an empty diagram": (f'<definitions xmlns="{MODEL}"/>'.encode(), "bpmn-no-process"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence(kind: str) -> None:
    data, rule = HOSTILE[kind]
    made = draft_of(data, GIVEN, "draft.yaml")
    assert made.text is None
    assert [one.rule for one in made.problems if one.severity == "error"] == [rule]
    assert all(render_text(made.problems, one) and render_json(made.problems, one) for one in ("vi", "en"))


@pytest.mark.parametrize(("encoding", "said"), [("utf-16", "UTF-16"), ("windows-1258", "windows-1258")])
def test_other_encodings_that_say_so_are_read(encoding: str, said: str) -> None:
    document = GOOD.replace("UTF-8", said).replace("Cấp giấy phép", "Lap bien ban")
    assert draft_of(document.encode(encoding, "xmlcharrefreplace"), GIVEN, "draft.yaml").text is not None


NAMES = (
    '"}, initial: true} #', "a: b\n- c", "{{ x }} {0} %s", "\u202eđảo\u200b", "x" * 5000, "𝕏 漢字 \u0e01", "yes", "1e3",
    "&#9;", "'", "\\u0000", "null", "...", "---", "# x", "é" * 300, "!!python/object", "*a", "&a", "\ufeffx",
    "\u0085y", "\u2028z",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_names_are_text_wherever_they_stand(name: str) -> None:
    parts = (
        f'<laneSet id="l"><lane id="l1" {_named(name)}><flowNodeRef>a</flowNodeRef></lane></laneSet>',
        f'<startEvent id="s" {_named(name)}/>', task("a", name), task("b", name),
        f'<endEvent id="e" {_named(name)}/>', f'<dataObjectReference id="o" {_named(name)}/>',
        f'<textAnnotation id="n"><text>{_escaped(name)}</text></textAnnotation>',
        flow("s", "a", name), flow("a", "b", name, name), flow("a", "e", name, f'x.y == "{name}"'),
        flow("b", "e", name),
    )  # fmt: skip
    made = draft_of(bpmn(*parts).encode(), Given(name, dt.date(2027, 1, 1), name=name), "draft.yaml")
    assert made.text is not None, made.problems
    checked = check_bytes(made.text, "draft.yaml", [])
    assert checked.draft is not None, checked.problems
    assert len(checked.draft.states) == 3 and len(checked.draft.actions) in (2, 3)


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_what_our_own_export_adds_is_believed_only_where_it_can_be(name: str) -> None:
    keys = ("procedure", "state", "portal", "clock", "action", "by", "effect", "role", "unit")
    own = " ".join(f'motcua:{one}="{_escaped(name)}"' for one in keys)
    parts = (
        START, f'<userTask id="a" name="Một" {own}><potentialOwner name="Ai" {own}/></userTask>', task("b"), END,
        flow("s", "a"), flow("a", "b").replace("<sequenceFlow", f"<sequenceFlow {own}"), flow("b", "e"),
    )  # fmt: skip
    document = bpmn(*parts, attributes='xmlns:motcua="https://motcua.invalid/bpmn"')
    made = draft_of(document.replace("<process", f"<process {own}").encode(), GIVEN, "draft.yaml")
    assert made.text is not None, made.problems
    checked = check_bytes(made.text, "draft.yaml", [])
    told = {one.rule for one in checked.problems if one.severity == "error"}
    assert told <= {"bad-format"}  # the code of the procedure, which is taken as it stands
    assert len(_without_code(made.text).states) == 3


def _without_code(text: str) -> Release:
    lines = ['procedure: "1.234567"' if line.startswith("procedure:") else line for line in text.splitlines()]
    draft = check_bytes("\n".join(lines) + "\n", "draft.yaml", []).draft
    assert draft is not None
    return draft


def _named(name: str) -> str:
    return f'name="{_escaped(name)}"'


def _escaped(name: str) -> str:
    return name.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


MUTATED = 200
SEEDS = [one for one in shipped().releases if one.procedure in {"1.012783", "1.013225"}]
_WORDS = (
    b"<", b">", b'"', b"&", b"]]>", b"<!--", b"<![CDATA[", b"<?x ?>", b"\x00", b"\xff", b"\xc3", b' id="process"',
    b"<bpmn:extensionElements/>", b"<!DOCTYPE a>",
)  # fmt: skip
_TAGS = (
    "userTask", "serviceTask", "subProcess", "endEvent", "startEvent", "boundaryEvent", "intermediateCatchEvent",
    "exclusiveGateway", "parallelGateway", "eventBasedGateway", "sequenceFlow", "laneSet", "process", "textAnnotation",
)  # fmt: skip
_VALUES = ("", "x", "99", "on", "start", "state_new", "choice_new", "process", "\u202e", "a" * 3000, "&<>{}%s")


@pytest.mark.parametrize("how", ["bytes", "elements"])
def test_two_hundred_broken_diagrams_give_sentences_and_no_traceback(how: str) -> None:
    drawn = random.Random(20261129)
    samples = [GOOD.encode(), *(bpmn_of(one, "vi").encode() for one in SEEDS)]
    outcomes: Counter[str] = Counter()
    for _ in range(MUTATED):
        sample = drawn.choice(samples)
        broken = _with_other_bytes(drawn, sample) if how == "bytes" else _with_other_elements(drawn, sample)
        made = draft_of(broken, GIVEN, "draft.yaml")
        assert all(render_text(made.problems, one) for one in ("vi", "en"))
        errors = [one.rule for one in made.problems if one.severity == "error"]
        assert (made.text is None) == bool(errors), errors
        if made.text is not None:
            checked = check_bytes(made.text, "draft.yaml", [])
            assert checked.draft is not None, (checked.problems, made.text)
        outcomes[errors[0] if errors else "draft"] += 1
    assert outcomes["draft"] >= 20 and len(outcomes) >= 3, outcomes


def _with_other_bytes(drawn: random.Random, data: bytes) -> bytes:
    """One to three changes: a word put in, a line cut out or doubled, two values exchanged."""
    for _ in range(drawn.randint(1, 3)):
        lines, values = data.split(b"\n"), data.split(b'"')
        at, other = drawn.randrange(len(lines)), drawn.randrange(len(lines))
        match drawn.randrange(4):
            case 0:
                place = drawn.randrange(len(data) + 1)
                data = data[:place] + drawn.choice(_WORDS) + data[place:]
            case 1:
                data = b"\n".join(lines[:at] + lines[at + 1 :])
            case 2:
                data = b"\n".join([*lines[:at], lines[other], *lines[at:]])
            case _:
                values[drawn.randrange(len(values))] = drawn.choice(values)
                data = b'"'.join(values)
    return data


def _with_other_elements(drawn: random.Random, data: bytes) -> bytes:
    """One to three changes of a document that stays XML: an element cut out, moved, doubled, of another kind, or with
    another attribute."""
    root = ET.fromstring(data)  # noqa: S314 - our own
    for _ in range(drawn.randint(1, 3)):
        above = {child: parent for parent in root.iter() for child in parent}
        if not above:
            break
        one = drawn.choice(list(above))
        match drawn.randrange(5):
            case 0:
                above[one].remove(one)
            case 1:
                inside = set(one.iter())
                above[one].remove(one)
                drawn.choice([each for each in root.iter() if each not in inside]).append(one)
            case 2:
                above[one].append(copy.deepcopy(one))
            case 3:
                one.tag = f"{{{MODEL}}}{drawn.choice(_TAGS)}"
            case _:
                name = drawn.choice([*one.attrib, "id", "default", "attachedToRef", "cancelActivity"])
                one.set(name, drawn.choice(_VALUES))
    return ET.tostring(root)
