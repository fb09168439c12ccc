"""What reviewers fill in."""

from __future__ import annotations

from typing import Any

from django import forms

from clearmyrecord.office import queries as office
from clearmyrecord.office.models import User
from clearmyrecord.reviews import opposing, outside, overriding, reasons
from eligibility.law.code_sections import printed

SOURCE_HELP = "The document it comes from, e.g. “Superior Court docket, entry of March 3, 2009”."


class ReasonSelect(forms.Select):
    """The listed reasons; each says which outcomes it can be the reason for, so that a key may choose both at once."""

    def __init__(self, found: str, outcomes: list[str]) -> None:
        super().__init__()
        self.found, self.outcomes = found, outcomes

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if value:
            fitting = [outcome for outcome in self.outcomes if reasons.fits(str(value), self.found, outcome)]
            option["attrs"]["data-outcomes"] = " ".join(fitting)
        return option


class OverrideForm(forms.Form):
    """A person's outcome. The new section and severity are not asked: the law's table has them.

    `row`: the one conviction it is for. A selection has no attachment, since what it shows would be of many people.
    """

    listed = forms.ChoiceField(required=False, label="Reason from the list")
    outcome = forms.ChoiceField(choices=[("", "Choose an outcome"), *overriding.OUTCOMES.items()])
    basis = forms.ChoiceField(choices=list(overriding.BASES.items()), initial="policy")
    reason = forms.CharField(
        required=False,
        label="Reason in your own words",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        help_text="From the list, in your own words, or both. It stands beside the outcome for whoever approves.",
    )
    attachment = forms.FileField(
        required=False,
        label="Document",
        help_text="The paper that shows it, if you have it: PDF, PNG or JPEG, at most 10 MB.",
    )

    def __init__(self, *args: Any, row: Any = None, stated: overriding.Stated | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = reasons.offered(office.today())
        if row is None:
            del self.fields["attachment"]
        else:
            offered = {
                outcome: words
                for outcome, words in overriding.OUTCOMES.items()
                if outcome != ("" if row.override_id else row.outcome) and overriding.fits(row, outcome, stated or {})
            }
            self.fields["outcome"].choices = [("", "Choose an outcome"), *offered.items()]  # type: ignore[attr-defined]
            self.fields["listed"].widget = ReasonSelect(row.outcome, list(offered))
            listed = [each for each in listed if any(reasons.fits(each.code, row.outcome, to) for to in offered)]
        words = [(each.code, each.says) for each in listed]
        self.fields["listed"].choices = [("", "None of these"), *words]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("listed") and not values.get("reason") and not {"reason", "listed"} & self.errors.keys():
            self.add_error("reason", "Choose a reason from the list or write one.")
        return values

    def wanted(self) -> overriding.Wanted:
        """The override that it asks for."""
        values = self.cleaned_data
        return overriding.Wanted(values["outcome"], values["basis"], values["listed"])


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


EXHIBIT_LINES = 4


class OppositionForm(forms.Form):
    """Whether the people oppose relief, on what ground and facts, with the documents that show it."""

    decision = forms.ChoiceField(
        label="Do the people oppose relief?",
        widget=forms.RadioSelect,
        choices=[
            ("do_not_oppose", "No, do not oppose: nothing in the record bars it"),
            ("oppose", "Yes, oppose: it goes on no motion"),
        ],
    )
    ground = forms.ChoiceField(required=False, label="Ground to oppose", widget=forms.RadioSelect)
    facts = forms.CharField(
        label="Facts relied on",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What shows it, or why it is no bar, with the source. The opponent must bring the proof.",
    )

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", "opposition")
        super().__init__(*args, **kwargs)
        grounds = [
            (each.code, f"{printed(each.subdivision)}: {each.says} By {each.proof}.")
            for each in opposing.grounds_for(row)
        ]
        self.fields["ground"].choices = [("", "None: not opposed"), *grounds]  # type: ignore[attr-defined]
        for number in range(1, EXHIBIT_LINES + 1):
            name = forms.CharField(required=False, max_length=200, label=f"Exhibit {number}, name of the document")
            upload = forms.FileField(required=False, label=f"Exhibit {number}, document (PDF, PNG or JPEG)")
            self.fields |= {f"exhibit_{number}": name, f"document_{number}": upload}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("decision") == "oppose" and not values.get("ground") and "ground" not in self.errors:
            self.add_error("ground", "Choose the ground on which relief is opposed.")
        return values

    @property
    def asked(self) -> list[forms.BoundField]:
        """What is asked of every decision."""
        return [self[name] for name in ("decision", "ground", "facts")]

    @property
    def exhibits(self) -> list[forms.BoundField]:
        """The exhibits' names and documents."""
        return [self[name] for name in self.fields if name.startswith(("exhibit_", "document_"))]

    def chosen(self) -> dict[str, Any]:
        """What the service takes."""
        values = self.cleaned_data
        named = [(values[f"exhibit_{place}"], values[f"document_{place}"]) for place in range(1, EXHIBIT_LINES + 1)]
        return {
            "decision": values["decision"],
            "ground": values["ground"],
            "facts": values["facts"],
            "exhibits": [opposing.Named(name, upload or None) for name, upload in named if name or upload],
        }


ANSWERS: dict[str, type[RouteForm] | type[YesNoForm]] = {
    "route": RouteForm,
    "prior_relief": PriorReliefForm,
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
