"""Sabotages of the beginnings and ends of a dossier's life."""

from __future__ import annotations

from tests.mutants.sabotage import Sabotage

ENDS = "tests/integration/test_acts_endings.py"
LINKED = "tests/integration/test_acts_linked.py"
PARTIES = "tests/integration/test_acts_parties.py"

OF_ENDS: tuple[Sabotage, ...] = (
    Sabotage(
        "anybody-withdraws",
        "whoever sees a dossier withdraws it at the counter",
        "engine/acts/withdraw_at_counter.py",
        'role in held or case.unit.actor.kind == "system"',
        "role",
        (ENDS + "::TestWithdrawing::test_nobody_but_the_counter_does",),
    ),
    Sabotage(
        "stopped-child-is-finished",
        "a linked dossier that was stopped counts as finished",
        "engine/rules/procedure/children.py",
        "        return PortalStatus(self.portal) in _WITH_RESULT",
        "        return self.ended",
        (LINKED + "::TestAChildWithoutAResult::test_is_not_finished_and_the_guard_says_which",),
    ),
    Sabotage(
        "children-forgotten",
        "a parent ends and nobody says what becomes of its children",
        "engine/acts/settle_children.py",
        'if choice is None and case.unit.actor.kind != "system":',
        "if False:",
        (LINKED + "::TestAnEndOfTheParent::test_asks_what_becomes_of_running_children",),
    ),
    Sabotage(
        "children-seen-for-ever",
        "an office sees the children of a dossier that it holds no more",
        "engine/store/visibility.py",
        "_PARENT.c.holder_office.in_(offices)",
        "_PARENT.c.handler_office.in_(offices)",
        (LINKED + "::TestTheParentsHolder::test_sees_them_no_more_when_the_parent_is_held_elsewhere",),
    ),
    Sabotage(
        "anybody-reopens",
        "a clerk reopens a dossier",
        "engine/acts/reopen_dossier.py",
        "    _must_lead(case)\n",
        "",
        (ENDS + "::TestReopening::test_nobody_but_the_leader",),
    ),
    Sabotage(
        "reopened-in-the-old-term",
        "a reopened dossier is overdue at once",
        "engine/acts/reopen_dossier.py",
        "started_at=unit.now, term=",
        "term=",
        (ENDS + "::TestReopening::test_a_returned_one_is_decided_again_in_a_new_term",),
    ),
    Sabotage(
        "withdrawn-reopened",
        "a dossier that its applicant withdrew is reopened",
        "engine/acts/reopen_dossier.py",
        "if state.status not in _REOPENED:",
        "if False:",
        (ENDS + "::TestReopening::test_needs_reason_and_ground_an_end_and_no_withdrawal_and_its_time",),
    ),
    Sabotage(
        "cancelled-still-owes",
        "a cancelled dossier owes its fees, and nothing is paid back",
        "engine/dossier/case.py",
        'owed = {} if self.row.get("cancelled_at") else owed',
        "owed = dict(owed)",
        (ENDS + "::TestFilingAnew::test_moves_applicant_papers_and_moment_and_ends_the_old_one",),
    ),
    Sabotage(
        "late-result",
        "a result is added after the end",
        "engine/dossier/late_papers.py",
        "    if key in case.workflow.results.bringing or (known is not None and known.result):",
        "    if False:",
        (ENDS + "::TestAPaperAfterTheEnd::test_is_never_a_result_nor_the_applicants_nor_early",),
    ),
    Sabotage(
        "hint-tells-of-others",
        "the hint names dossiers that the caller does not see",
        "engine/dossier/similar.py",
        "filed, sight.rule())",
        "filed)",
        (ENDS + "::TestTheSameFilingTwice::test_tells_nothing_of_dossiers_that_the_caller_does_not_see",),
    ),
    Sabotage(
        "unpaid-result",
        "a result is downloaded before its fee is paid",
        "engine/dossier/given_out.py",
        "if status is PortalStatus.READY and case.money().due:",
        "if False:",
        (ENDS + "::TestTheResultForTheApplicant::test_is_given_neither_before_nor_unpaid_nor_void_nor_to_others",),
    ),
    Sabotage(
        "no-authority",
        "a representative needs no authority",
        "engine/dossier/party.py",
        'return ("name", "authority") if kind == "representative" else ("name",)',
        'return ("name",)',
        (PARTIES + "::TestNaming::test_what_is_wrong_is_said",),
    ),
    Sabotage(
        "dead-link-opens",
        "the link of an applicant who died still opens the dossier",
        "engine/acts/succeed_applicant.py",
        "    case.change(link_nonce=keys.nonce, link_hash=link_hash(keys.link_token))\n",
        "",
        (PARTIES + "::TestAnHeir::test_goes_on_with_keys_of_their_own",),
    ),
)
