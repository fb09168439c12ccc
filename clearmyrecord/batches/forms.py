"""Forms of batches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from clearmyrecord.batches.models import Batch
from clearmyrecord.office import queries as office
from clearmyrecord.office.models import Court, User
from clearmyrecord.reviews import filters
from eligibility.stated import STATABLE
from petitions.papers.data import HEARING_CHOICES, SERVING_STATUSES

YES_NO = [("yes", "Yes"), ("no", "No")]
SOURCE_HELP = "The document that shows it, for example “court docket, read on March 3, 2026”."


def _area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class NameForm(forms.Form):
    name = forms.CharField(
        label="Name of the batch", max_length=120, help_text="No person's name: papers and lists show it."
    )


class ComposeForm(forms.Form):
    """A batch's name beside the filter; the filter's own words if none is given."""

    name = forms.CharField(
        label="Name of the batch",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"form": "compose", "autocomplete": "off"}),
        help_text="No person's name: papers and lists show it. Left empty, it is named after the filter.",
    )

    def __init__(self, *args: Any, suggested: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggested = suggested

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"]).strip() or self.suggested


def suggested_name(coded: Mapping[str, str]) -> str:
    """What a filter is called: "Martinez, 2010, 11357". Never what a search looked for."""
    court = Court.objects.filter(pk=coded["court"]).values_list("branch", flat=True).first() if "court" in coded else ""
    words = [court, coded.get("year")]
    words += [known.get(coded.get(name, "")) for name, known in WORDS_OF_FILTER.items()]
    named = ", ".join(word for word in words if word)
    return named[:120] or f"Batch of {office.today():%B} {office.today().day}, {office.today().year}"


WORDS_OF_FILTER: dict[str, dict[str, str]] = {
    "section": filters.SECTIONS,
    "outcome": filters.OUTCOMES,
    "route": filters.ROUTES,
    "severity": filters.SEVERITIES,
    "state": filters.STATES,
}


class SubmitForm(forms.Form):
    attorney = forms.ModelChoiceField(
        queryset=User.objects.none(), label="Attorney who will sign", empty_label="Choose an attorney"
    )
    papers = forms.ChoiceField(
        label="Papers",
        choices=Batch.Papers.choices,
        initial=Batch.Papers.PER_CASE,
        widget=forms.RadioSelect,
    )
    ready_count = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["attorney"].queryset = office.attorneys()  # type: ignore[attr-defined]


class ApproveForm(forms.Form):
    seen_hash = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)


class ReturnForm(forms.Form):
    """Why a batch goes back; where convictions are `commented` on by themselves, nothing more need be said."""

    comment = forms.CharField(label="What should be changed", widget=_area(), max_length=2000)

    def __init__(self, *args: Any, commented: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"].required = not commented


class ItemCommentForm(forms.Form):
    """What a supervisor says of one conviction of a submitted batch."""

    text = forms.CharField(
        label="What should be changed here",
        widget=_area(),
        max_length=2000,
        help_text="The analyst reads it beside the conviction once the batch is returned.",
    )


class WrongForm(forms.Form):
    """What is wrong with a conviction of the sample; the analyst reads it."""

    comment = forms.CharField(
        label="What is wrong (w)",
        widget=_area(),
        max_length=2000,
        help_text="The analyst sees it beside the conviction.",
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(label="Why the batch is withdrawn", widget=_area(), max_length=2000)


class ServingFormForm(forms.Form):
    status = forms.ChoiceField(
        label="Status",
        choices=[("", "Choose"), *((code, f"The defendant {words}") for code, words in SERVING_STATUSES.items())],
    )
    controlling_term = forms.CharField(
        label="Controlling term",
        max_length=200,
        help_text="The sentence being served, for example “three years of formal probation granted on May 2, 2018”.",
    )
    credits = forms.CharField(
        label="Credits",
        max_length=200,
        help_text="The days credited against it, for example “34 days actual and 34 days of conduct credit”.",
    )
    hearing = forms.ChoiceField(label="Hearing", choices=list(HEARING_CHOICES.items()), widget=forms.RadioSelect)
    source = forms.CharField(label="Source", max_length=400, help_text=SOURCE_HELP)


class CourtRecordForm(forms.Form):
    """Whether the court still has the record of the ticked cases."""

    value = forms.ChoiceField(
        label="Does the court still have the record?",
        choices=[("yes", "Yes, the court still has it"), ("no", "No, it was destroyed")],
        widget=forms.RadioSelect,
    )
    source = forms.CharField(
        label="Source", max_length=400, help_text="Who at the court said so and when, or the document that shows it."
    )


class FactForm(forms.Form):
    """One question on one conviction, answered with a source. `fact_and_value` is what is stated."""

    def __init__(self, *args: Any, fact: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fact = fact
        for name, field in self._fields().items():
            self.fields[name] = field
        self.fields["source"] = forms.CharField(label="Source", max_length=400, help_text=SOURCE_HELP)

    def _fields(self) -> dict[str, forms.Field]:
        if self.fact == "route":
            return {
                "value": forms.ChoiceField(
                    label="Is the sentence completed?", choices=YES_NO, widget=forms.RadioSelect
                ),
                "ended_on": forms.DateField(
                    label="If so, the day it ended", required=False, widget=forms.DateInput(attrs={"type": "date"})
                ),
            }
        if self.fact == "court":
            return {
                "value": forms.ModelChoiceField(
                    label="Court", queryset=Court.objects.all(), empty_label="Choose a court"
                )
            }
        known = STATABLE[self.fact]
        if known.kind == "yes_no":
            return {
                "value": forms.ChoiceField(
                    label=known.label, help_text=known.help, choices=YES_NO, widget=forms.RadioSelect
                )
            }
        return {"value": forms.CharField(label=known.label, help_text=known.help, max_length=60)}

    def fact_and_value(self) -> tuple[str, str]:
        """The fact to state and its value as text. Call it on a valid form."""
        value = self.cleaned_data["value"]
        if self.fact != "route":
            return self.fact, str(value)
        if value == "no":
            return "still_serving", "yes"
        ended_on = self.cleaned_data["ended_on"]
        return ("sentence_ended_on", ended_on.isoformat()) if ended_on else ("still_serving", "no")
