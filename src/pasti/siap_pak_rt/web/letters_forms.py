"""Forms of letters: what a kind asks for, a verdict, a revocation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pasti.siap_pak_rt.models import LetterKind
from pasti.siap_pak_rt.queries.letters_words import english

PREFIX = "isi_"  # no field of a kind can be mistaken for one of ours
MOST_FILES = 5


class Files(forms.FileInput):
    """A choice of several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; cleaned to a list."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """The files chosen; at most five."""
        chosen = data if isinstance(data, list | tuple) else [data] if data else []
        if len(chosen) > MOST_FILES:
            raise forms.ValidationError(_("Paling banyak %(count)s berkas") % {"count": MOST_FILES})
        single = super().clean
        return [single(one) for one in chosen]


class AskForm(forms.Form):
    """For whom, and what the kind of letter wants to know."""

    person = forms.ChoiceField(label=gettext_lazy("Surat ini untuk siapa?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, kind: LetterKind, people: Iterable[tuple[UUID, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        named = [(str(pk), name) for pk, name in people]
        self.fields["person"].choices = named  # type: ignore[attr-defined]
        if len(named) == 1:
            self.fields["person"].widget, self.fields["person"].initial = forms.HiddenInput(), named[0][0]
        for row in kind.fields:
            self.fields[PREFIX + row["name"]] = _field(row)
        if kind.proofs != "none":
            self.fields["files"] = FilesField(
                label=_("Foto atau PDF bukti"), required=False, widget=Files(attrs={"accept": "image/*,application/pdf"}),
                help_text=_("JPEG, PNG, WebP, atau PDF; paling besar 10 MB, paling banyak 5 berkas."),
            )  # fmt: skip

    def typed(self) -> dict[str, Any]:
        """What was typed, by the names of the kind's fields."""
        return {
            name.removeprefix(PREFIX): value for name, value in self.cleaned_data.items() if name.startswith(PREFIX)
        }

    def blame(self, field: str | None, words: str, faults: dict[str, str]) -> None:
        """Show a refusal where it belongs."""
        for name, fault in faults.items():
            self.add_error(PREFIX + name if PREFIX + name in self.fields else None, fault)
        if not faults:
            named = {"subject_id": "person", "attachments": "files", "file": "files"}.get(field or "", field)
            self.add_error(named if named in self.fields else None, words)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Alasan"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Warga membaca alasan ini."),
    )  # fmt: skip


def _field(row: dict[str, Any]) -> forms.Field:
    language = "en" if english() else "id"
    usual: dict[str, Any] = {
        "label": row["label"][language], "required": row["required"], "help_text": (row["hint"] or {}).get(language, ""),
    }  # fmt: skip
    if row["kind"] == "date":
        return forms.DateField(**usual, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    if row["kind"] == "choice":
        named = [(c["value"], c["en"] if language == "en" else c["value"].capitalize()) for c in row["choices"]]
        return forms.ChoiceField(**usual, choices=named, widget=forms.RadioSelect)
    if row["kind"] == "number":
        digits = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        return forms.RegexField(r"^[0-9]{1,15}$", **usual, widget=digits,
                                error_messages={"invalid": _("Isi angka saja, tanpa titik")})  # fmt: skip
    if row["kind"] == "long":
        return forms.CharField(**usual, max_length=600, widget=forms.Textarea(attrs={"rows": 3}))
    return forms.CharField(**usual, max_length=120)
