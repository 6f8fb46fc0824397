"""Sabotages of what an issued form says, of the keys on papers and in notices, and of signed results."""

from __future__ import annotations

from tests.mutants.sabotage import Sabotage

ISSUED = "tests/integration/test_issued_forms.py"
SEALED = "tests/integration/test_sealed_forms.py"
PACKED = "tests/integration/test_archive_forms.py"
SERVED = "tests/acceptance/test_api_issued_forms.py"

OF_FORMS: tuple[Sabotage, ...] = (
    Sabotage(
        "sealed-at-every-download",
        "a form is sealed anew at every download",
        "engine/acts/seal_form.py",
        "    if known is not None and known.ended_at is None:\n",
        "    if known is not None and known.why is None:\n",
        (SEALED + "::TestAnIssuedForm::test_is_sealed_once_and_its_file_gives_no_key_of_the_applicant_away",),
    ),
    Sabotage(
        "sealed-receipt-in-clear",
        "the kept file of a Form 01 gives the applicant's keys away",
        "engine/forms/sealed.py",
        "        return content\n    return seal(",
        "        return content\n    return content or seal(",
        (SEALED + "::TestAnIssuedForm::test_is_sealed_once_and_its_file_gives_no_key_of_the_applicant_away",),
    ),
    Sabotage(
        "keys-in-the-package",
        "a package for the archive holds a Form 01 whose keys open the dossier",
        "engine/archive/forms.py",
        "        if _keys_open(case, entry, issue):\n",
        "        if not told:\n",
        (PACKED + "::TestASealedForm::test_gives_no_key_of_the_applicant_away_that_is_still_good",),
    ),
    Sabotage(
        "form-goes-with-a-paper",
        "a destroyed paper takes the sealed form with the same content along",
        "engine/store/file_uses.py",
        "    for table in (documents, form_seals):\n",
        "    for table in (documents,):\n",
        (SEALED + "::TestAStoreThatKeepsAContentOnce",),
    ),
    Sabotage(
        "reprint-as-of-now",
        "each print of a form is a new issue",
        "engine/acts/issue_form.py",
        '    if last is None or last["data"]["about"] != event["number"]:\n',
        "    if last is None or number:\n",
        (ISSUED + "::TestAReprint::test_of_the_receipt_is_the_paper_that_the_applicant_holds",),
    ),
    Sabotage(
        "receipt-lists-the-result",
        "Form 01 lists a result as a paper that was handed in",
        "engine/forms/submitted.py",
        'if row["key"] not in case.workflow.results.bringing]',
        'if row["key"]]',
        (ISSUED + "::TestACorrection::test_lists_no_result_that_an_earlier_program_took_with_the_filing",),
    ),
    Sabotage(
        "receipt-lists-later-papers",
        "a Form 01 printed late lists what came after the reception",
        "engine/forms/submitted.py",
        "    last = told.stay(received)\n",
        '    last = told.entries[-1]["number"]\n',
        (ISSUED + "::TestTheFirstPrint::test_lists_no_result_and_nothing_that_came_after_the_reception",),
    ),
    Sabotage(
        "damaged-form-printed",
        "a form is printed though it does not match the journal",
        "engine/forms/issued.py",
        "    if row is None or not hmac.compare_digest(",
        "    if row is None or not hmac.compare_digest('', '') and not hmac.compare_digest(",
        (ISSUED + "::TestWhatIsKept::test_is_not_printed_when_it_does_not_match_the_journal",),
    ),
    Sabotage(
        "keys-kept-with-the-form",
        "the link and the receipt code are written into the database with Form 01",
        "engine/acts/issue_form.py",
        "for key, value in said.items() if key not in SECRETS}",
        "for key, value in said.items()}",
        (ISSUED + "::TestWhatIsKept::test_holds_neither_the_link_nor_the_receipt_code",),
    ),
    Sabotage(
        "any-change-is-a-print",
        "what changed since the caller looked is taken for a print",
        "engine/dossier/case.py",
        "    if not acts or not acts <= _TOUCH_NOTHING:\n",
        '    if "issue_form" not in acts:\n',
        (ISSUED + "::TestTheWorkOfOthers::test_is_stale_when_more_than_a_print_came_between",),
    ),
    Sabotage(
        "request-as-of-now",
        "Form 02 lists what is missing when it is printed",
        "engine/forms/data.py",
        'data.get("missing", case.facts()["documents"]["missing"]), []',
        'case.facts()["documents"]["missing"], []',
        (ISSUED + "::TestTheFirstPrint::test_of_a_request_lists_what_was_missing_then",),
    ),
    Sabotage(
        "both-keys-in-one-notice",
        "a notice may carry the link and the receipt code together",
        "engine/acts/publish.py",
        "        raise KeysTogether(key=key)\n",
        "        pass\n",
        ("tests/integration/test_notice_keys.py::test_no_template_may_send_both_keys_in_one_message",),
    ),
    Sabotage(
        "date-of-the-print",
        "the creation date of a form is not that of its issue",
        "adapters/forms/render.py",
        "datetime.fromisoformat(told) if told else _UNDATED",
        "_UNDATED",
        (SERVED + "::TestForms::test_printed_again_are_the_same_bytes_after_the_result_was_signed",),
    ),
    Sabotage(
        "any-file-passes-as-signed",
        "the checker of signed results does not compare the file with what was signed",
        "verifier/motcua_result.py",
        'if hashlib.sha256(content).hexdigest() != signed["sha256"]:',
        "if not content:",
        (SERVED + "::TestASignedResult::test_is_found_out_when_anything_was_changed",),
    ),
)
