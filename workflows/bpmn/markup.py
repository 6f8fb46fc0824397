"""Reads XML that a stranger may have written: no entity is declared or fetched, and sizes are capped.

The parser is Expat, which the standard library has. A document type declaration is refused where it begins, so that no
entity can be declared at all: neither one that expands to gigabytes nor one that names a file or an address
(the advice of the library ``defusedxml``). The five entities of XML itself and character references remain.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat  # the two dangers of it are closed below

from workflows.problems import Both, Mark

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
"""The namespace of BPMN 2.0."""
OWN = "https://motcua.invalid/bpmn"
"""The namespace of what our own export adds (``engine.pictures.bpmn.OWN``)."""
MOST_BYTES = 1024 * 1024
MOST_LEVELS = 64
MOST_ELEMENTS = 20_000


class Unreadable(Exception):
    """The bytes are no XML that is read here. ``rule`` names the sentence that says why."""

    def __init__(self, rule: str, at: Mark, **facts: object) -> None:
        super().__init__(rule)
        self.rule, self.at, self.facts = rule, at, facts


@dataclass(slots=True)
class Node:
    """An element. ``tag`` has no namespace where that is BPMN's; attributes have none, those of our export ``own:``."""

    tag: str
    at: Mark
    attributes: dict[str, str]
    children: list[Node] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.attributes.get("id", "")

    @property
    def text(self) -> str:
        """The text directly in it."""
        return "".join(self.words)

    def get(self, name: str) -> str:
        """An attribute; empty where it has none."""
        return self.attributes.get(name, "")

    def all(self, *tags: str) -> list[Node]:
        """The children with one of these tags."""
        return [one for one in self.children if one.tag in tags]


def read_markup(data: bytes) -> Node:
    """The root element of a document. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable("bpmn-too-large", Mark(1, 1), most=Both("1 MB", "1 MB"))
    return _Reader().read(data)


class _Reader:
    """One reading; elements of other namespaces than BPMN's are read over."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.open: list[Node] = []
        self.root: Node | None = None
        self.count = 0

    def read(self, data: bytes) -> Node:
        try:
            self.parser.Parse(data, True)
        except expat.ExpatError as error:
            why = expat.ErrorString(error.code)
            raise Unreadable("bpmn-not-xml", Mark(max(error.lineno, 1), error.offset + 1), why=why) from error
        except (LookupError, ValueError) as error:  # an encoding that there is not, or one of several bytes a character
            raise Unreadable("bpmn-encoding", Mark(1, 1)) from error
        if self.root is None:
            raise Unreadable("bpmn-not-xml", Mark(1, 1), why="no element found")
        return self.root

    def _here(self) -> Mark:
        return Mark(self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def _doctype(self, *_: object) -> None:
        raise Unreadable("bpmn-entities", self._here())

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MOST_ELEMENTS:
            most = Both(f"{MOST_ELEMENTS} phần tử", f"{MOST_ELEMENTS} elements")
            raise Unreadable("bpmn-too-large", self._here(), most=most)
        if len(self.open) >= MOST_LEVELS:
            raise Unreadable("bpmn-too-deep", self._here(), most=MOST_LEVELS)
        space, _, tag = name.rpartition(" ")
        node = Node(tag if space == MODEL else f"{space} {tag}", self._here(), _plain(attributes))
        if self.root is None:
            self.root = node
        elif space == MODEL:
            self.open[-1].children.append(node)
        self.open.append(node)

    def _end(self, _name: str) -> None:
        self.open.pop()

    def _characters(self, words: str) -> None:
        self.open[-1].words.append(words)


def _plain(attributes: dict[str, str]) -> dict[str, str]:
    own = f"{OWN} "
    named = {name.replace(own, "own:"): value for name, value in attributes.items()}
    return {name: value for name, value in named.items() if " " not in name}
