"""The file of an issued form with its seal, ready to be killed in. The signer stands still within the process."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from engine.acts.issue_form import print_form
from engine.acts.seal_form import form_file, keep_seal
from engine.forms.issued import IssuedForm
from engine.store.form_seals import form_seals
from tests.doubles.standing_signer import StandingSigner
from tests.faults.crash_stage import Deed, Errand, Stage, Story
from tests.faults.crash_stories_of_archives import render
from tests.installation.world import World


def _issued(stage: Stage) -> IssuedForm:
    """A form that is to be sealed, and both worlds with a signer."""
    for world in (stage.world, stage.doomed):
        _seals(world)
    return stage.world.try_act("counter", print_form, stage.world.land_at("accepted"), "06")


def _seals(world: World) -> None:
    settings = world.runtime.settings
    settings = replace(settings, signing=replace(settings.signing, forms=True))
    world.runtime = replace(world.runtime, settings=settings, signer=StandingSigner())


def kept(stage: Stage) -> Deed:
    before = stage.world.runtime, stage.doomed.runtime
    form = _issued(stage)
    stage.world.runtime, stage.doomed.runtime = before
    key = f"kept-{form.dossier}"
    run = stage.direct(keep_seal, form, key, hashlib.sha256(b"").hexdigest(), None, now=stage.world.now)
    return Deed(run, stage.rows(form_seals, storage_key=key))


def sealing(stage: Stage) -> Errand:
    """The first file of a form is sealed and kept, whatever dies on the way."""
    form = _issued(stage)

    def run() -> None:
        assert form_file(stage.doomed.runtime, form, render).endswith(b"seal 1\n")

    def whole() -> None:
        files = {form_file(stage.world.runtime, form, render) for _ in range(2)}
        assert len(files) == 1 and stage.number(form_seals, storage_key=None) == 0

    return Errand(run, run, whole)


STORIES_OF_FORMS = {"keep the seal of a form": Story({"seal_form.keep_seal"}, kept)}
ERRANDS_OF_FORMS: Mapping[str, tuple[Collection[str], Callable[[Stage], Errand]]] = {
    "seal a form": ({"seal_form.form_file", "seal_form.keep_seal"}, sealing),
}
