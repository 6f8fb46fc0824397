"""Sabotages of where an old commune went, of what a reform reaches, and of which office decides."""

from __future__ import annotations

from tests.mutants.sabotage import Sabotage

NAMESAKES = "tests/unit/test_namesakes.py"
SUCCESSIONS = "tests/integration/test_territory_successions.py"
REACH = "tests/unit/test_reform_reach.py"
RECEIPT = "tests/integration/test_place_of_receipt.py"

OF_PLACES: tuple[Sabotage, ...] = (
    Sabotage(
        "namesakes-share",
        "each of several communes of one name gets the successors of all",
        "workflows/territory/corrections.py",
        "dropped |= {(one, to_id) for one in rivals if one != best}",
        "dropped |= set()",
        (NAMESAKES,),
    ),
    Sabotage(
        "undecided-namesake-guessed",
        "where neither district nor province tells namesakes apart, one is taken",
        "workflows/territory/corrections.py",
        "if counts[0][0] > counts[1][0]:",
        "if counts[0][0] >= counts[1][0]:",
        (NAMESAKES,),
    ),
    Sabotage(
        "doubt-taken-for-certain",
        "a successor that only some sources name is one of several like any other",
        "engine/rules/territory/addresses.py",
        'sure = [one for one in candidates if one.standing != "doubtful"]',
        "sure = list(candidates)",
        (SUCCESSIONS,),
    ),
    Sabotage(
        "unread-order-unsaid",
        "a name that rests on an order that nobody read is told without a word of it",
        "engine/rules/territory/addresses.py",
        'if edge.standing == "unread"))',
        "if not edge))",
        (SUCCESSIONS,),
    ),
    Sabotage(
        "doubt-lost-on-the-way",
        "what is known of a succession is not published",
        "engine/acts/publish.py",
        '"standing": edge.standing,',
        '"standing": "",',
        ("tests/integration/test_publish.py",),
    ),
    Sabotage(
        "other-provinces-block",
        "a dossier that waits for an earlier reform blocks every later one",
        "engine/rules/reform/reach.py",
        "return not stood or any(",
        "return True or any(",
        (REACH,),
    ),
    Sabotage(
        "reached-passed-over",
        "a dossier of a place that merges is passed over as if the reform did not reach it",
        "engine/rules/reform/reach.py",
        "any(self._passes_on(one) or self._loses(one, body) for one in above)",
        "any(self._loses(one, None) and body == one.id for one in above)",
        (REACH,),
    ),
    Sabotage(
        "closing-office-passed-over",
        "an office there that closes on the day counts as nothing",
        "engine/rules/reform/reach.py",
        "any(unit_id == unit.id and body in (None, closes) for closes, unit_id in self._closing)",
        "False",
        (REACH,),
    ),
    Sabotage(
        "moved-law-passed-over",
        "a law that moves the competence on the day reaches nobody",
        "engine/rules/reform/reach.py",
        "or self._moves(subject, kind)",
        "",
        (REACH,),
    ),
    Sabotage(
        "blocking-line-without-its-day",
        "the line about a blocking dossier says that its office closed, and not when",
        "engine/rules/reform/totals.py",
        "self.without.append((code, one))",
        'self.without.append((code, replace(one, detail="")))',
        (REACH,),
    ),
    Sabotage(
        "residence-decides-a-copy",
        "which office certifies a copy depends on where one lives",
        "workflows/procedures/2.000815.yaml",
        "handler: {by: competent, place: intake}",
        "handler: {by: competent, place: applicant.commune}",
        (RECEIPT,),
    ),
    Sabotage(
        "no-commune-kept-of-the-receipt",
        "a dossier that is decided where it was received has no commune",
        "engine/acts/open_dossier.py",
        "unit.catalogue.territory, unit.today, office)",
        "unit.catalogue.territory, unit.today)",
        (RECEIPT,),
    ),
)
