"""The list of all versions of procedures that ever shipped (``releases.csv``): procedure, version, digest.

An installation keeps the versions that it published, and ``motcua seed`` refuses a known version with other content. So
a listed digest never changes: a changed procedure gets a new version, which ``replaces`` the earlier one or starts
later. ``python -m workflows.shipped_releases`` appends the versions of the shipped files that are not listed yet.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

from engine.errors import Refusal
from engine.rules.procedure.definition import Release
from workflows.loader import load_folder

LIST = Path(__file__).parent / "releases.csv"
COLUMNS = ("procedure", "version", "digest")

Listed: TypeAlias = Mapping[tuple[str, int], str]
"""The digest of each procedure and version."""


class ShippedReleaseChanged(Refusal):
    """A version that shipped has other content now."""

    code = "shipped-release-changed"
    vi = "Thủ tục {procedure}: phiên bản {version} đã phát hành với nội dung khác. Tăng version và ghi replaces."
    en = "Procedure {procedure}: version {version} shipped with other content. Raise version and say what it replaces."


def read_shipped(path: Path = LIST) -> Listed:
    """The list of a file. Raises ShippedReleaseChanged when it gives one version two digests."""
    listed: dict[tuple[str, int], str] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, strict=True):
            _add(listed, row["procedure"], int(row["version"]), row["digest"])
    return listed


def with_releases(listed: Listed, releases: Iterable[Release]) -> Listed:
    """The list with these releases, in order of procedure and version. Raises ShippedReleaseChanged."""
    grown = dict(listed)
    for release in releases:
        _add(grown, release.procedure, release.version, release.digest())
    return dict(sorted(grown.items()))


def write_shipped(listed: Listed, path: Path = LIST) -> None:
    """Writes the list."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((procedure, version, digest) for (procedure, version), digest in listed.items())


def _add(listed: dict[tuple[str, int], str], procedure: str, version: int, digest: str) -> None:
    if listed.setdefault((procedure, version), digest) != digest:
        raise ShippedReleaseChanged(procedure=procedure, version=version)


if __name__ == "__main__":
    write_shipped(with_releases(read_shipped(), load_folder(LIST.parent / "procedures")))
