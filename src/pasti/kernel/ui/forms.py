"""How Django's forms are drawn: label, hint, error at the field, one markup for all."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class PastiFormRenderer(TemplatesSetting):
    """Draws every form and field with this package's templates."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
