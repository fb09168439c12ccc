"""The forms of record files, suggestions and the search for a person."""

from typing import Any

from django import forms
from django.utils import timezone

from clearmyrecord.records.models import Suggestion

DATE = forms.DateInput(attrs={"type": "date"})


class UploadForm(forms.Form):
    file = forms.FileField(
        label="Record file",
        help_text="A DOJ research file: CSV with 95 columns, with or without header; plain, .gz or .zip; up to 2 GB "
        "unpacked.",
    )
    received_on = forms.DateField(
        label="Received from the DOJ on", widget=DATE, help_text="The attorney's declaration names this day."
    )

    def clean_received_on(self) -> Any:
        """The day can't lie in the future."""
        day = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("This day lies in the future.")
        return day


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Reason", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(forms.Form):
    """An answer to a suggestion, or its taking back."""

    answer = forms.ChoiceField(choices=[("confirm", ""), ("refuse", ""), ("undo", "")])
    reason = forms.CharField(max_length=1000)
    about = forms.IntegerField(required=False, min_value=1)  # the subject from whose page it is answered


class SuggestionFilter(forms.Form):
    state = forms.ChoiceField(label="Show", required=False, choices=Suggestion.State.choices)


class SearchForm(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=200,
        required=False,
        help_text="Last name, or last and first name; the beginning is enough.",
    )
    birth_date = forms.DateField(label="Birth date", required=False, widget=DATE)
    cii_number = forms.CharField(label="CII number", max_length=20, required=False)

    def clean(self) -> dict[str, Any]:
        """At least one of the three, and more than one letter of a name."""
        given = super().clean() or {}
        if not any(given.values()):
            raise forms.ValidationError("Enter a name, a birth date or a CII number.")
        if not given.get("birth_date") and not given.get("cii_number") and len(given.get("name", "").strip()) < 2:
            raise forms.ValidationError("Enter at least two letters of the name.")
        return given


class ProblemFilter(forms.Form):
    column = forms.ChoiceField(label="Column", required=False)
    done = forms.ChoiceField(label="What was done", required=False)

    def __init__(self, *args: Any, columns: list[str], dones: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["column"].choices = [("", "All columns"), *((name, name or "whole row") for name in columns)]  # type: ignore[attr-defined]
        self.fields["done"].choices = [("", "All"), *((text, text) for text in dones)]  # type: ignore[attr-defined]
