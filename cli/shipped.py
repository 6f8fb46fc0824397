"""Reads content to publish: the shipped files under ``workflows/``, and the files of the installation beside them.

The installation's folder (``MOTCUA_CONTENT``) has the same shape: ``procedures/``, ``scenarios/``, ``notices/`` and
``calendars/`` with YAML files, ``competences.csv`` and ``offices.csv``. Each part may be left out. A notice, a calendar
and a procedure's file replace the shipped one of the same name. Files are read only to publish and to check; at run
time everything is read from the database.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import workflows
from engine.errors import Refusal
from engine.rules.deadlines.calendar import Calendar
from engine.rules.offices.competence import Competence
from engine.rules.offices.offices import Office
from engine.rules.procedure.definition import Release
from engine.rules.territory.territory import Territory
from workflows.calendar_files import load_calendar
from workflows.competence_files import amended_competences, read_competences
from workflows.lint_context import LintContext
from workflows.loader import load_files
from workflows.office_files import amended_offices
from workflows.offices import generate_offices
from workflows.surroundings import context_of
from workflows.territory.reader import read_territory
from workflows.yaml_reader import Group, Node, Scalar, decode, read

ROOT = Path(workflows.__file__).parent
_TEXTS = ("subject", "body", "sms")


class BadNoticeFile(Refusal):
    """A notice template that cannot be used."""

    code = "bad-notice-file"
    vi = "{file}: cần subject, body và sms, mỗi phần có vi và en."
    en = "{file}: it needs subject, body and sms, each in vi and en."


class NoContentFolder(Refusal):
    """``MOTCUA_CONTENT`` names no folder."""

    code = "no-content-folder"
    vi = "Không có thư mục {folder} (MOTCUA_CONTENT). Tạo nó: mkdir -p {folder}"
    en = "There is no folder {folder} (MOTCUA_CONTENT). Make it: mkdir -p {folder}"


class NoYamlFile(Refusal):
    """A folder that was named has no workflow file."""

    code = "no-yaml-file"
    vi = "Thư mục {folder} không có tệp .yaml nào. Hãy chỉ đến tệp, hoặc đến thư mục có tệp."
    en = "There is no .yaml file in the folder {folder}. Name the files, or the folder that holds them."


class Shipped:
    """The shipped content with that of the installation; each part is read on first use and cached.

    ``content`` is the installation's folder; None: nothing beside the shipped files. Raises NoContentFolder.
    """

    _content: Path | None = None

    def __init__(self, content: Path | None = None) -> None:
        if content is not None and not content.is_dir():
            raise NoContentFolder(folder=content)
        self._content = content

    @classmethod
    def here(cls, environment: Mapping[str, str] = os.environ) -> Shipped:
        """The content of this installation, whose folder ``MOTCUA_CONTENT`` names."""
        folder = environment.get("MOTCUA_CONTENT")
        return cls(Path(folder).absolute() if folder else None)

    @property
    def has_own(self) -> bool:
        """Whether the installation has files of its own."""
        return self._content is not None

    def files(self, folder: str) -> list[Path]:
        """The YAML files of a folder (``procedures``, ``scenarios``, …), the installation's own in place of shipped
        ones of the same name, in order of name."""
        own = (self._content / folder).glob("*.yaml") if self._content else ()
        found = {path.name: path for path in (*(ROOT / folder).glob("*.yaml"), *own)}
        return [found[name] for name in sorted(found)]

    def _own(self, name: str) -> Path | None:
        path = self._content / name if self._content else None
        return path if path is not None and path.is_file() else None

    @cached_property
    def territory(self) -> Territory:
        return read_territory()

    @cached_property
    def offices(self) -> list[Office]:
        offices, own = generate_offices(self.territory), self._own("offices.csv")
        return amended_offices(own, offices, self.territory) if own else offices

    @cached_property
    def competences(self) -> list[Competence]:
        known, own = read_competences(), self._own("competences.csv")
        return amended_competences(own, known) if own else known

    @cached_property
    def calendars(self) -> dict[str, Calendar]:
        return {path.stem: load_calendar(path.stem, path.parent) for path in self.files("calendars")}

    @cached_property
    def templates(self) -> dict[str, dict[str, Any]]:
        return {path.stem: read_template(path) for path in self.files("notices")}

    @cached_property
    def releases(self) -> list[Release]:
        return load_files(self.files("procedures"), self.context)

    @cached_property
    def context(self) -> LintContext:
        """The context of a workflow file for the lint rules."""
        return context_of(self.territory, self.offices, self.templates, self.competences)


def read_template(path: Path) -> dict[str, Any]:
    """A notice template: ``{"subject": {"vi", "en"}, "body": …, "sms": …}``. Raises BadNoticeFile."""
    text, report = decode(path.read_bytes(), path.name)
    root = read(text, report)
    found = _plain(root) if root is not None and not report.problems() else None
    whole = isinstance(found, dict) and set(found) == set(_TEXTS)
    if not isinstance(found, dict) or not whole or any(_incomplete(found[part]) for part in _TEXTS):
        raise BadNoticeFile(file=path.name)
    return found


def yaml_files(paths: Iterable[Path]) -> list[Path]:
    """The files, and for a folder the YAML files in it. Raises NoYamlFile for a folder without one."""
    return [file for path in paths for file in (_yaml_files_in(path) if path.is_dir() else [path])]


def folder_not_read(paths: Iterable[Path]) -> Path | None:
    """A folder with ``competences.csv`` or ``offices.csv`` above a file in its ``procedures/``, for whoever forgot to
    name it in ``MOTCUA_CONTENT``; None where there is none, or it is the shipped one."""
    for path in paths:
        folder = path.absolute().parent.parent
        own = any((folder / name).is_file() for name in ("competences.csv", "offices.csv"))
        if path.absolute().parent.name == "procedures" and own and folder != ROOT:
            return folder
    return None


def _yaml_files_in(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.yaml"))
    if not found:
        raise NoYamlFile(folder=folder)
    return found


def _incomplete(text: Any) -> bool:
    whole = isinstance(text, dict) and set(text) == {"vi", "en"}
    return not whole or not all(isinstance(one, str) and one for one in text.values())


def _plain(node: Node) -> Any:
    if isinstance(node, Group):
        return {key: _plain(value) for key, (_, value) in node.entries.items()}
    return node.value if isinstance(node, Scalar) else None
