"""Forms of answers, objections, response files and the DOJ's confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from clearmyrecord.office import queries as office
from clearmyrecord.office.models import Court
from clearmyrecord.relief import queries
from clearmyrecord.relief import response_words as words
from clearmyrecord.relief.models import Asked, CourtAnswer, DojConfirmation, Objection, Relief
from clearmyrecord.relief.writing import Told

DATE = forms.DateInput(attrs={"type": "date"})
LONG = forms.Textarea(attrs={"rows": 2})
BY_HAND = [choice for choice in CourtAnswer.Decision.choices if choice[0] != "rejected"]
WHY = forms.CharField(label="Why", max_length=1000, widget=LONG)


class AnswerForm(forms.Form):
    """What the court did with the convictions that are ticked."""

    decision = forms.ChoiceField(label="What the court did", choices=BY_HAND, widget=forms.RadioSelect)
    decided_on = forms.DateField(
        label="Day of the order", widget=DATE, required=False, help_text="Not needed for a hearing that is set."
    )
    granted_as = forms.ChoiceField(
        label="What was granted", required=False, choices=[("", "As asked"), *Relief.choices],
    )  # fmt: skip
    reason = forms.CharField(
        label="Reason", required=False, max_length=2000, widget=LONG, help_text="Needed for a denial."
    )
    hearing_on = forms.DateField(label="Day of the hearing", widget=DATE, required=False)
    department = forms.CharField(max_length=40, required=False)

    def told(self) -> Told:
        given = self.cleaned_data
        return Told(
            given["decision"], given["granted_as"], given["decided_on"], given["hearing_on"], given["department"],
            given["reason"],
        )  # fmt: skip


class CorrectForm(AnswerForm):
    """And why the standing answer is another."""

    why = WHY


class WhyForm(forms.Form):
    reason = WHY


class RejectForm(forms.Form):
    """What the clerk sent back."""

    decided_on = forms.DateField(label="Sent back on", widget=DATE)
    reason = forms.CharField(label="The clerk’s reason", max_length=2000, widget=LONG)

    def told(self) -> Told:
        given = self.cleaned_data
        return Told("rejected", decided_on=given["decided_on"], reason=given["reason"])


class ObjectionForm(forms.Form):
    """Who objects to the convictions that are ticked, and on what ground."""

    who = forms.ChoiceField(label="Who objects", choices=Objection.Who.choices)
    name = forms.CharField(label="Their name", max_length=120, required=False)
    raised_on = forms.DateField(label="Raised on", widget=DATE)
    ground = forms.ChoiceField(choices=Objection.Ground.choices)
    text = forms.CharField(label="What it says", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class ResolveForm(forms.Form):
    """What became of an objection."""

    resolution = forms.ChoiceField(
        label="What became of it", choices=Objection.Resolution.choices, widget=forms.RadioSelect
    )
    reason = WHY


class _OfCourts(forms.Form):
    """A form that asks for one of the courts that were asked anything."""

    court = forms.ModelChoiceField(queryset=Court.objects.none(), required=False, empty_label="Any court")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["court"].queryset = queries.courts()  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """The known values that were chosen; unknown ones are passed over."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ClockFilter(_OfCourts):
    """Which filed matters are listed; coded values only, kept in the address."""

    show = forms.ChoiceField(
        required=False,
        choices=[
            ("", "Waiting for an answer"), ("late", "Past their clock"), ("soon", "Due in two weeks"),
            ("objected", "With an open objection"), ("hearing", "Set for hearing"), ("answered", "Answered"),
            ("all", "All that is filed"),
        ],
    )  # fmt: skip

    def narrowed(self, found: QuerySet[Any], owner: str) -> QuerySet[Any]:
        """What the choice leaves of filings or motions on their clocks."""
        chosen = self.chosen()
        show = chosen.get("show", "")
        if "court" in chosen:
            found = found.filter(court=chosen["court"])
        if show == "late":
            return queries.late(found)
        if show == "soon":
            return queries.due_soon(found)
        if show in ("objected", "hearing"):
            return found.filter(pk__in=Asked.objects.filter(state=show).exclude(**{owner: None}).values(owner))
        return found if show == "all" else found.filter(is_open=show != "answered")


