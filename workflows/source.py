"""A workflow file that was read: its tree, so that a finding about the release can point to where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.problems import Mark
from workflows.yaml_reader import Group, Items, Node, Scalar


@dataclass(frozen=True)
class Source:
    """The tree of one file. A path is keys and positions as the author wrote them: ``("states", "new", "portal")``.

    Where a short form left a part out, the nearest part around it answers.
    """

    name: str
    root: Group
    text: str = ""

    def at(self, *path: str | int) -> Mark:
        """Where the value at ``path`` begins."""
        return self._nearest(path).mark

    def key(self, *path: str | int) -> Mark:
        """Where the last key of ``path`` stands; for a list position, where the entry begins."""
        parent = self._nearest(path[:-1])
        if isinstance(parent, Group) and path[-1] in parent.entries:
            return parent.entries[str(path[-1])][0].mark
        return self.at(*path)

    def inside(self, column: int, *path: str | int) -> Mark:
        """The place of the character at ``column`` (from 1) of the text at ``path``, as near as can be said."""
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
