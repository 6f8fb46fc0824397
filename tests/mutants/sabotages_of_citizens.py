"""Sabotages of the citizens' pages and of what applicants choose and say."""

from __future__ import annotations

from tests.mutants.sabotage import Sabotage

ACTS = "tests/integration/test_acts_citizen.py"
PAGES = "tests/web/citizen/"

OF_CITIZENS: tuple[Sabotage, ...] = (
    Sabotage(
        "silenced-for-good",
        "who wants no notices of the progress is not told what is asked either",
        "engine/acts/notices/address.py",
        "    if must_be_told(row.template, row.data):\n        return None\n",
        "",
        (ACTS + "::TestNotices::test_decide_what_is_sent_but_never_what_asks_something",),
    ),
    Sabotage(
        "rated-twice",
        "a dossier is rated as often as wanted",
        "engine/acts/rate.py",
        "if before.mark is not None:",
        "if False:",
        (ACTS + "::TestRating::test_once_when_the_dossier_has_ended_with_the_receipt_code",),
    ),
    Sabotage(
        "anybody-rates",
        "the link alone is enough for a rating",
        "engine/acts/rate.py",
        "if prove_receipt(case, receipt_code) != BY_LINK_AND_RECEIPT:",
        "if False:",
        (ACTS + "::TestRating::test_is_refused_without_the_code_from_others_and_before_the_end",),
    ),
    Sabotage(
        "few-are-enough",
        "a pace is told from a single dossier on",
        "engine/rules/deadlines/pace.py",
        "if total < FEWEST:",
        "if total < 1:",
        ("tests/integration/test_paces.py::test_is_told_from_thirty_dossiers_on",),
    ),
    Sabotage(
        "file-lost-with-another",
        "one refused file loses those that were accepted",
        "web/citizen/kept_files.py",
        "                _keep(asked.code, paper, sent, key)\n                kept += 1\n",
        "                read_file(sent)\n                kept += 1\n",
        (PAGES + "test_supplement.py::test_what_was_accepted_is_kept_and_named_when_another_file_fails",),
    ),
    Sabotage(
        "led-away",
        "looking up a dossier leads to any page of this site",
        "web/citizen/start.py",
        'wanted if wanted.startswith(f"{own}/") else own',
        "wanted",
        (PAGES + "test_start.py::test_leads_to_no_other_page_than_the_dossiers_own",),
    ),
)