class NoticeFilter(_OfCourts):
    """Which filings a notice list names: by court and the day they were filed."""

    since = forms.DateField(label="Filed from", widget=DATE, required=False)
    until = forms.DateField(label="Filed until", widget=DATE, required=False)

    def narrowed(self, found: QuerySet[Asked]) -> QuerySet[Asked]:
        chosen = self.chosen()
        named = {"court": "court", "since": "filed_on__gte", "until": "filed_on__lte"}
        return found.filter(**{named[name]: value for name, value in chosen.items()})


class ResponseForm(_OfCourts):
    court = forms.ModelChoiceField(queryset=Court.objects.none(), empty_label="Choose the court")
    file = forms.FileField(
        label="The court’s response",
        help_text="CSV or XLSX with headings, one row for each conviction or case; up to 20 MB and 50,000 rows.",
    )


class ColumnsForm(forms.Form):
    """Which column of a response holds what."""

    def __init__(self, *args: Any, headings: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, _) in words.FIELDS.items():
            is_required = name in words.REQUIRED
            empty = "Choose a column" if is_required else "Not in this file"
            choices = [("", empty), *((heading, heading) for heading in headings)]
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=is_required)


class WordsForm(forms.Form):
    """What each of the court's words for a decision means."""

    def __init__(self, *args: Any, found: Sequence[tuple[str, int]], known: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = [word for word, _ in found]
        choices = [("", "Nothing of these: keep its rows apart"), *words.MEANINGS.items()]
        for place, (word, number) in enumerate(found):
            self.fields[f"word_{place}"] = forms.ChoiceField(
                label=f"“{word}” ({number:,} row{'' if number == 1 else 's'})",
                choices=choices,
                required=False,
                initial=known.get(word) or words.likely_meaning(word),
            )

    def meanings(self) -> dict[str, str]:
        return {word: self.cleaned_data[f"word_{place}"] for place, word in enumerate(self.words)}


class FindForm(forms.Form):
    """Which of our filings a row is of."""

    case_number = forms.CharField(label="Case number in our papers", max_length=60)


class AssignForm(CorrectForm):
    """What a row says the court did, and why it is of these convictions."""


class DojFilter(_OfCourts):
    """Which grants are listed, by how the DOJ's record stands and how old the order is."""

    show = forms.ChoiceField(
        required=False,
        choices=[
            ("", "Not confirmed yet"), ("suggested", "Suggested by a file"), ("shown", "Still in a later file"),
            ("confirmed", "Confirmed"),
        ],
    )  # fmt: skip
    age = forms.ChoiceField(
        label="Order",
        required=False,
        choices=[
            ("", "Of any age"),
            ("30", "Over 30 days old"),
            ("60", "Over 60 days old"),
            ("90", "Over 90 days old"),
        ],
    )

    def narrowed(self, found: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.chosen()
        show, confirmed = chosen.get("show", ""), Q(doj_state=DojConfirmation.State.CONFIRMED)
        found = found.filter(confirmed) if show == "confirmed" else found.exclude(confirmed)
        if show == "suggested":
            found = found.filter(doj_state=DojConfirmation.State.SUGGESTED)
        if show == "shown":
            found = found.filter(queries.IN_A_LATER_FILE)
        if "court" in chosen:
            found = found.filter(item__asked__court=chosen["court"])
        if "age" in chosen:
            found = found.filter(decided_on__lt=_days_ago(int(chosen["age"])))
        return found


def _days_ago(days: int) -> date:
    return office.today() - timedelta(days)


class VerifyForm(forms.Form):
    """How somebody verified that the DOJ's record follows the order."""

    source = forms.CharField(
        label="How it was verified", max_length=400, help_text="For example “DOJ record check of May 3, 2026”."
    )
