"""Forms of signing up and signing in."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from pasti.civil.rules import kk as kk_rules
from pasti.civil.rules import nik as nik_rules
from pasti.identity.services import lockout
from pasti.kernel.accounts.models import User

SIXTEEN = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "24", "spellcheck": "false"}


class MatchForm(forms.Form):
    """What stands on the own cards, and where a code can go."""

    nik = forms.CharField(
        label="NIK", max_length=24, help_text=_("16 angka pada KTP-el"), widget=forms.TextInput(attrs=SIXTEEN)
    )
    kk = forms.CharField(
        label=_("Nomor Kartu Keluarga"), max_length=24, help_text=_("16 angka di bagian atas KK"),
        widget=forms.TextInput(attrs=SIXTEEN),
    )  # fmt: skip
    birth_date = forms.DateField(
        label=_("Tanggal lahir"),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
    )
    contact = forms.CharField(
        label=_("Surel atau nomor HP"), max_length=254, help_text=_("Kode dikirim ke sini. Pakai milik Anda sendiri."),
        widget=forms.TextInput(attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip

    def clean_nik(self) -> str:
        """Sixteen digits that can be a NIK."""
        return _number(self.cleaned_data["nik"], nik_rules.parse, _("NIK terdiri atas 16 angka. Periksa lagi."))

    def clean_kk(self) -> str:
        """Sixteen digits that can be the number of a family card."""
        return _number(self.cleaned_data["kk"], kk_rules.check, _("Nomor KK terdiri atas 16 angka. Periksa lagi."))


def _number(text: str, parse: Any, words: Any) -> str:
    plain = nik_rules.cleaned(text)
    try:
        parse(plain)
    except nik_rules.InvalidNik:
        raise ValidationError(words) from None
    return plain


class SentCodeForm(forms.Form):
    """Six digits that were sent."""

    code = forms.CharField(
        label=_("Kode enam angka"), max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
    )  # fmt: skip

    def clean_code(self) -> str:
        """Digits without what people put between them."""
        return nik_rules.cleaned(self.cleaned_data["code"])


class FirstPasswordForm(forms.Form):
    """A password of one's own choice."""

    password = forms.CharField(
        label=_("Kata sandi"), strip=False,
        help_text=_("Paling sedikit 15 huruf. Beberapa kata yang mudah Anda ingat lebih baik daripada tanda baca."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label=_("Kata sandi sekali lagi"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """The same twice, long enough, and not one that everybody knows."""
        given = super().clean() or {}
        password = given.get("password", "")
        if password and "again" in given and password != given["again"]:
            self.add_error("again", _("Kedua kata sandi tidak sama."))
        elif password:
            try:
                validate_password(password, self.user)
            except ValidationError as error:
                self.add_error("password", error)
        return given


class CodeForm(AuthenticateForm):
    """A code of the second step; wrong ones are counted by person and address."""

    def clean_code(self) -> str:
        """The code, when it is right and may be tried."""
        return _counted(self, super().clean_code)


class CodeAgainForm(ReauthenticateForm):
    """The same when it is asked again within a session."""

    def clean_code(self) -> str:
        """The code, when it is right and may be tried."""
        return _counted(self, super().clean_code)


def _counted(form: Any, look: Any) -> str:
    from pasti.identity.web.login_adapters import count_code

    with count_code(form.user):
        code = str(look())
        if not lockout.first_use(str(form.user.pk), code):
            raise ValidationError(_("Kode ini sudah dipakai. Tunggu kode berikutnya."))
        return code


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey for this account: always one that opens it by itself."""

    passwordless = forms.BooleanField(widget=forms.HiddenInput, initial=True, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Nama kunci")
        self.fields["name"].help_text = _("Supaya Anda mengenalinya, misalnya “HP saya”.")
        self.fields["name"].max_length = 60
