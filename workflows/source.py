"""The parsed tree of a workflow file, so that a finding about the release gets its position in the file."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.problems import Mark
from workflows.yaml_reader import Group, Items, Node, Scalar


@dataclass(frozen=True)
class Source:
    """The tree of one file. A path is keys and positions as the author wrote them: ``("states", "new", "portal")``.

    For a part that a short form left out, the position is that of the nearest part around it.
    """

    name: str
    root: Group
    text: str = ""

    def at(self, *path: str | int) -> Mark:
        """The start of the value at ``path``."""
        return self._nearest(path).mark

    def key(self, *path: str | int) -> Mark:
        """The position of the last key of ``path``; for a list position, the start of the entry."""
        parent = self._nearest(path[:-1])
        if isinstance(parent, Group) and path[-1] in parent.entries:
            return parent.entries[str(path[-1])][0].mark
        return self.at(*path)

    def inside(self, column: int, *path: str | int) -> Mark:
        """The position of the character at ``column`` (from 1) of the text at ``path``.

        For text that spans lines or holds escapes it is the start of the text.
        """
        node = self._nearest(path)
        if isinstance(node, Scalar) and node.offset is not None:
            return Mark(node.mark.line, node.mark.column + node.offset + column - 1)
        return node.mark

    def has(self, *path: str | int) -> bool:
        """Whether the author wrote something at ``path``."""
        node: Node = self.root
        for part in path:
            if not isinstance(node, Group) or part not in node.entries:
                return False
            node = node.entries[str(part)][1]
        return True

    def text_at(self, *path: str | int) -> str:
        """The text of the single value at ``path``; empty where there is none."""
        node = self._nearest(path)
        return node.value if isinstance(node, Scalar) else ""

    def _nearest(self, path: tuple[str | int, ...]) -> Node:
        node: Node = self.root
        for part in path:
            if isinstance(node, Group) and part in node.entries:
                node = node.entries[str(part)][1]
            elif isinstance(node, Items) and isinstance(part, int) and part < len(node.items):
                node = node.items[part]
            else:
                break
        return node
