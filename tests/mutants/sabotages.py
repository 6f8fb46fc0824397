"""Small ways of breaking the house, each of which the tests must notice.

A sabotage replaces one text that stands exactly once in its file (``tests/unit/test_mutants.py`` sees to it, so that
the list stays true while the house changes) and names the tests that should notice: those only, so that trying all
takes minutes.
"""

from __future__ import annotations

from tests.mutants.sabotage import Sabotage
from tests.mutants.sabotages_of_asks import OF_ASKS
from tests.mutants.sabotages_of_citizens import OF_CITIZENS
from tests.mutants.sabotages_of_ends import OF_ENDS
from tests.mutants.sabotages_of_fees import OF_FEES
from tests.mutants.sabotages_of_forms import OF_FORMS
from tests.mutants.sabotages_of_intake import OF_INTAKE
from tests.mutants.sabotages_of_operating import OF_OPERATING
from tests.mutants.sabotages_of_pages import OF_PAGES
from tests.mutants.sabotages_of_papers import OF_PAPERS
from tests.mutants.sabotages_of_places import OF_PLACES
from tests.mutants.sabotages_of_promises import OF_PROMISES
from tests.mutants.sabotages_of_proof import OF_PROOF
from tests.mutants.sabotages_of_publishing import OF_PUBLISHING
from tests.mutants.sabotages_of_rights import OF_RIGHTS
from tests.mutants.sabotages_of_staff import OF_STAFF
from tests.mutants.sabotages_of_time import OF_TIME
from tests.mutants.sabotages_of_uploads import OF_UPLOADS
from tests.mutants.sabotages_of_values import OF_VALUES

PERFORM = "tests/integration/test_acts_perform.py"
CLOCKS = "tests/integration/test_clocks_run_out.py"
MIGRATE = "tests/integration/test_acts_migrate.py"
TRANSACTION = "tests/integration/test_transaction.py"
NAIVE = "tests/unit/test_deadlines_naive.py"
RACES = "tests/faults/test_races.py"

