"""Every rule that a workflow file can break: its id, its severity, and its sentence in both languages.

The sentences are part of the public contract: they say what is wrong, where, and what to do. An id never changes its
meaning.
"""

from workflows.rule_book.around import AROUND
from workflows.rule_book.content import CONDITIONS, DATA, TIME
from workflows.rule_book.form import READING, STRUCTURE
from workflows.rule_book.process import ACTIONS, STATES
from workflows.rule_book.rule import Rule, Severity
from workflows.rule_book.tables import TABLES

__all__ = ["RULES", "SECTIONS", "Rule", "Severity"]

SECTIONS: dict[str, dict[str, Rule]] = {
    "Reading the file": READING,
    "Keys and values": STRUCTURE,
    "States": STATES,
    "Roles, actions and notices": ACTIONS,
    "Conditions and branches": CONDITIONS,
    "Decision tables and areas": TABLES,
    "Fields, documents and fees": DATA,
    "Dates and time limits": TIME,
    "Against other files and the register": AROUND,
}
"""The rules by section, in the order of the reference."""

RULES: dict[str, Rule] = {rule_id: rule for section in SECTIONS.values() for rule_id, rule in section.items()}
"""Every rule by its id."""
