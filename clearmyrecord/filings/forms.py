"""Forms of filings."""

from __future__ import annotations

from typing import Any

from django import forms

from clearmyrecord.filings import queries
from clearmyrecord.filings.models import Filing
from clearmyrecord.office.models import Court

ROUTES = [("", "Any route"), ("completed", "Completed"), ("serving", "Serving")]


class SignForm(forms.Form):
    """The password once more, and where the declarations are executed."""

    seen_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)
    place = forms.CharField(
        label="City where you sign", max_length=80, help_text="In California; the declarations state it."
    )
    password = forms.CharField(
        label="Your password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class FilingFilter(forms.Form):
    """What the list of filings shows; coded values only, kept in the address."""

    court = forms.ModelChoiceField(queryset=Court.objects.none(), required=False, empty_label="Any court")
    state = forms.ChoiceField(required=False, choices=[("", "Any state"), *Filing.State.choices])
    route = forms.ChoiceField(required=False, choices=ROUTES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["court"].queryset = queries.courts_with_filings()  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """The known values that were chosen."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
