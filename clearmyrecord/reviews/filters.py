"""The queue's filter: coded values only, kept in the address. Nothing in it names a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import F, Q, QuerySet

from clearmyrecord.office import queries as office
from clearmyrecord.reviews import overriding, queries
from clearmyrecord.reviews.questions import LABELS

ROUTES = {"completed": "Completed", "serving": "Serving", "unknown": "Unknown"}
BASES = {"statute": "Statute", "presumption": "Presumption", "policy": "Policy"}
SECTIONS = {"11357": "11357", "11358": "11358", "11359": "11359", "11360": "11360", "other": "Other sections"}
STATES = {"open": "Open", "accepted": "Accepted", "overridden": "Overridden"}
OUTCOMES = {**overriding.OUTCOMES, "hand_review": "Hand review"}
SORTS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "file": ("As in the file", ("conviction_id",)),
    "oldest": ("Oldest conviction first", (F("conviction__convicted_on").asc(nulls_last=True), "conviction_id")),
    "newest": ("Newest conviction first", (F("conviction__convicted_on").desc(nulls_last=True), "conviction_id")),
    "section": ("Code section", ("conviction__code_section", "conviction_id")),
    "outcome": ("Outcome", ("standing_outcome", "route", "conviction_id")),
    "person": ("Name of the subject", ("conviction__subject__search_name", "conviction_id")),
}

Choices = list[tuple[str, str]]


def _choices(words: Mapping[str, str], any_: str) -> Choices:
    return [("", any_), *words.items()]


class QueueFilter(forms.Form):
    """What the list shows. An unknown value is left out rather than refused: addresses outlive policies."""

    outcome = forms.ChoiceField(required=False, choices=_choices(OUTCOMES, "Any outcome"))
    route = forms.ChoiceField(required=False, choices=_choices(ROUTES, "Any route"))
    basis = forms.ChoiceField(required=False, choices=_choices(BASES, "Any basis"))
    rule = forms.ChoiceField(required=False, label="Reason")
    section = forms.ChoiceField(required=False, choices=_choices(SECTIONS, "Any section"))
    year = forms.ChoiceField(required=False, label="Year of conviction")
    court = forms.ChoiceField(required=False)
    state = forms.ChoiceField(required=False, label="Review", choices=_choices(STATES, "Any state"))
    question = forms.ChoiceField(required=False, choices=_choices(LABELS, "With or without"))
    sort = forms.ChoiceField(required=False, choices=[(code, words) for code, (words, _) in SORTS.items()])

    def __init__(self, *args: Any, rows: queries.StandingRows, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = rows.order_by("rule").values_list("rule", "reason").distinct()
        years = rows.exclude(conviction__convicted_on=None).order_by("-conviction__convicted_on__year")
        self.fields["rule"].choices = _choices(_first_words(rules), "Any reason")  # type: ignore[attr-defined]
        self.fields["court"].choices = _choices(  # type: ignore[attr-defined]
            {str(court.pk): str(court) for court in office.courts().order_by("branch")}, "Any court"
        )
        self.fields["year"].choices = _choices(  # type: ignore[attr-defined]
            {
                str(year): str(year)
                for year in years.values_list("conviction__convicted_on__year", flat=True).distinct()
            },
            "Any year",
        )

    def coded(self) -> dict[str, str]:
        """The values chosen that are known, without the empty ones; fit to be kept and put into an address."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def _first_words(rules: QuerySet[Any, Any]) -> dict[str, str]:
    """One reason for each rule; reasons of a rule differ by its parameters only."""
    words: dict[str, str] = {}
    for rule, reason in rules:
        words.setdefault(rule, reason)
    return words


def filtered(rows: queries.StandingRows, values: Mapping[str, str]) -> queries.StandingRows:
    """Rows of `queries.standing` that the coded values leave, in their order."""
    same = {
        "outcome": "standing_outcome",
        "route": "route",
        "basis": "standing_basis",
        "rule": "rule",
        "state": "review_state",
    }
    for name, column in same.items():
        if values.get(name):
            rows = rows.filter(**{column: values[name]})
    if section := values.get("section"):
        rows = rows.filter(conviction__prop64="" if section == "other" else section)
    if values.get("year", "").isdigit():
        rows = rows.filter(conviction__convicted_on__year=int(values["year"]))
    if values.get("court", "").isdigit():
        rows = rows.filter(conviction__court_text__court=int(values["court"]))
    if question := values.get("question"):
        rows = rows.filter(_asks(question))
    return rows.order_by(*SORTS.get(values.get("sort", ""), SORTS["file"])[1])


def _asks(question: str) -> Q:
    if question == "law":
        return Q(standing_outcome="hand_review", question_kind="law")
    if question == "record":
        return Q(standing_outcome="hand_review") & ~Q(question_kind="law")
    return queries.kept_out().get(question, Q(pk__in=[]))
