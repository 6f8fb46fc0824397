"""Sabotages of what is owed, of what was paid, and of the difference."""

from __future__ import annotations

from tests.mutants.sabotage import Sabotage

FEES = "tests/integration/test_acts_fees.py"
SHIPPED = "tests/integration/test_fees_of_procedures.py"
BALANCE = "engine/rules/procedure/balance.py"
CORRECT = "engine/acts/correct_payment.py"

OF_FEES: tuple[Sabotage, ...] = (
    Sabotage(
        "old-payment-lost",
        "what one fee was overpaid by does not count for the others",
        BALANCE,
        "part = min(lack - moved[key], spare[source])",
        "part = 0",
        (FEES + "::TestWhatIsOwed::test_what_one_fee_was_overpaid_by_counts_for_the_others",),
    ),
    Sabotage(
        "waiver-paid-back",
        "what was waived is paid back as if it had been paid",
        BALANCE,
        "entry.key == key and entry.method != WAIVED) for key in keys}",
        "entry.key == key) for key in keys}",
        (FEES + "::TestPaying::test_a_waiver_is_never_paid_back",),
    ),
    Sabotage(
        "taken-back-twice",
        "an entry that was corrected can be corrected again",
        BALANCE,
        ' if entry.kind != "reversal" and entry.number not in back]',
        ' if entry.kind != "reversal"]',
        (FEES + "::TestCorrecting::test_what_is_refused",),
    ),
    Sabotage(
        "refund-without-end",
        "more is paid back than was paid too much",
        "engine/acts/settle_refund.py",
        "if not 1 <= amount <= open_:",
        "if not 1 <= amount:",
        (FEES + "::TestPayingBack::test_what_was_paid_too_much_is_paid_back_once",),
    ),
    Sabotage(
        "refund-of-nothing",
        "money is paid back though nothing was paid too much",
        "engine/acts/settle_refund.py",
        "    if open_ <= 0:\n",
        "    if not money.paid:\n",
        (FEES + "::TestPayingBack::test_what_was_paid_too_much_is_paid_back_once",),
    ),
    Sabotage(
        "paid-more-than-due",
        "a clerk records more than is due",
        "engine/acts/settle_fee.py",
        "<= amount <= fee.due:",
        "<= amount:",
        (FEES + "::TestPaying::test_in_parts",),
    ),
    Sabotage(
        "refunded-and-taken-back",
        "a payment is taken back though its money was paid back already",
        CORRECT,
        "    if money.paid < 0:\n",
        "    if money.paid < -(10**12):\n",
        (FEES + "::TestCorrecting::test_what_was_paid_back_is_not_taken_back_as_well",),
    ),
    Sabotage(
        "waiver-becomes-payment",
        "a correction turns a waiver into money",
        CORRECT,
        'methods = [WAIVED] if entry.kind == "waiver" else',
        "methods = [WAIVED, *PAYMENT_METHODS] if entry.key else",
        (FEES + "::TestCorrecting::test_what_is_refused",),
    ),
    Sabotage(
        "corrected-without-reason",
        "an entry is corrected without a reason",
        CORRECT,
        "    if not reason.strip():\n",
        "    if reason is None:\n",
        (FEES + "::TestCorrecting::test_a_reason_is_needed",),
    ),
    Sabotage(
        "earlier-program-unpaid",
        "what an earlier version of the program settled does not count",
        "engine/store/fees.py",
        "if settled_at is not None and not any(",
        "if settled_at is None and not any(",
        (FEES + "::TestTheLedger::test_what_an_earlier_program_settled_counts_and_can_be_corrected",),
    ),
    Sabotage(
        "child-late-by-itself",
        "a linked dossier counts from its own opening, not from the family's filing",
        "engine/dossier/filed_on.py",
        "    while parent_id is not None:\n",
        "    while parent_id == -1:\n",
        (SHIPPED + "::test_a_family_that_files_in_time_owes_nothing_for_the_dossiers_of_its_child",),
    ),
    Sabotage(
        "no-limit-a-copy",
        "a certified copy costs more than the law allows",
        "engine/rules/procedure/fees.py",
        "        sum_ = min(sum_, fee.most)\n",
        "        sum_ = max(sum_, 0)\n",
        (SHIPPED + "::test_a_certified_copy",),
    ),
    Sabotage(
        "replaced-version-in-force",
        "a version that a correction replaces stays in force beside it",
        "engine/acts/publish.py",
        'replaced = row["version"] == corrected and',
        'replaced = row["version"] == -1 and',
        ("tests/integration/test_publish.py::TestReleases::test_a_correction_replaces_the_version_that_it_names",),
    ),
)
"""Fees."""
