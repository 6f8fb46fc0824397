"""Every shipped version keeps its content, and the shipped files can be published over what any earlier ones left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import UNSET
from msgspec.structs import replace
from sqlalchemy import select

from cli.seed import seed
from engine.acts.publish import publish_release
from engine.rules.procedure.definition import Release, release_from_bytes
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.releases import releases
from engine.transaction import Runtime, in_transaction
from tests.installation.content import Content, shipped, territory_around
from tests.installation.runtime import runtime_over
from tests.installation.short_releases import land
from workflows.loader import check_bytes
from workflows.shipped_releases import ShippedReleaseChanged, read_shipped, with_releases, write_shipped

BEFORE = Path(__file__).parents[1] / "shipped_before"
SHIPPED = shipped()
LISTING = "python -m workflows.shipped_releases"


@pytest.fixture
def empty(database_url: str, tmp_path: Path) -> Iterator[Runtime]:
    """An installation in which nothing is published yet."""
    runtime = runtime_over(database_url, tmp_path)
    yield runtime
    runtime.database.dispose()


def old_releases() -> list[Release]:
    """Two procedures as they shipped first, read with the code of today."""
    found = [check_bytes(path.read_bytes(), path.name, []).draft for path in sorted(BEFORE.glob("*.yaml"))]
    assert len(found) == 2
    return [one for one in found if one is not None]


def publish(runtime: Runtime, *given: Release) -> None:
    for one in given:
        assert in_transaction(runtime, SYSTEM_ACTOR, lambda unit, one=one: publish_release(unit, one))  # type: ignore[misc]


def spans(runtime: Runtime) -> dict[tuple[str, int], tuple[dt.date, dt.date | None]]:
    columns = (releases.c.procedure, releases.c.version, releases.c.start, releases.c.until)
    with runtime.database.connect() as connection:
        return {(row.procedure, row.version): (row.start, row.until) for row in connection.execute(select(*columns))}


def test_a_version_that_shipped_never_changes() -> None:
    """When this fails: raise the file's ``version``, say what it ``replaces``, and run the command ``LISTING``."""
    assert with_releases(read_shipped(), SHIPPED.releases) == read_shipped(), LISTING


def test_the_first_files_are_read_as_they_were_when_they_shipped() -> None:
    listed = read_shipped()
    assert with_releases(listed, old_releases()) == listed


def test_a_changed_version_is_not_listed(tmp_path: Path) -> None:
    first = land()
    listed = with_releases({}, [first])
    with pytest.raises(ShippedReleaseChanged) as refused:
        with_releases(listed, [land(legal=("1/2026/NĐ-CP",))])
    assert refused.value.facts == {"procedure": first.procedure, "version": 1}
    twice = tmp_path / "releases.csv"
    write_shipped(listed, twice)
    assert read_shipped(twice) == listed
    twice.write_text(twice.read_text() + f"{first.procedure},1,0\n")
    with pytest.raises(ShippedReleaseChanged):
        read_shipped(twice)


def test_versions_are_listed_without_a_gap() -> None:
    listed = read_shipped()
    for procedure in {name for name, _ in listed}:
        numbers = sorted(number for name, number in listed if name == procedure)
        assert numbers == list(range(1, len(numbers) + 1)), procedure


def test_the_shipped_files_are_published_over_the_first_ones(empty: Runtime) -> None:
    old = old_releases()
    publish(empty, *old)
    content = Content(territory=territory_around("760"), releases=SHIPPED.releases)
    assert seed(empty, content)["new_releases"] == len(SHIPPED.releases)
    assert seed(empty, content)["new_releases"] == 0
    after = spans(empty)
    for one in old:
        start, until = one.effective.start, one.effective.until
        latest = max(number for name, number in after if name == one.procedure)
        assert after[one.procedure, latest] == (start, until)
        assert after[one.procedure, one.version] == (start, start - dt.timedelta(days=1))  # in force no more
    with empty.database.connect() as connection:
        kept = connection.execute(select(releases.c.document).where(releases.c.digest == old[0].digest())).scalar_one()
    assert release_from_bytes(kept) == old[0]  # who filed under it keeps it


@pytest.mark.parametrize("passed_over", [0, 1])
def test_a_correction_is_published_over_any_version_before_it(empty: Runtime, passed_over: int) -> None:
    """The installation holds the version before, or only the one before that: it passed over an upgrade."""
    known = {(one.procedure, one.version) for one in SHIPPED.releases}
    replacing = [one for one in SHIPPED.releases if isinstance(one.effective.replaces, int)]
    corrections = [one for one in replacing if (one.procedure, one.effective.replaces) not in known]
    assert corrections
    for one in corrections:
        replaced = one.version - 1
        earlier = replace(one, version=replaced, effective=replace(one.effective, replaces=UNSET))
        again = replace(one.effective, replaces=replaced + passed_over)
        later = replace(one, version=one.version + passed_over, effective=again)
        publish(empty, earlier, later)
        after = spans(empty)
        assert after[one.procedure, later.version] == (one.effective.start, one.effective.until)
        assert after[one.procedure, earlier.version][1] == one.effective.start - dt.timedelta(days=1)
