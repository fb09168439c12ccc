"""The queue's filter and order: coded values only, kept in the address. Nothing in it names a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q

from clearmyrecord.office import queries as office
from clearmyrecord.reviews import overriding, queries, tallies, tallying
from clearmyrecord.reviews.models import Search
from clearmyrecord.reviews.questions import LABELS
from clearmyrecord.reviews.tallies import SORTS
from clearmyrecord.runs import queries as runs
from eligibility.remarks import REMARKS

ROUTES = {"completed": "Completed", "serving": "Serving", "unknown": "Unknown"}
BASES = {"statute": "Statute", "presumption": "Presumption", "policy": "Policy"}
SECTIONS = {"11357": "11357", "11358": "11358", "11359": "11359", "11360": "11360", "other": "Other sections"}
SEVERITIES = {"felony": "Felony", "misdemeanor": "Misdemeanor", "infraction": "Infraction", "unknown": "Unknown"}
STATES = {"open": "Open", "accepted": "Accepted", "overridden": "Overridden"}
CONFIRMS = {"yes": "Needs confirmation", "no": "Needs none"}
OUTCOMES = {**overriding.OUTCOMES, "hand_review": "Hand review"}
MAIN = ("outcome", "route", "section", "state", "question", "assignee")
"""The fields that are always shown; the others are behind "More filters"."""
HIDDEN = ("sort", "search")

Choices = list[tuple[str, str]]


def _choices(words: Mapping[str, str], any_: str) -> Choices:
    return [("", any_), *words.items()]


class QueueFilter(forms.Form):
    """What the list shows. An unknown value is left out rather than refused: addresses outlive policies.

    `counted`: each choice says how many convictions it would leave, and those that leave none are not offered.
    """

    outcome = forms.ChoiceField(required=False, choices=_choices(OUTCOMES, "Any outcome"))
    route = forms.ChoiceField(required=False, choices=_choices(ROUTES, "Any route"))
    section = forms.ChoiceField(required=False, choices=_choices(SECTIONS, "Any section"))
    state = forms.ChoiceField(required=False, label="Review", choices=_choices(STATES, "Any state"))
    question = forms.ChoiceField(required=False, choices=_choices(LABELS, "With or without"))
    assignee = forms.ChoiceField(required=False, label="Assigned to")
    basis = forms.ChoiceField(required=False, choices=_choices(BASES, "Any basis"))
    rule = forms.ChoiceField(required=False)
    reason = forms.ChoiceField(required=False)
    severity = forms.ChoiceField(required=False, choices=_choices(SEVERITIES, "Any severity"))
    year = forms.ChoiceField(required=False, label="Year of conviction")
    court = forms.ChoiceField(required=False)
    remark = forms.ChoiceField(required=False, choices=_choices(REMARKS, "With or without"))
    problem = forms.ChoiceField(required=False, label="Not readable in the file")
    confirm = forms.ChoiceField(required=False, label="Override", choices=_choices(CONFIRMS, "With or without"))
    sort = forms.ChoiceField(required=False, choices=[(code, code) for code in SORTS], widget=forms.HiddenInput)
    search = forms.ChoiceField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, tally: tallies.Tally, counted: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = sorted(tally.codes("year"), reverse=True)
        self._offer("rule", {rule: rule_words(rule) for rule in tally.codes("rule")}, "Any rule")
        self._offer("reason", _in_order(tally.words["reason"]), "Any reason")
        self._offer("year", {year: year for year in years}, "Any year")
        self._offer("court", _in_order(tally.words["court"]), "Any court")
        self._offer("problem", {code: _column_words(code) for code in tally.codes("problem")}, "Anything or nothing")
        users = list(office.users())
        people = {str(user.pk): str(user) for user in users if overriding.reviews(user)}
        self._offer("assignee", {"none": "Nobody", **people}, "Anybody or nobody")
        self._offer("search", {code: code for code in tally.codes("search") if code}, "")
        self.people = {user.pk: str(user) for user in users}
        if counted:
            self._count(tally)

    def _offer(self, name: str, words: Mapping[str, str], any_: str) -> None:
        self.fields[name].choices = _choices(words, any_)  # type: ignore[attr-defined]

    def _count(self, tally: tallies.Tally) -> None:
        chosen = self.coded()
        for name, counts in tally.counts(chosen).items():
            field: Any = self.fields[name]
            field.choices = [
                (code, f"{words} ({counts.get(code, 0):,})" if code else words)
                for code, words in field.choices
                if not code or code in counts or code == chosen.get(name)
            ]

    def coded(self) -> dict[str, str]:
        """The values chosen that are known, without the empty ones; fit to be kept and put into an address."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def main(self) -> list[forms.BoundField]:
        return [self[name] for name in MAIN]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in (*MAIN, *HIDDEN)]

    @property
    def more_are_chosen(self) -> bool:
        return any(name not in (*MAIN, *HIDDEN) for name in self.coded())


