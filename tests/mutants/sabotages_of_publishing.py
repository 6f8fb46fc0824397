"""Ways of publishing what refuses filings, or leaves dossiers behind."""

from __future__ import annotations

from tests.mutants.sabotage import Sabotage

PUBLISH = "tests/integration/test_publish_procedures.py"
SHIPPED = "tests/integration/test_shipped_releases.py"

OF_PUBLISHING: tuple[Sabotage, ...] = (
    Sabotage(
        "left-behind",
        "a version is published although a dossier cannot move to it",
        "engine/acts/publish_procedures.py",
        "        if plan.left and plan.new:\n",
        "        if False:\n",
        (PUBLISH + "::test_a_dossier_that_cannot_move_keeps_everything_from_being_published",),
    ),
    Sabotage(
        "moved-too-early",
        "dossiers move to a version before its first day",
        "engine/jobs/migration.py",
        "releases.c.start <= civil_day(runtime.now())",
        "releases.c.start.is_not(None)",
        (PUBLISH + "::test_what_is_to_happen_later_happens_then",),
    ),
    Sabotage(
        "published-without-competence",
        "a procedure is published for which nobody is competent",
        "engine/acts/publish_procedures.py",
        "        if plan.defects:\n",
        "        if False:\n",
        (PUBLISH + "::test_a_procedure_without_competence_is_not_published",),
    ),
    Sabotage(
        "linted-without-competence",
        "the linter passes a procedure for which nobody is competent",
        "workflows/lint_rules/around.py",
        "    if subject.context.competences is not None:\n",
        "    if False:\n",
        ("tests/integration/test_workflow_rules.py::test_each_broken_file_breaks_its_rule_at_its_place",),
    ),
    Sabotage(
        "shipped-version-changed",
        "a version that shipped may get other content",
        "workflows/shipped_releases.py",
        "    if listed.setdefault((procedure, version), digest) != digest:\n",
        "    if listed.setdefault((procedure, version), digest) is None:\n",
        (SHIPPED + "::test_a_changed_version_is_not_listed",),
    ),
    Sabotage(
        "passed-over-version",
        "an installation that passed over a version cannot take the next one",
        "engine/acts/publish.py",
        "isinstance(named, int) and one <= named",
        "isinstance(named, int) and one == named",
        (SHIPPED + "::test_a_correction_is_published_over_any_version_before_it",),
    ),
)
