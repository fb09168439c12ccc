"""Forms of inquiries."""

from __future__ import annotations

from typing import Any

from django import forms

from clearmyrecord.office import queries as office
from clearmyrecord.relief.models import Inquiry

DATE = forms.DateInput(attrs={"type": "date"})
LANGUAGES = (("en-US", "English"), ("es-US", "Spanish"))
ASKERS = (
    ("", "Choose"), ("self", "The person whose record it is"), ("counsel", "Their lawyer"), ("other", "Somebody else"),
)  # fmt: skip


class InquiryForm(forms.ModelForm[Inquiry]):
    """What somebody asked, as staff note it."""

    class Meta:
        model = Inquiry
        fields = ("channel", "asker", "asker_name", "contact", "name", "birth_date", "asked_on", "note")
        widgets = {"birth_date": DATE, "asked_on": DATE, "note": forms.Textarea(attrs={"rows": 3})}
        labels = {"channel": "How they asked", "asked_on": "Day on which they asked"}
        help_texts = {"name": "As they spell it; the search forgives mistakes.", "contact": "Telephone or address."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            each for each in Inquiry.Channel.choices if each[0] != Inquiry.Channel.FORM
        ]
        self.fields["asker"].choices = ASKERS  # type: ignore[attr-defined]
        self.fields["asked_on"].initial = office.today()


class PublicForm(forms.ModelForm[Inquiry]):
    """What anybody may ask."""

    class Meta:
        model = Inquiry
        fields = ("asker", "asker_name", "contact", "name", "birth_date", "note")
        widgets = {"birth_date": DATE, "note": forms.Textarea(attrs={"rows": 3})}
        labels = {
            "asker": "I am",
            "asker_name": "Your name",
            "contact": "How we can reach you",
            "name": "Name of the person whose record it is",
            "birth_date": "Their birth date",
            "note": "Anything else that helps us find the case",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asker"].choices = ASKERS  # type: ignore[attr-defined]
        for name in ("asker_name", "contact", "birth_date"):
            self.fields[name].required = True


class WhoForm(forms.Form):
    """Which subject is meant, and how it was verified."""

    subject_id = forms.IntegerField(label="The person", widget=forms.HiddenInput)
    identity = forms.CharField(
        label="How it was verified that they may be told",
        max_length=300,
        help_text="E.g. driver’s licence seen at the counter; letter of the lawyer on file.",
    )


class SettleForm(forms.Form):
    """What became of it."""

    state = forms.ChoiceField(
        label="What became of it", choices=[each for each in Inquiry.State.choices if each[0] != Inquiry.State.OPEN]
    )
    answer = forms.CharField(
        label="What they were told, or why nothing", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class LetterForm(forms.Form):
    """What the letter needs beside the record."""

    language = forms.ChoiceField(label="Language", choices=LANGUAGES)
    address = forms.CharField(
        label="Address", max_length=400, widget=forms.Textarea(attrs={"rows": 3}), help_text="Two or three lines."
    )
    defender_phone = forms.CharField(label="Telephone of the public defender", max_length=40)


class InquiryFilter(forms.Form):
    """Which inquiries are listed."""

    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "Open"), ("all", "All"), *Inquiry.State.choices[1:]]
    )
