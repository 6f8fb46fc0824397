"""Ways of promising the applicant what is not so."""

from __future__ import annotations

from tests.mutants.sabotage import Sabotage

PROMISES = "tests/integration/test_promises.py"

OF_PROMISES: tuple[Sabotage, ...] = (
    Sabotage(
        "extended-into-the-past",
        "an extension gives an appointment that is past already",
        "engine/rules/deadlines/promise.py",
        "if end is not None and end <= now:",
        "if False:",
        (PROMISES + "::TestExtending",),
    ),
    Sabotage(
        "promised-in-a-pause",
        "a paused dossier is promised the day of before",
        "engine/rules/deadlines/promise.py",
        'return Appointment("paused")',
        'return Appointment("paused", due_at)',
        (PROMISES,),
    ),
    Sabotage(
        "promised-what-is-past",
        "an overdue dossier is promised the day that it missed",
        "engine/rules/deadlines/promise.py",
        'Appointment("open", due_at) if due_at > now else Appointment("overdue")',
        'Appointment("open", due_at)',
        (PROMISES,),
    ),
    Sabotage(
        "old-notice-promises",
        "a notice that was sent or read late promises a day that has passed",
        "engine/notices/text.py",
        "return due if due is None or due > self._now or not NO_PROMISE.isdisjoint(self._facts) else None",
        "return due",
        (PROMISES,),
    ),
    Sabotage(
        "recall-untold",
        "a request that was recalled is not taken back with the applicant",
        "engine/acts/recall.py",
        'if told_applicant(case, step["data"]["action"], left):',
        "if False:",
        (PROMISES + "::TestTakingBack",),
    ),
    Sabotage(
        "stop-untold",
        "nobody is told when a dossier stops by itself",
        "engine/rules/deadlines/promise.py",
        "if action.after is None or state not in action.sources:",
        "if True:",
        (PROMISES + "::TestTheAutomaticStop",),
    ),
    Sabotage(
        "recalled-request-printed",
        "Form 02 is printed for a request that was recalled",
        "engine/forms/told.py",
        'in effects and entry["number"] not in recalled)',
        "in effects)",
        (PROMISES + "::TestTakingBack",),
    ),
    Sabotage(
        "specialist-as-head",
        "Form 04 names a specialist as head of the office",
        "engine/forms/data.py",
        'return person_of(case, entry) if int(number) in heads else ""',
        "return person_of(case, entry)",
        (PROMISES + "::TestForms::test_only_a_head_of_the_office_is_named_as_one",),
    ),
    Sabotage(
        "reason-twice",
        "Form 02 prints its reason twice",
        "engine/forms/data.py",
        '"reason": reason if items else "",',
        '"reason": reason,',
        (PROMISES + "::TestForms::test_form_02_says_its_reason_once",),
    ),
    Sabotage(
        "form-promises-the-past",
        "Form 01 promises the day of before",
        "engine/forms/due.py",
        'return _marked(found.moment, calendar) or _WORDS.get(found.standing, "")',
        'return moment_on_paper(row["promised_at"])',
        (PROMISES + "::TestForms::test_no_form_promises_a_moment_that_is_past_or_does_not_apply",),
    ),
)
