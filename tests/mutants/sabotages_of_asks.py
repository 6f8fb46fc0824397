"""Ways of letting the applicant bring and change more than was asked for."""

from __future__ import annotations

from tests.mutants.sabotage import Sabotage

ASKS = "tests/integration/test_asks.py"

OF_ASKS: tuple[Sabotage, ...] = (
    Sabotage(
        "unasked-field-changed",
        "an answer changes a field that the office did not ask about",
        "engine/acts/perform_action.py",
        '    if wanted.effect == "answer":\n',
        "    if False:\n",
        (ASKS + "::test_the_applicant_changes_no_field_that_the_request_does_not_name",),
    ),
    Sabotage(
        "unnamed-paper-taken",
        "the link brings a paper that the request does not name",
        "engine/dossier/asks.py",
        "    if asked and key not in asked:\n",
        "    if False:\n",
        (ASKS + "::test_named_papers_are_the_only_ones_that_the_link_brings",),
    ),
    Sabotage(
        "old-request-stands",
        "what an earlier request named stays allowed",
        "engine/dossier/papers.py",
        '            asked[here] = data["asks"]\n',
        '            asked.setdefault(here, data["asks"])\n',
        (ASKS + "::test_a_later_request_replaces_an_earlier_one",),
    ),
    Sabotage(
        "recall-forgets-request",
        "a recalled answer takes the request with it",
        "engine/dossier/papers.py",
        'elif "recalled" not in data:',
        "else:",
        (ASKS + "::test_a_recalled_answer_leaves_the_request_as_it_was",),
    ),
)
