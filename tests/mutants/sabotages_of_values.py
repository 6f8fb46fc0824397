"""Sabotages of the normal forms of values, of their bounds, and of the search for what stands on the paper."""

from __future__ import annotations

from tests.mutants.sabotage import Sabotage

VALUES = "tests/unit/test_values.py"
RELATIONS = "tests/unit/test_field_relations.py"
WORDS = "tests/unit/test_search_words.py"
SEARCH = "tests/integration/test_search.py"

OF_VALUES: tuple[Sabotage, ...] = (
    Sabotage(
        "born-tomorrow",
        "a date may lie after the one that it is bound to",
        "engine/rules/procedure/field_relations.py",
        "if first and bound and first > bound:",
        "if False:",
        (RELATIONS + "::test_a_birth_is_not_to_come_and_a_death_not_before_the_birth",),
    ),
    Sabotage(
        "lapsed-permit",
        "a date may lie before the one that it must follow",
        "engine/rules/procedure/field_relations.py",
        "if last and bound and last < bound:",
        "if False:",
        (RELATIONS + "::test_bounds_by_the_day_of_filing",),
    ),
    Sabotage(
        "bride-of-fourteen",
        "the least age is not looked at",
        "engine/rules/procedure/field_relations.py",
        "if field.min_age and years_between(first, today) < field.min_age:",
        "if False:",
        (RELATIONS + "::test_ages_are_full_years_on_the_day_of_filing",),
    ),
    Sabotage(
        "one-spouse-twice",
        "two fields that must differ may be the same",
        "engine/rules/procedure/field_relations.py",
        "if values.get(other) == value:",
        "if False:",
        (RELATIONS + "::test_two_people_have_two_numbers_however_they_are_written",),
    ),
    Sabotage(
        "yet-to-be-born",
        "the number of somebody who is not born yet is taken",
        "engine/rules/procedure/field_relations.py",
        "if born is not None and born > today.year:",
        "if False:",
        (RELATIONS + "::test_nobody_is_born_after_the_day_of_filing",),
    ),
    Sabotage(
        "thousand-or-part",
        "1.234 is read as one and a part",
        "engine/rules/values/decimals.py",
        "if places < 3 and _THOUSAND_OR_PART.fullmatch(digits):",
        "if False:",
        (VALUES + "::test_what_is_no_number_or_may_be_two_is_refused",),
    ),
    Sabotage(
        "places-forgotten",
        "numbers with other decimal places are compared as they stand",
        "engine/rules/procedure/condition_numbers.py",
        "times = 10 ** (places - typed.places)",
        "times = 1",
        (RELATIONS + "::test_conditions_on_decimals_ages_and_parts_of_dates",),
    ),
    Sabotage(
        "any-check-digit",
        "the check digit of a tax code is not looked at",
        "engine/rules/values/tax_codes.py",
        "if 10 - total % 11 != int(whole[9]):",
        "if False:",
        (VALUES + "::test_at_most_one_digit_completes_a_tax_code",),
    ),
    Sabotage(
        "any-province",
        "an identity number of no province is taken",
        "engine/rules/values/identity_papers.py",
        "if digits[:3] not in _PROVINCES:",
        "if False:",
        (VALUES + "::test_what_nobody_can_have_issued_is_refused",),
    ),
    Sabotage(
        "equal-digits",
        "an identity paper of equal digits is taken",
        "engine/rules/values/identity_papers.py",
        "        if all_equal(number):\n            raise _unfit()\n",
        "",
        (VALUES + "::test_what_nobody_can_have_issued_is_refused",),
    ),
    Sabotage(
        "short-mobile",
        "a mobile number may lack a digit",
        "engine/rules/values/telephones.py",
        "if _MOBILE.match(number) and len(number) != _MOBILE_DIGITS:",
        "if False:",
        (VALUES + "::test_what_nobody_can_have_issued_is_refused",),
    ),
    Sabotage(
        "stored-number-checked-again",
        "an identity number that was taken before hinders the correction of another value",
        "engine/rules/procedure/fields.py",
        'if field.type != "identity_number" or not kept or kept != values.get(key):',
        "if True:",
        (RELATIONS + "::test_an_identity_number_that_was_taken_before_stays_while_another_value_is_corrected",),
    ),
    Sabotage(
        "apostrophe-parts-words",
        "an apostrophe parts the word of a name in a query",
        "engine/rules/search_words.py",
        'token.replace(APOSTROPHE, "")',
        'token.replace(APOSTROPHE, " ")',
        (WORDS + "::test_a_name_is_found_with_and_without_its_apostrophe",),
    ),
    Sabotage(
        "sixteen-words",
        "only the first sixteen words of a name are found",
        "engine/rules/search_words.py",
        "MOST_WORDS = 48",
        "MOST_WORDS = 16",
        (WORDS + "::test_a_company_is_found_by_any_of_its_words",),
    ),
    Sabotage(
        "whole-code-only",
        "a code is found as a whole only",
        "engine/rules/search_words.py",
        "if end - start > 1 or start:",
        "if False:",
        (WORDS + "::test_a_code_is_found_in_part_with_any_dash",),
    ),
    Sabotage(
        "former-words-stay",
        "the words by which the program of before found a dossier stay beside those of today",
        "engine/acts/rebuild_search.py",
        "connection.execute(_REMOVED, gone)",
        "pass",
        (SEARCH + "::test_what_was_filed_before_is_found_by_the_words_of_today",),
    ),
)