def _in_order(words: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(words.items(), key=lambda each: each[1]))


def coded_in(data: Mapping[str, str], search: Search | None) -> dict[str, str]:
    """The values of an address that the queue made, without looking up what they mean or counting anything.

    What is no code is left out; a code that nothing has any more finds nothing. `search`: the user's own one of the
    address.
    """
    found = {}
    for name, field in QueueFilter.base_fields.items():
        value, choices = data.get(name, ""), dict(getattr(field, "choices", ()))
        if name == "search":
            known = search is not None and value == str(search.pk)
        else:
            known = value in choices if choices else CODE.fullmatch(value) is not None
        if value and known:
            found[name] = value
    return found


CODE = re.compile(r"\w{1,80}", re.ASCII)


def rule_words(rule: str) -> str:
    """A rule's name as words."""
    return rule.replace("_", " ").capitalize()


def _column_words(code: str) -> str:
    return "The whole row" if code == tallies.WHOLE_ROW else code


SAME = {
    "outcome": "standing_outcome",
    "route": "route",
    "basis": "standing_basis",
    "rule": "rule",
    "state": "review_state",
}


def filtered(rows: queries.StandingRows, values: Mapping[str, str]) -> queries.StandingRows:
    """Rows of `queries.standing` that the coded values leave, in no order: `Tally.listed` has that of the list."""
    for name, column in SAME.items():
        if values.get(name):
            rows = rows.filter(**{column: values[name]})
    for name, number in (("year", "conviction__convicted_on__year"), ("court", "conviction__court_text__court")):
        if values.get(name, "").isdigit():
            rows = rows.filter(**{number: int(values[name])})
    for name, condition_of in CONDITIONS.items():
        if value := values.get(name):
            rows = rows.filter(condition_of(value))
    return rows


def _assigned(value: str) -> Q:
    return Q(assignee=int(value)) if value.isdigit() else Q(assignee=None)


def _reason(code: str) -> Q:
    """A code whose words the run does not give finds nothing, rather than everything."""
    return Q(reason__in=[each for each in queries.reasons(runs.current_run()) if tallies.reason_code(each) == code])


def _search(code: str) -> Q:
    """Whose search it is, whoever made the address out of the values has asked (`coded_in`)."""
    search = Search.objects.filter(pk=code).first()
    return queries.found_by(search) if search is not None else Q(pk__in=[])


def _problem(code: str) -> Q:
    return tallying.problems_of(runs.current_run()).get(code, Q(pk__in=[]))


CONDITIONS: dict[str, Any] = {
    "section": lambda value: Q(conviction__prop64="" if value == "other" else value),
    "severity": lambda value: Q(conviction__severity="" if value == "unknown" else value),
    "assignee": _assigned,
    "reason": _reason,
    "question": lambda value: tallying.by_question().get(value, Q(pk__in=[])),
    "remark": lambda value: Q(remarks__contains=[REMARKS[value]]) if value in REMARKS else Q(pk__in=[]),
    "problem": _problem,
    "search": _search,
    "confirm": lambda value: Q(to_confirm=value == "yes"),
}
