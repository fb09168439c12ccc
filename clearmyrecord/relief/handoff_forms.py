"""Forms of hand-offs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from clearmyrecord.relief.handing_off import LONGEST_HEADING
from clearmyrecord.relief.handoff_fields import DATES, FIELDS, USUAL_FOR_COURT, USUAL_FOR_DOJ

DATE_CHOICES = [(name, f"like {example}") for name, example in DATES.items()]


class ReceivedForm(forms.Form):
    """Who took the files, and how."""

    received_by = forms.CharField(label="Received by", max_length=160, help_text="Name and unit.")
    channel = forms.CharField(label="How", max_length=160, help_text="E.g. the court’s secure file transfer.")
    received_on = forms.DateField(label="Received on", widget=forms.DateInput(attrs={"type": "date"}))


class WithdrawForm(forms.Form):
    """Why a hand-off does not count any more."""

    reason = forms.CharField(label="Reason", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class ProfileForm(forms.Form):
    """For each field its heading, empty where it is left out, and its place."""

    dates = forms.ChoiceField(label="Days in CSV and XLSX files", choices=DATE_CHOICES)

    def __init__(self, *args: Any, for_court: bool, columns: Sequence[Sequence[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = {name: (place, heading) for place, (name, heading) in enumerate(columns, start=1)}
        allowed = USUAL_FOR_COURT if for_court else USUAL_FOR_DOJ
        self.names = sorted(allowed, key=lambda name: chosen.get(name, (len(FIELDS) + 1, ""))[0])
        for name in self.names:
            place, heading = chosen.get(name, (None, ""))
            self.fields[f"place-{name}"] = forms.IntegerField(
                label=f"Place of {FIELDS[name].heading}", initial=place, required=False, min_value=1, max_value=99
            )
            self.fields[f"heading-{name}"] = forms.CharField(
                label=f"Heading of {FIELDS[name].heading}", initial=heading, required=False, max_length=LONGEST_HEADING
            )

    def rows(self) -> list[dict[str, Any]]:
        """What the page shows of each field."""
        return [
            {"field": FIELDS[name], "place": self[f"place-{name}"], "heading": self[f"heading-{name}"]}
            for name in self.names
        ]

    def columns(self) -> list[tuple[str, str]]:
        """The fields with a heading, in the order of their places; one without a place comes last."""
        data = self.cleaned_data
        kept = [name for name in self.names if data[f"heading-{name}"].strip()]
        kept.sort(key=lambda name: data[f"place-{name}"] or len(FIELDS) + 1)
        return [(name, data[f"heading-{name}"].strip()) for name in kept]
