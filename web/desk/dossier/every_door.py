"""The list of all doors, in the order of the menu. A new act on a dossier is registered here."""

from __future__ import annotations

from web.desk.dossier.applicant import HEIR, RECTIFY, RENEW_LINK
from web.desk.dossier.doors import Door
from web.desk.dossier.ends import ENDS
from web.desk.dossier.holding import HOLDING
from web.desk.dossier.money import MONEY
from web.desk.dossier.papers import PAPERS
from web.desk.dossier.parties import PARTIES
from web.desk.dossier.steps import STEP
from web.desk.dossier.words import WORDS

DOORS: tuple[Door, ...] = (STEP, *HOLDING, *WORDS, *PAPERS, *MONEY, RECTIFY, *PARTIES, HEIR, RENEW_LINK, *ENDS)