SABOTAGES: tuple[Sabotage, ...] = (
    Sabotage(
        "no-outbox",
        "an act writes no notices",
        "engine/dossier/record.py",
        "unit.writes.insert(outbox, messages, new_only=True)",
        "pass",
        (PERFORM + "::test_receiving_starts_the_clock_and_tells_the_applicant_once",),
    ),
    Sabotage(
        "old-version-taken",
        "a clerk acts on what was changed since",
        "engine/dossier/case.py",
        'if version is not None and version != row["version"]:',
        'if version is not None and version > row["version"]:',
        (PERFORM + "::test_a_stale_version_says_who_acted_since",),
    ),
    Sabotage(
        "overtaken-unnoticed",
        "an act that was overtaken after reading without a lock is not tried again",
        "engine/transaction.py",
        "if (unit.unlocked or not unit.begun) and (unit.writes.missed or _sqlstate(error) in MISSED):",
        "if False:",
        # Not the race of a hundred clerks: on a busy machine they may happen not to meet.
        (TRANSACTION + "::test_an_act_that_was_overtaken_runs_again_and_says_by_whom",),
    ),
    Sabotage(
        "no-lock",
        "a dossier is read without a lock by acts that change other tables too",
        "engine/dossier/case.py",
        "return PreparedSelect(statement.with_for_update(of=(dossiers, applicants)) if lock else statement)",
        "return PreparedSelect(statement)",
        (RACES + "::test_corrections_without_a_version_are_all_kept",),
    ),
    Sabotage(
        "no-chain",
        "an entry of the journal does not name the one before it",
        "engine/dossier/record.py",
        'previous=ORIGIN if case.is_new else case.before["head"],',
        "previous=ORIGIN,",
        (PERFORM + "::test_receiving_starts_the_clock_and_tells_the_applicant_once",),
    ),
    Sabotage(
        "no-hash",
        "the hash of an entry leaves out its content",
        "engine/rules/journal/entries.py",
        "return Entry(number, body.decode(), hashlib.sha256(body).hexdigest())",
        "return Entry(number, body.decode(), hashlib.sha256(previous.encode()).hexdigest())",
        ("tests/unit/test_journal_rules.py",),
    ),
    Sabotage(
        "refused-yet-committed",
        "what an act wrote before it was refused is kept",
        "engine/transaction.py",
        "            transaction.rollback()\n",
        "            transaction.commit()\n",
        (TRANSACTION + "::test_a_fault_after_the_writing_leaves_nothing",),
    ),
    Sabotage(
        "acted-twice",
        "an act is carried out twice",
        "engine/transaction.py",
        "                answer = act(unit)\n",
        "                act(unit)\n                answer = act(unit)\n",
        (TRANSACTION + "::test_a_fault_after_the_writing_leaves_nothing",),
    ),
    Sabotage(
        "no-second-try",
        "an act that collided with another is given up",
        "engine/transaction.py",
        'COLLISIONS = frozenset({"40001", "40P01"})',
        'COLLISIONS = frozenset({"40001"})',
        (TRANSACTION + "::test_a_collision_is_tried_again_from_the_start",),
    ),
    Sabotage(
        "bell-before-commit",
        "what is to come after the commit comes before it",
        "engine/transaction.py",
        "        transaction.commit()\n    for later in unit.after_commit:\n        later()\n",
        "        for later in unit.after_commit:\n            later()\n        transaction.commit()\n",
        (TRANSACTION + "::test_what_comes_after_the_commit_sees_it",),
    ),
    Sabotage(
        "claim-unproved",
        "somebody acts whose role was taken away a moment ago",
        "engine/dossier/case.py",
        "        if proof != claim.changes:\n",
        "        if False:\n",
        ("tests/acceptance/test_api_remembered.py::test_what_was_taken_away_between_two_acts_is_gone_for_the_second",),
    ),
    Sabotage(
        "no-idempotency",
        "a repeated request is carried out again",
        "server/once.py",
        "record_answer(uow.writes, who, key, kept, uow.now, rival=_LostTheRace)",
        "pass",
        ("tests/acceptance/test_api_versions.py::test_a_repeated_filing_gets_the_first_answer_and_files_nothing",),
    ),
    Sabotage(
        "latest-clock-first",
        "clocks run out in the wrong order",
        "engine/jobs/schedule.py",
        "waiting.order_by(clocks.c.due_at).limit(limit)",
        "waiting.order_by(clocks.c.due_at.desc()).limit(limit)",
        (CLOCKS + "::test_a_sweep_takes_as_many_as_it_is_told_and_the_earliest_first",),
    ),
    Sabotage(
        "clock-rings-twice",
        "a clock that has run out runs out again",
        "engine/acts/expire_clock.py",
        "select(clocks.c.kind).where(this, clocks.c.fired_at.is_(None))",
        "select(clocks.c.kind).where(this)",
        (CLOCKS + "::test_two_sweepers_at_once_fire_each_clock_once",),
    ),
    Sabotage(
        "clocks-stay-armed",
        "clocks of the state that was left stay armed",
        "engine/dossier/record.py",
        '    case.unit.writes.delete(clocks, {"dossier_id": case.id}, condition=waiting, spare=wanted)\n',
        "",
        (PERFORM + "::test_forwarding_hands_the_dossier_to_the_competent_office",),
    ),
    Sabotage(
        "reminders-fall-silent",
        "a waiting dossier that passes to a new release is not reminded any more",
        "engine/dossier/record.py",
        "        waiting += \" AND kind <> 'remind'\"\n",
        "        pass\n",
        (MIGRATE + "::test_reminders_go_on_under_the_new_release",),
    ),
    Sabotage(
        "refusal-swallowed",
        "a timer's refused action is said to be done",
        "engine/acts/expire_clock.py",
        "        return refusal.code[:40]\n",
        "        return DONE\n",
        (CLOCKS + "::test_an_automatic_action_that_is_refused_says_why_and_never_loops",),
    ),
    Sabotage(
        "extensions-first",
        "two lines of the deadline are swapped: extensions are counted before the term",
        "engine/rules/deadlines/due.py",
        "terms = (self.term, *(extension.by for extension in self.extensions))",
        "terms = (*(extension.by for extension in self.extensions), self.term)",
        (NAIVE + "::test_more_working_time_never_means_an_earlier_date",),
    ),
    Sabotage(
        "one-minute-late",
        "a term ends one minute late",
        "engine/rules/deadlines/counting.py",
        "    end = calendar.tick_after(position + left)\n",
        "    end = calendar.tick_after(position + left + 1)\n",
        (NAIVE + "::test_agrees_with_the_naive_calculator_on_the_calendar_of_vietnam",),
    ),
    Sabotage(
        "no-holidays",
        "a public holiday counts as a working day",
        "engine/rules/deadlines/calendar.py",
        "hours = self._special_hours(special[day]) if day in special else self._week_on(day)[day.weekday()]",
        "hours = self.week[day.weekday()]",
        ("tests/unit/test_workdays.py",),
    ),
    Sabotage(
        "endless-pause",
        "the clock stays paused after the papers have come",
        "engine/rules/deadlines/timing.py",
        'if standing and target.clock != "paused":',
        'if standing and target.clock == "stopped":',
        ("tests/unit/test_timing.py",),
    ),
    Sabotage(
        "migration-restarts",
        "the limit of a step begins anew under a new release",
        "engine/rules/deadlines/timing.py",
        'due_moment(calendar, row["entered_at"], limit) if limit else None',
        "due_moment(calendar, now, limit) if limit else None",
        (MIGRATE + "::test_the_limit_of_the_step_counts_from_entering_its_state",),
    ),
    Sabotage(
        "no-permission",
        "anybody takes any action",
        "engine/acts/perform_action.py",
        "    if not verdict.allowed:\n        raise _forbidden(verdict)\n",
        "",
        (PERFORM + "::test_the_applicant_may_withdraw_but_only_their_own",),
    ),
    Sabotage(
        "claim-ignored",
        "a colleague acts on a dossier that another holds",
        "engine/rules/procedure/permissions.py",
        "if claimed is None or claimed in (actor.person_id, acting_for):",
        "if True:",
        ("tests/unit/test_permissions.py",),
    ),
    Sabotage(
        "everybody-sees",
        "staff see the dossiers of every office",
        "engine/store/visibility.py",
        "return or_(*rules) if rules else false()",
        "return true()",
        ("tests/integration/test_dossier_lists.py::test_the_database_and_the_rules_agree_on_what_is_visible",),
    ),
    Sabotage(
        "half-a-receipt",
        "the first sign of a receipt code opens a dossier",
        "engine/security/citizen_link.py",
        "hmac.compare_digest(plain.encode(), expected.encode())",
        "hmac.compare_digest(plain[:1].encode(), expected[:1].encode())",
        ("tests/unit/test_citizen_link.py",),
    ),
    Sabotage(
        "any-signature",
        "a checkpoint holds whoever signed it",
        "verifier/motcua_verify.py",
        '        key.verify(signature, FORMAT.encode() + b"\\n" + _canonical(body))\n',
        "        pass\n",
        ("tests/unit/test_journal_tampering.py::test_who_knows_only_the_key_finds_what_it_did_not_sign",),
    ),
    Sabotage(
        "counter-skips",
        "the sequence of dossier codes has gaps",
        "engine/store/numbers.py",
        "SET last = code_counters.last + 1",
        "SET last = code_counters.last + 2",
        (RACES + "::test_fifty_intakes_at_one_office_have_fifty_consecutive_codes",),
    ),
    Sabotage(
        "notices-collide",
        "two recipients of one notice share its key, so that one of them is never told",
        "engine/dossier/notices.py",
        'f"{case.id}:{occasion}:{template}:{recipient}:{channel}"',
        'f"{case.id}:{occasion}:{template}:{channel}"',
        (PERFORM + "::test_the_next_holder_can_be_named",),
    ),
    Sabotage(
        "no-lease",
        "a notice that is being sent is taken by another worker too",
        "engine/store/delivery.py",
        '"attempts": outbox.c.attempts + 1, "next_attempt_at": until',
        '"attempts": outbox.c.attempts + 1, "next_attempt_at": now',
        ("tests/integration/test_outbox_delivery.py::test_a_process_that_dies_gives_its_notices_back",),
    ),
    Sabotage(
        "anybody-is-called",
        "a webhook may point into the house",
        "engine/security/public_address.py",
        "return ip.is_global and not ip.is_multicast and not ip.is_reserved",
        "return True",
        ("tests/integration/test_adapter_webhook.py::test_a_strangers_url_never_leads_inside",),
    ),
    Sabotage(
        "any-file-taken",
        "a program is taken for a PDF",
        "engine/rules/file_types.py",
        "    raise other_kind(content)\n",
        "    return PDF\n",
        ("tests/unit/test_file_types.py",),
    ),
    Sabotage(
        "fee-too-dear",
        "a fee is one đồng dearer than the release says",
        "engine/rules/procedure/fees.py",
        "first = fee.by_province.get(province, fee.vnd) if",
        "first = 1 + fee.by_province.get(province, fee.vnd) if",
        ("tests/unit/test_machine.py",),
    ),
    Sabotage(
        "last-branch-first",
        "of several branches of a step the last is taken, not the first that holds",
        "engine/rules/procedure/machine.py",
        "for index, branch in enumerate(action.to):",
        "for index, branch in reversed(list(enumerate(action.to))):",
        ("tests/unit/test_machine.py",),
    ),
    Sabotage(
        "rejected-paper-counts",
        "a paper that was not accepted counts as handed in",
        "engine/dossier/case.py",
        'row["key"] == key and row["accepted"] != 0',
        'row["key"] == key',
        ("tests/integration/test_acts_papers.py::TestChecking::test_a_paper_not_in_order_counts_as_missing",),
    ),
    Sabotage(
        "recall-drops-it",
        "who recalls a step does not hold the dossier afterwards",
        "engine/acts/recall.py",
        "case.change(holder_id=unit.actor.person_id, opened_at=unit.now)",
        "case.change(opened_at=unit.now)",
        ("tests/integration/test_acts_hold.py::TestRecalling::test_the_sender_takes_the_step_back",),
    ),
    *OF_PROMISES,
    *OF_PUBLISHING,
    *OF_TIME,
    *OF_VALUES,
    *OF_ASKS,
    *OF_ENDS,
    *OF_CITIZENS,
    *OF_FEES,
    *OF_FORMS,
    *OF_INTAKE,
    *OF_OPERATING,
    *OF_PAGES,
    *OF_PAPERS,
    *OF_UPLOADS,
    *OF_PLACES,
    *OF_STAFF,
    *OF_PROOF,
    *OF_RIGHTS,
)
