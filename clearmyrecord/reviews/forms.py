"""What reviewers fill in."""

from __future__ import annotations

from typing import Any

from django import forms

from clearmyrecord.office.models import User
from clearmyrecord.reviews import outside, overriding

SOURCE_HELP = "The document it comes from, e.g. “Superior Court docket, entry of March 3, 2009”."

REASONS = (
    "The office asks for more than the statute gives.",
    "The court’s papers show another offense or severity than the record.",
    "The court’s papers show that the sentence stands otherwise than recorded.",
    "An earlier conviction bars relief.",
    "Relief was already granted.",
    "The people do not oppose.",
)
"""Reasons that are given often. What stands is their words, so that a change of the list changes no override."""


class OverrideForm(forms.Form):
    """A person's outcome. The new section and severity are not asked: the law's table has them."""

    outcome = forms.ChoiceField(choices=[("", "Choose an outcome"), *overriding.OUTCOMES.items()])
    basis = forms.ChoiceField(choices=list(overriding.BASES.items()), initial="policy")
    listed = forms.ChoiceField(
        required=False,
        label="Reason from the list",
        choices=[("", "None of these"), *((str(number), words) for number, words in enumerate(REASONS, 1))],
    )
    reason = forms.CharField(
        required=False,
        label="Reason in your own words",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        help_text="From the list, in your own words, or both. It stands beside the outcome for whoever approves.",
    )

    def __init__(self, *args: Any, row: Any = None, stated: overriding.Stated | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if row is not None:
            offered = {
                outcome: words
                for outcome, words in overriding.OUTCOMES.items()
                if overriding.new_offense(row, outcome, stated or {}) is not None
                and not (outcome == "resentence" and row.route != "serving")
                and not (outcome == "redesignate" and row.route == "serving")
            }
            self.fields["outcome"].choices = [("", "Choose an outcome"), *offered.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self._words(values) and "reason" not in self.errors:
            self.add_error("reason", "Choose a reason from the list or write one.")
        return values

    def chosen(self) -> dict[str, Any]:
        """Outcome, basis and the whole reason, as the service takes them."""
        values = self.cleaned_data
        return {"outcome": values["outcome"], "basis": values["basis"], "reason": self._words(values)}

    @staticmethod
    def _words(values: dict[str, Any]) -> str:
        listed = values.get("listed")
        return " ".join(
            filter(None, [REASONS[int(listed) - 1] if listed else "", (values.get("reason") or "").strip()])
        )


class ReasonForm(forms.Form):
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), max_length=4000)


class CommentForm(forms.Form):
    text = forms.CharField(label="Comment", widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)


class GroundForm(forms.Form):
    """The approved grounds that fit this conviction and route."""

    ground = forms.ChoiceField(label="Legal ground", widget=forms.RadioSelect)
    authority = forms.CharField(
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The case or statute you rely on. Needed where a section is treated as H&S §§ 11357 to 11360.",
    )

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(ground.code, ground.says) for ground in outside.grounds_for(row.conviction, row.route)]
        self.fields["ground"].choices = choices  # type: ignore[attr-defined]


class RouteForm(forms.Form):
    """Is the sentence completed? Either the day it ended, or that it is still being served."""

    completed = forms.ChoiceField(
        label="Is the sentence completed?",
        widget=forms.RadioSelect,
        choices=[("yes", "Yes, it ended on the day below"), ("no", "No, it is still being served")],
    )
    ended_on = forms.DateField(required=False, label="Ended on", widget=forms.DateInput(attrs={"type": "date"}))
    source = forms.CharField(max_length=400, help_text=SOURCE_HELP)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("completed") == "yes" and not values.get("ended_on") and "ended_on" not in self.errors:
            self.add_error("ended_on", "Enter the day on which the sentence ended.")
        return values

    def stated(self) -> tuple[str, str]:
        """The fact and value that the answer states."""
        if self.cleaned_data["completed"] == "yes":
            return "sentence_ended_on", self.cleaned_data["ended_on"].isoformat()
        return "still_serving", "yes"


class YesNoForm(forms.Form):
    """A question answered by one stated fact."""

    fact: str
    value = forms.ChoiceField(widget=forms.RadioSelect, choices=[("yes", "Yes"), ("no", "No")])
    source = forms.CharField(max_length=400, help_text=SOURCE_HELP)

    def stated(self) -> tuple[str, str]:
        return self.fact, self.cleaned_data["value"]


class PriorReliefForm(YesNoForm):
    fact = "relief_answered"
    value = forms.ChoiceField(
        label="Was this conviction dismissed under H&S § 11361.8, sealed or redesignated before?",
        widget=forms.RadioSelect,
        choices=[
            ("no", "No, it stands. Relief under PC § 1203.4 alone is no obstacle"),
            ("yes", "Yes, it already has relief"),
        ],
    )


class PossiblePriorForm(YesNoForm):
    fact = "no_prior_bar"
    value = forms.ChoiceField(
        label="Does an earlier conviction or registration bar relief?",
        widget=forms.RadioSelect,
        choices=[("yes", "No, it is not a prior bar"), ("no", "Yes, a prior bars relief")],
    )
    source = forms.CharField(label="Because", max_length=400, help_text="Your finding, with its source.")


ANSWERS: dict[str, type[RouteForm] | type[YesNoForm]] = {
    "route": RouteForm,
    "prior_relief": PriorReliefForm,
    "possible_prior": PossiblePriorForm,
}
"""Question code to the form that answers it."""


class SelectionForm(forms.Form):
    """What somebody ticked in the queue, or everything its filter shows."""

    action = forms.ChoiceField(choices=[("accept", "Accept"), ("override", "Override"), ("assign", "Assign")])
    everything = forms.BooleanField(required=False)


class AssignForm(forms.Form):
    """Who is to look at a selection."""

    to = forms.ModelChoiceField(User.objects.none(), required=False, label="Assign to", empty_label="Nobody")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = overriding.reviewers()  # type: ignore[attr-defined]


class SaveFilterForm(forms.Form):
    name = forms.CharField(label="Keep this filter as", max_length=60)
