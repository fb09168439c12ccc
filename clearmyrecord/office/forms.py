"""The office's forms."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib.auth import password_validation

from clearmyrecord.office.models import Court, Office, User


class SignInForm(forms.Form):
    username = forms.CharField(label="User name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label="Password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class UnlockForm(forms.Form):
    password = forms.CharField(
        label="Password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class OfficeForm(forms.ModelForm[Office]):
    class Meta:
        model = Office
        fields = (
            "county", "name", "district_attorney", "street", "city", "zip_code", "phone", "fax", "email",
            "hearing_requested",
        )  # fmt: skip

    def clean_county(self) -> str:
        return str(self.cleaned_data["county"]).strip().upper()


class CourtForm(forms.ModelForm[Court]):
    class Meta:
        model = Court
        fields = (
            "name", "branch", "street", "city", "zip_code", "department", "case_number_pattern", "case_number_example",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        pattern, example = values.get("case_number_pattern"), values.get("case_number_example")
        if pattern:
            try:
                fits = not example or re.fullmatch(pattern, example)
            except re.error as error:
                raise forms.ValidationError(f"The case-number pattern can't be used: {error}.") from error
            if not fits:
                raise forms.ValidationError("The example does not fit the case-number pattern.")
        return values


class CourtTextForm(forms.Form):
    """Which court a text of the record files means."""

    court = forms.CharField(required=True)

    def court_id(self) -> int | None:
        """The chosen court's id; None for "no court where this office files"."""
        value = str(self.cleaned_data["court"])
        return int(value) if value.isdigit() else None

    def clean_court(self) -> str:
        value = str(self.cleaned_data["court"])
        if value != "none" and not value.isdigit():
            raise forms.ValidationError("Choose a court.")
        return value


class UserForm(forms.ModelForm[User]):
    password = forms.CharField(
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 15 characters; a few words are fine. Leave empty to keep the present one.",
    )

    class Meta:
        model = User
        fields = (
            "username", "first_name", "last_name", "email", "role", "is_attorney", "bar_number", "title", "phone",
            "is_active",
        )  # fmt: skip
        help_texts = {"username": "", "is_active": "Closed accounts can't sign in; what they did stays in the trail."}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("is_attorney") and not values.get("bar_number"):
            self.add_error("bar_number", "An attorney needs a State Bar number.")
        if self.instance.pk is None and not values.get("password"):
            self.add_error("password", "A new account needs a password.")
        if values.get("password"):
            try:
                password_validation.validate_password(values["password"], self.instance)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values

    def _post_clean(self) -> None:
        """Leave the instance alone: only the service writes to it."""
        password = self.cleaned_data.get("password")
        super()._post_clean()  # type: ignore[misc]
        self.cleaned_data["password"] = password

    def user_values(self) -> dict[str, Any]:
        """The columns, without the password."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class ReleaseForm(forms.Form):
    reason = forms.CharField(label="Why may it be used again?", max_length=400)
