"""What is broken on purpose about counter intake and its drafts."""

from __future__ import annotations

from tests.mutants.sabotage import Sabotage

_DRAFTS = "tests/integration/test_intake_drafts.py"
_PAGE = "tests/web/desk/test_intake.py"

OF_INTAKE: tuple[Sabotage, ...] = (
    Sabotage(
        "draft-of-another",
        "a clerk opens the draft of another one",
        "engine/dossier/intake_draft.py",
        "    if row.person_id != clerk_of(unit):\n",
        "    if False:\n",
        (_DRAFTS + "::test_the_draft_of_somebody_else_is_not_there",),
    ),
    Sabotage(
        "draft-filed-twice",
        "a draft is filed a second time",
        "engine/dossier/intake_draft.py",
        "    if row.dossier is not None:\n",
        "    if False:\n",
        (_DRAFTS + "::test_a_draft_is_filed_once_and_is_empty_then",),
    ),
    Sabotage(
        "draft-in-the-open",
        "a draft lies readable in the database",
        "engine/dossier/intake_draft.py",
        "    return seal(unit.settings.secret_keys[0], content, _purpose(unit, token))\n",
        "    return content\n",
        (_DRAFTS + "::test_a_draft_is_read_back_as_it_was_typed_and_lies_sealed",),
    ),
    Sabotage(
        "receipt-for-everybody",
        "a receipt is shown to others than its maker",
        "engine/queries/receipt.py",
        '        if entry["actor"] == unit.actor.label and ',
        "        if ",
        (_DRAFTS + "::test_the_receipt_is_shown_to_its_maker_for_an_hour",),
    ),
    Sabotage(
        "any-first-action",
        "any action comes with a filing",
        "engine/acts/file_dossier.py",
        "action.effect not in FIRST or ",
        "",
        (_DRAFTS + "::test_nothing_else_comes_with_a_filing",),
    ),
    Sabotage(
        "contacts-of-another",
        "the contacts of another person are filled in",
        "web/desk/intake.py",
        "        if not same:\n",
        "        if False:\n",
        (_PAGE + "::test_the_contacts_of_another_person_are_not_filled_in",),
    ),
)
