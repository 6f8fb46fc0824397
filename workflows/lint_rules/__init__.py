"""The lint rules about the meaning of a procedure: each module reports its findings with their place in the file."""

from __future__ import annotations

from engine.rules.procedure.definition import Release
from workflows.lint_context import LintContext
from workflows.lint_rules.actions import check_actions, check_names, check_roles
from workflows.lint_rules.around import check_around
from workflows.lint_rules.conditions import check_conditions
from workflows.lint_rules.data import check_data
from workflows.lint_rules.proofs import check_proofs
from workflows.lint_rules.states import check_states
from workflows.lint_rules.subject import Subject
from workflows.lint_rules.tables import check_tables
from workflows.lint_rules.terms import check_terms
from workflows.problems import Report
from workflows.source import Source


def lint_release(release: Release, source: Source, context: LintContext, report: Report) -> None:
    """Run every rule on one release. Rules about names come first: the others skip names that do not exist."""
    subject = Subject(release, source, context, report)
    check_names(subject)
    check_roles(subject)
    check_actions(subject)
    check_states(subject)
    check_data(subject)
    check_tables(subject)
    check_conditions(subject)
    check_proofs(subject)
    check_terms(subject)
    check_around(subject)
