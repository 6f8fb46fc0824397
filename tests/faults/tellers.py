"""All crash stories, and how each kind of them is told: the act is killed, and what must hold is asserted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from tests.faults.crash_stage import Stage, open_stage, publish_more
from tests.faults.crash_stories import DOSSIER_STORIES
from tests.faults.crash_stories_elsewhere import OTHER_ERRANDS, OTHER_STORIES
from tests.faults.crash_stories_of_administrators import ERRANDS_OF_ADMINISTRATORS, STORIES_OF_ADMINISTRATORS
from tests.faults.crash_stories_of_archives import ERRANDS_OF_ARCHIVES, STORIES_OF_ARCHIVES
from tests.faults.crash_stories_of_citizens import STORIES_OF_CITIZENS
from tests.faults.crash_stories_of_desks import ERRANDS_OF_DESKS, STORIES_OF_DESKS
from tests.faults.crash_stories_of_drafts import DRAFT_STORIES
from tests.faults.crash_stories_of_ends import STORIES_OF_ENDS
from tests.faults.crash_stories_of_filings import FILING_STORIES
from tests.faults.crash_stories_of_forms import ERRANDS_OF_FORMS, STORIES_OF_FORMS
from tests.faults.crash_stories_of_papers import STORIES_OF_PAPERS
from tests.faults.crash_stories_of_payments import ERRANDS_OF_PAYMENTS, STORIES_OF_PAYMENTS
from tests.faults.crash_stories_of_sessions import STORIES_OF_SESSIONS
from tests.faults.crash_stories_of_signatures import STORIES_OF_SIGNATURES
from tests.faults.crash_stories_of_staff import STAFF_STORIES
from tests.faults.crash_stories_portal import ERRANDS_OF_THE_PORTAL, STORIES_OF_THE_PORTAL
from tests.faults.crash_stories_reform import LOADED, REFORM_STORIES, another, june, loading
from tests.faults.crash_stories_versions import VERSION_LOADED, VERSION_STORIES, loading_a_version

STORIES = {
    **DOSSIER_STORIES,
    **OTHER_STORIES,
    **STAFF_STORIES,
    **STORIES_OF_ENDS,
    **STORIES_OF_CITIZENS,
    **DRAFT_STORIES,
    **STORIES_OF_PAPERS,
    **STORIES_OF_DESKS,
    **STORIES_OF_SESSIONS,
    **STORIES_OF_ADMINISTRATORS,
    **STORIES_OF_PAYMENTS,
    **STORIES_OF_ARCHIVES,
    **STORIES_OF_THE_PORTAL,
    **FILING_STORIES,
    **STORIES_OF_SIGNATURES,
    **STORIES_OF_FORMS,
}
ERRANDS = {
    **OTHER_ERRANDS,
    **ERRANDS_OF_DESKS,
    **ERRANDS_OF_ADMINISTRATORS,
    **ERRANDS_OF_PAYMENTS,
    **ERRANDS_OF_ARCHIVES,
    **ERRANDS_OF_THE_PORTAL,
    **ERRANDS_OF_FORMS,
}


class Stages(dict[str, Stage]):
    """The stages of this process by kind of database, opened when first asked for. ``name``: of their databases."""

    def __init__(self, name: str, stack: ExitStack) -> None:
        super().__init__()
        self.name, self._stack = name, stack

    def __missing__(self, kind: str) -> Stage:
        self[kind] = self._stack.enter_context(open_stage(kind, self.name, publish_more))
        return self[kind]


@contextmanager
def open_stages(name: str) -> Iterator[Stages]:
    with ExitStack() as stack:
        yield Stages(name, stack)


def _story(stages: Stages, kind: str, name: str) -> None:
    assert stages[kind].kill_everywhere(STORIES[name]) >= 2


def _errand(stages: Stages, kind: str, name: str) -> None:
    acts, prepare = ERRANDS[name]
    with open_stage(kind, f"{stages.name}_errand") as stage:
        assert stage.kill_between(acts, prepare(stage)) >= 4


def _reform(stages: Stages, kind: str, _: str) -> None:
    with open_stage(kind, f"{stages.name}_reform", june, warm=another) as stage:
        assert stage.kill_between(LOADED, loading(stage)) >= 4
        for story in REFORM_STORIES.values():
            assert stage.kill_everywhere(story) >= 2


def _version(stages: Stages, kind: str, _: str) -> None:
    with open_stage(kind, f"{stages.name}_version") as stage:
        assert stage.kill_between(VERSION_LOADED, loading_a_version(stage)) >= 4
        for story in VERSION_STORIES.values():
            assert stage.kill_everywhere(story) >= 2


TELLERS: dict[str, Callable[[Stages, str, str], None]] = {
    "story": _story,
    "errand": _errand,
    "reform": _reform,
    "version": _version,
}
"""What is told, given the stages, the kind of database, and the story's name."""
