"""The forms of runs and stated facts."""

from typing import Any

from django import forms

from clearmyrecord.office.models import NewestBy
from clearmyrecord.runs import policy_queries
from clearmyrecord.runs.models import Policy
from eligibility.stated import STATABLE


class StartForm(forms.Form):
    policy = forms.ModelChoiceField(queryset=Policy.objects.none(), label="Policy", empty_label=None)
    newest_by = forms.ChoiceField(
        label="Where several files tell of a conviction, the newest one counts, by",
        choices=NewestBy.choices,
        initial=NewestBy.UPLOADED,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].queryset = policy_queries.usable()  # type: ignore[attr-defined]


class FactForm(forms.Form):
    """One fact about a conviction: its value, asked for as its kind wants, and the document that says so."""

    source = forms.CharField(
        label="Source", max_length=400, help_text="The document that says so, e.g. minute order of March 3, 2010."
    )
    field_order = ("value", "source")

    def __init__(self, *args: Any, fact: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = STATABLE[fact]
        self.fields["value"] = _field(asked.kind, asked.choices)
        self.fields["value"].label, self.fields["value"].help_text = asked.label, asked.help
        self.order_fields(self.field_order)

    def value(self) -> str:
        """The value as it is kept: text, dates as YYYY-MM-DD."""
        given = self.cleaned_data["value"]
        return (
            given.isoformat() if hasattr(given, "isoformat") else f"{given:.12g}" if isinstance(given, float) else given
        )


def _field(kind: str, choices: tuple[str, ...]) -> forms.Field:
    if kind == "date":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    if kind == "number":
        return forms.FloatField(min_value=0)
    if kind == "yes_no":
        return forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect)
    if kind == "choice":
        return forms.ChoiceField(choices=[(each, each.capitalize()) for each in choices])
    return forms.CharField(max_length=400)


class WithdrawForm(forms.Form):
    reason = forms.CharField(label="Reason", max_length=1000)
