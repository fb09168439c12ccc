"""The forms of schedules: days and time picked in words."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms

from clearmyrecord.errors import Invalid
from clearmyrecord.runs import policy_queries
from clearmyrecord.runs.models import Policy
from clearmyrecord.schedules import calendar, inbox, telling
from clearmyrecord.schedules.calendar import LAST_DAY, MONTHS, ORDINALS, WEEKDAYS
from clearmyrecord.schedules.models import ScheduleVersion
from clearmyrecord.schedules.services import Wanted

KINDS = [
    ("monthly_by_weekday", "On a weekday of the month, such as the first Monday"),
    ("weekly", "On weekdays, every week"),
    ("monthly", "On days of the month, such as the 1st and 15th"),
    ("yearly", "On one day of the year, such as January 2"),
]
SOURCES = [("there", "The record files that are there already"), ("inbox", "New files of the inbox folder, and those")]
DAYS_HELP = "Days from 1 to 28, and “last” for the last day of the month, such as 1, 15, last."


class SetUpForm(forms.Form):
    """A version of a schedule. Of the days, only the fields that belong to the chosen kind count."""

    name = forms.CharField(label="Name of the schedule", max_length=80, help_text="Such as Clean slate, monthly.")
    policy = forms.ModelChoiceField(queryset=Policy.objects.none(), label="Policy", empty_label=None)
    source = forms.ChoiceField(label="What it evaluates", choices=SOURCES, widget=forms.RadioSelect, initial="there")
    kind = forms.ChoiceField(label="On which days", choices=KINDS, widget=forms.RadioSelect, initial=KINDS[0][0])
    ordinal = forms.ChoiceField(required=False, label="Which one", choices=[(each, each) for each in ORDINALS])
    weekday = forms.ChoiceField(required=False, label="Weekday", choices=list(enumerate(WEEKDAYS)))
    weekdays = forms.MultipleChoiceField(
        required=False, label="Weekdays", choices=list(enumerate(WEEKDAYS)), widget=forms.CheckboxSelectMultiple
    )
    days_of_month = forms.CharField(required=False, label="Days of the month", max_length=120, help_text=DAYS_HELP)
    month = forms.ChoiceField(required=False, label="Month", choices=list(enumerate(MONTHS, start=1)))
    day = forms.IntegerField(required=False, label="Day", min_value=1, max_value=31)
    at = forms.TimeField(
        label="At what time",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="On the office’s clock. A time that the clock skips in spring counts when the next one begins; one "
        "that comes twice in autumn counts once.",
    )
    drafts_batches = forms.BooleanField(
        required=False,
        label="Draft a batch for each court of what can be submitted",
        help_text="Its run is taken into use for that. Every batch still has to be submitted by somebody and approved.",
    )
    tells_by_mail = forms.BooleanField(
        required=False,
        label="Tell analysts and supervisors by e-mail, too",
        help_text="Home pages always tell them. The mail holds figures only, nothing of any record.",
    )

    def __init__(self, *args: Any, version: ScheduleVersion | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].queryset = policy_queries.usable()  # type: ignore[attr-defined]
        if version is not None:
            del self.fields["name"]
        if not telling.is_set_up():
            self.fields["tells_by_mail"].help_text += " No mail is set up here (EMAIL_URL): none will be sent."
        if not inbox.is_set_up():
            self.fields["source"].help_text = "No inbox folder is set up here (INBOX_DIR)."
        if version is not None and not self.is_bound:
            self.initial = _initial(version)

    def clean_days_of_month(self) -> list[int]:
        words = re.findall(r"[0-9]+|[a-z]+", self.cleaned_data["days_of_month"].lower())
        words = [word for word in words if word not in ("and", "the", "day", "st", "nd", "rd", "th")]
        if any(word != "last" and not word.isdigit() for word in words):
            raise forms.ValidationError(DAYS_HELP)
        return sorted({LAST_DAY if word == "last" else int(word) for word in words})

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        kind = given.get("kind", KINDS[0][0])
        for name in {field for fields in OF_KIND.values() for field in fields} - set(OF_KIND[kind]):
            self.errors.pop(name, None)  # what stands in the fields of another kind does not count
        if not self.errors:
            try:
                given["pattern"] = calendar.read(_coded(given)).coded()
            except (Invalid, ValueError):
                self.add_error(OF_KIND[kind][-1], WRONG[kind])
        return given

    def wanted(self) -> Wanted:
        """What was picked, for the services."""
        given = self.cleaned_data
        return Wanted(
            policy_id=given["policy"].pk,
            pattern=given["pattern"],
            reads_inbox=given["source"] == "inbox",
            drafts_batches=given["drafts_batches"],
            tells_by_mail=given["tells_by_mail"],
        )


OF_KIND = {
    "monthly_by_weekday": ("ordinal", "weekday"),
    "weekly": ("weekdays",),
    "monthly": ("days_of_month",),
    "yearly": ("month", "day"),
}
"""The fields that belong to each kind of days."""

WRONG = {
    "monthly_by_weekday": "Pick which weekday of the month.",
    "weekly": "Pick at least one weekday.",
    "monthly": DAYS_HELP,
    "yearly": "Pick a day that this month has every year.",
}


def _coded(given: dict[str, Any]) -> dict[str, Any]:
    """The pattern's code from the fields of its kind."""
    fields = {name: given[name] for name in OF_KIND[given["kind"]]}
    for name in ("weekday", "month"):
        if name in fields:
            fields[name] = int(fields[name])
    if "weekdays" in fields:
        fields["weekdays"] = sorted(map(int, fields["weekdays"]))
    return {"kind": given["kind"], "at": f"{given['at']:%H:%M}", **fields}


def _initial(version: ScheduleVersion) -> dict[str, Any]:
    """What a version says, as its form shows it."""
    said = dict(version.coded_pattern)
    if "days_of_month" in said:
        days = said["days_of_month"]
        said["days_of_month"] = ", ".join(
            [*(str(day) for day in days if day != LAST_DAY), *["last"] * (LAST_DAY in days)]
        )
    return said | {
        "policy": version.policy_id,
        "source": "inbox" if version.reads_inbox else "there",
        "drafts_batches": version.drafts_batches,
        "tells_by_mail": version.tells_by_mail,
    }


class EndForm(forms.Form):
    reason = forms.CharField(label="Why it ends", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class OnDateForm(forms.Form):
    """A policy and the day from which it would be in force."""

    policy = forms.ChoiceField(label="Under this policy")
    then = forms.DateField(label="From this day on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, choices: list[tuple[str, str]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = choices  # type: ignore[attr-defined]
        self.today = today

    def clean_then(self) -> date:
        then: date = self.cleaned_data["then"]
        if not self.today <= then <= self.today.replace(year=self.today.year + 20, day=1):
            raise forms.ValidationError("Pick a day from today on, within 20 years.")
        return then
