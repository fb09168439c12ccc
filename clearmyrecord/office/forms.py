"""The office's forms."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib.auth import password_validation

from clearmyrecord.office.models import Court, Office, Role, User
from petitions.papers.characters import named, unprintable_in


class SignInForm(forms.Form):
    username = forms.CharField(
        label="User name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label="Password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class UnlockForm(forms.Form):
    password = forms.CharField(
        label="Password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class ChangePasswordForm(forms.Form):
    present = forms.CharField(
        label="Present password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label="New password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 15 characters; a few words are fine.",
    )
    again = forms.CharField(
        label="New password again", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_new(self) -> str:
        new = str(self.cleaned_data["new"])
        password_validation.validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("new") and values.get("again") and values["new"] != values["again"]:
            self.add_error("again", "The two new passwords differ.")
        return values


def fault_of_pattern(pattern: str) -> str:
    """Why a case-number pattern can't be used; empty if it can.

    Only simple patterns are taken: one that repeats a repetition, or has many open ones, could keep a worker busy for
    hours on a single case number.
    """
    try:
        re.compile(pattern)
    except re.error as error:
        return f"it is no regular expression ({error})"
    bare = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", pattern)  # escapes and character classes are one sign each
    if re.search(r"\(\?(?!:)", bare):
        return "only plain groups and (?:…) may be used"
    if re.search(r"\)[*+{]", bare):
        return "a group may be optional (?) but not repeated"
    if len(re.findall(r"[*+]|\{\d*,\d*\}", bare)) > REPETITIONS or bare.count("?") > OPTIONALS:
        return "it leaves too much open; write how many digits or letters there are, as in [0-9]{6}"
    return ""


REPETITIONS, OPTIONALS = 4, 8
"""Most parts of open length, and most optional parts, that a case-number pattern may have."""


LETTERHEAD_LINES = 5
"""More would push a letter onto a second page."""


class OfficeForm(forms.ModelForm[Office]):
    class Meta:
        model = Office
        fields = (
            "county", "name", "district_attorney", "street", "city", "zip_code", "phone", "fax", "email", "letterhead",
            "hearing_requested", "sample_confidence", "sample_most_wrong", "second_review_share", "objections_block",
        )  # fmt: skip
        widgets = {"letterhead": forms.Textarea(attrs={"rows": LETTERHEAD_LINES})}

    def clean_county(self) -> str:
        return str(self.cleaned_data["county"]).strip().upper()

    def clean_letterhead(self) -> str:
        lines = [line.strip() for line in str(self.cleaned_data["letterhead"]).splitlines() if line.strip()]
        if unprintable := {character for line in lines for character in unprintable_in(line)}:
            raise forms.ValidationError(
                f"Letters can’t print {', '.join(named(each) for each in sorted(unprintable))}."
            )
        if len(lines) > LETTERHEAD_LINES:
            raise forms.ValidationError(f"A letterhead has at most {LETTERHEAD_LINES} lines.")
        return "\n".join(lines)


class CourtForm(forms.ModelForm[Court]):
    class Meta:
        model = Court
        fields = (
            "name", "branch", "street", "city", "zip_code", "department", "judge", "hearing", "answer_days",
            "case_number_pattern", "case_number_example",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        pattern, example = values.get("case_number_pattern"), values.get("case_number_example")
        if pattern:
            if fault := fault_of_pattern(pattern):
                self.add_error("case_number_pattern", f"This pattern can't be used: {fault}.")
            elif example and not re.fullmatch(pattern, example):
                self.add_error("case_number_example", "The example does not fit the case-number pattern.")
        return values


class CourtTextForm(forms.Form):
    """Which court a text of the record files means."""

    court = forms.RegexField(r"^([0-9]{1,18}|none)$")

    def court_id(self) -> int | None:
        """The chosen court's id; None for "no court where this office files"."""
        value = str(self.cleaned_data["court"])
        return None if value == "none" else int(value)


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
        labels = {"username": "User name"}
        help_texts = {"username": "", "is_active": "Closed accounts can't sign in; what they did stays in the trail."}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("is_attorney") and not values.get("bar_number"):
            self.add_error("bar_number", "An attorney needs a State Bar number.")
        if values.get("is_attorney") and values.get("role") == Role.PUBLIC_DEFENDER:
            self.add_error("is_attorney", "This mark is for deputies of this office, not for a public defender.")
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
