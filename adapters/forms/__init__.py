"""The printed forms 01–07 as PDF. ``render_form`` makes them; ``FORM_DATA`` has the type of each form's data."""

from adapters.forms.data import FORM_DATA, FormData
from adapters.forms.render import UnknownForm, WrongFormData, render_form

__all__ = ["FORM_DATA", "FormData", "UnknownForm", "WrongFormData", "render_form"]
