"""The printed forms 01–07 and the minutes of a destruction as PDF; ``FORM_DATA`` has the type of each form's data."""

from adapters.forms.data import FORM_DATA, FormData
from adapters.forms.minutes import render_minutes
from adapters.forms.render import UnknownForm, WrongFormData, render_form

__all__ = ["FORM_DATA", "FormData", "UnknownForm", "WrongFormData", "render_form", "render_minutes"]
