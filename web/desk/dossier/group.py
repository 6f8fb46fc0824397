"""The group of pages about one dossier; the modules beside this one add theirs to it."""

from __future__ import annotations

from web.pages import Pages

dossier = Pages("dossier", audience="desk")
