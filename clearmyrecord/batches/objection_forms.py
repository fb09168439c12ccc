"""Forms about public defenders: giving and taking back, objecting, proposing, resolving."""

from __future__ import annotations

from typing import Any

from django import forms

from clearmyrecord.batches import objection_queries
from clearmyrecord.batches.models import Batch
from clearmyrecord.office import queries as office
from clearmyrecord.office.models import User

LONGEST = 2000


def _area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class GiveForm(forms.Form):
    """Which batches a public defender may see, and why."""

    defender = forms.ModelChoiceField(
        queryset=User.objects.none(), label="Public defender", empty_label="Choose a public defender"
    )
    batches = forms.ModelMultipleChoiceField(
        queryset=Batch.objects.none(),
        label="Submitted batches",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose the batches to give."},
    )
    reason = forms.CharField(label="Why they are given", widget=_area(2), max_length=LONGEST)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["defender"].queryset = defenders = office.defenders()  # type: ignore[attr-defined]
        self.fields["batches"].queryset = objection_queries.to_give()  # type: ignore[attr-defined]
        only = list(defenders[:2])
        if len(only) == 1:
            self.fields["defender"].initial = only[0].pk


class EndForm(forms.Form):
    reason = forms.CharField(label="Why it is taken back", widget=_area(2), max_length=LONGEST)


class ObjectForm(forms.Form):
    reason = forms.CharField(
        label="Why you object",
        widget=_area(),
        max_length=LONGEST,
        help_text="The office reads it beside the conviction. It can’t be changed afterwards.",
    )


class ProposeForm(forms.Form):
    """A case, or a person: one of the two in full, and why."""

    case_number = forms.CharField(label="Case number", max_length=60, required=False)
    section = forms.CharField(label="Section", max_length=60, required=False, help_text="For example “H&S § 11358(c)”.")
    name = forms.CharField(label="Person’s name", max_length=200, required=False)
    what = forms.CharField(
        label="What of theirs", max_length=400, required=False, help_text="For example “sale, about 2009, Richmond”."
    )
    reason = forms.CharField(label="Why it should be added", widget=_area(), max_length=LONGEST)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        case = values.get("case_number") and values.get("section")
        if not case and not (values.get("name") and values.get("what")):
            raise forms.ValidationError("Give a case number and its section, or a person’s name and what of theirs.")
        return values


class ResolveForm(forms.Form):
    """Why an objection is resolved as it is."""

    text = forms.CharField(
        label="Reason", widget=_area(), max_length=LONGEST, help_text="The public defender reads it."
    )
