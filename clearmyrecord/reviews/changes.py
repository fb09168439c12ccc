"""What changed between two runs, as a list to review: its filter, its rows, and where people's work on them stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from clearmyrecord.among import among
from clearmyrecord.reviews.filters import rule_words
from clearmyrecord.reviews.models import Override
from clearmyrecord.reviews.overriding import OUTCOMES
from clearmyrecord.reviews.questions import section_words
from clearmyrecord.runs import comparisons
from clearmyrecord.runs.causes import CAUSES, CHANGED
from clearmyrecord.runs.comparisons import Tallied
from clearmyrecord.runs.models import RunComparison, RunDifference, StatedFact
from eligibility.traces import TwoPolicies

KIND = RunDifference.Kind
OVERRIDE = "override"
WHY = {**CAUSES, OVERRIDE: "An override since"}
KINDS = {
    "new": "New",
    "gone": "Gone",
    **CHANGED,
    "same": "Same result, found otherwise",
    "all": "All of these",
}
SHOWN_OUTCOMES = {**OUTCOMES, "hand_review": "Hand review"}
REVIEW = {
    "open": "Open",
    "accepted": "Accepted",
    "overridden": "Overridden",
    "confirm": "Override needs confirmation",
}
SORTS = {
    "subject": "conviction__subject__search_name",
    "section": "conviction__code_section",
    "date": "conviction__convicted_on",
    "before": "outcome_before",
    "now": "outcome_after",
}
COUNTED = ("change", "before", "now", "why", "rule")
LINES_NAMED = 2
"""Lines that answered otherwise, in the list; the conviction's own page has them all."""


class ChangeFilter(forms.Form):
    """What of the differences is shown: coded values only. Each choice says how many it would leave."""

    change = forms.ChoiceField(required=False, label="Change")
    why = forms.ChoiceField(required=False, label="Why")
    before = forms.ChoiceField(required=False, label="Outcome before")
    now = forms.ChoiceField(required=False, label="Outcome now")
    rule = forms.ChoiceField(required=False, label="Deciding rule now")
    review = forms.ChoiceField(required=False, label="Review", choices=[("", "Any state"), *REVIEW.items()])
    sort = forms.ChoiceField(
        required=False,
        widget=forms.HiddenInput,
        choices=[(f"{sign}{name}", name) for name in SORTS for sign in ("", "-")],
    )

    def __init__(self, *args: Any, tallied: Sequence[Tallied], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tallied = tallied
        rules = sorted({each.rule_after for each in tallied if each.rule_after})
        self._offer("change", KINDS, "Another result, new or gone")
        self._offer("why", WHY, "Anything")
        self._offer("before", SHOWN_OUTCOMES, "Any outcome")
        self._offer("now", SHOWN_OUTCOMES, "Any outcome")
        self._offer("rule", {rule: rule_words(rule) for rule in rules}, "Any rule")
        chosen = self.coded()
        for name in COUNTED:
            self._count(name, chosen)

    def _offer(self, name: str, words: Mapping[str, str], any_: str) -> None:
        self.fields[name].choices = [("", any_), *words.items()]  # type: ignore[attr-defined]

    def _count(self, name: str, chosen: Mapping[str, str]) -> None:
        field: Any = self.fields[name]
        others = {other: value for other, value in chosen.items() if other != name and other in COUNTED}
        offered = []
        for code, words in field.choices:
            number = self.total(others | ({name: code} if code or name == "change" else {}))
            if code in ("", OVERRIDE):
                offered.append((code, f"{words} ({number:,})" if name == "change" else words))
            elif number or code == chosen.get(name):
                offered.append((code, f"{words} ({number:,})"))
        field.choices = offered

    def coded(self) -> dict[str, str]:
        """The values chosen that are known, without the empty ones; fit to be put into an address."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def total(self, values: Mapping[str, str]) -> int:
        """How many differences these coded values leave, of those in `COUNTED`."""
        asked = {"change": "", **{name: value for name, value in values.items() if name in COUNTED}}
        return sum(each.number for each in self.tallied if each.is_of(asked))

    @property
    def shown(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name != "sort"]


def filtered(comparison: RunComparison, values: Mapping[str, str]) -> QuerySet[RunDifference]:
    """The differences that the coded values leave, in their order."""
    rows = comparison.differences.filter(_change(values.get("change", "")))
    for name, column in (("before", "outcome_before"), ("now", "outcome_after"), ("rule", "rule_after")):
        if values.get(name):
            rows = rows.filter(**{column: values[name]})
    if why := values.get("why"):
        rows = rows.filter(Exists(_overrides_since()) if why == OVERRIDE else Q(causes__contains=[why]))
    if review := values.get("review"):
        rows = rows.filter(_review(review))
    sort = values.get("sort", "")
    by = SORTS.get(sort.removeprefix("-"))
    if by is None:
        return rows.order_by("conviction_id")
    key = F(by).desc(nulls_last=True) if sort.startswith("-") else F(by).asc(nulls_last=True)
    return rows.order_by(key, "conviction_id")


def _overrides_since() -> QuerySet[Override]:
    """Standing overrides that were made after the earlier run decided."""
    return Override.objects.filter(
        conviction=OuterRef("conviction"), superseded_at=None, made_at__gt=OuterRef("before__made_at")
    )


def _change(value: str) -> Q:
    if value == "all":
        return Q()
    if value in CHANGED:
        return Q(changed__contains=[value])
    return Q(kind=value) if value in KIND.values else ~Q(kind=KIND.SAME)


def _review(value: str) -> Q:
    review = "conviction__review__"
    if value == "confirm":
        return Q(**{f"{review}needs_confirmation": True})
    state = Q(**{f"{review}state": value})
    return state | Q(conviction__review=None) if value == "open" else state


@dataclass(frozen=True)
class Why:
    """One thing that made a difference, and what is known of it."""

    words: str
    more: str = ""


def lines_at(ids: Sequence[int], comparison: RunComparison) -> list[Any]:
    """The differences of these ids in this order with everything a list shows beside them; one query.

    A list finds the ids first: rows as wide as these are too much to sort.
    """
    standing = Q(conviction__overrides__superseded_at=None)
    found = (
        comparison.differences.filter(pk__in=among(ids))
        .annotate(
            the_override=FilteredRelation("conviction__overrides", condition=standing),
            override_outcome=F("the_override__outcome"),
            override_at=F("the_override__made_at"),
            review_state=F("conviction__review__state"),
            needs_confirmation=F("conviction__review__needs_confirmation"),
        )
        .select_related(
            "conviction__subject",
            "before__reading__file_subject__file",
            "after__reading__file_subject__file",
        )
        .in_bulk()
    )
    policies = comparisons.policies_of(comparison)
    return [_worded(found[pk], comparison, policies) for pk in ids if pk in found]


def _worded(row: Any, comparison: RunComparison, policies: TwoPolicies) -> Any:
    row.section_words = section_words(row.conviction)
    row.what = [CHANGED[code] for code in row.changed] or [row.get_kind_display()]
    row.otherwise = comparisons.answered_otherwise(policies, row.before, row.after)
    row.why = [Why(CAUSES[code], _more(code, row, comparison)) for code in row.causes]
    if row.override_outcome and row.before is not None and row.override_at > row.before.made_at:
        row.why.append(
            Why(WHY[OVERRIDE], f"to {SHOWN_OUTCOMES.get(row.override_outcome, row.override_outcome).lower()}")
        )
    row.otherwise_named, row.otherwise_more = row.otherwise[:LINES_NAMED], max(len(row.otherwise) - LINES_NAMED, 0)
    row.opens = row.after is not None and comparison.after.is_current
    return row


def _more(code: str, row: Any, comparison: RunComparison) -> str:
    """What is known of a cause beside its name."""
    if code == "reading":
        files = [each.reading.file_subject.file.name if each is not None else "" for each in (row.before, row.after)]
        if not files[0]:
            return f"first read in {files[1]}"
        return f"{files[1]}, before {files[0]}" if files[1] else f"was read in {files[0]}"
    if code == "as_of":
        return f"{_day(comparison.after.as_of)}, before {_day(comparison.before.as_of)}"
    return ""


def _day(day: Any) -> str:
    return f"{day:%b} {day.day}, {day.year}"


def stated_between(row: Any) -> list[StatedFact]:
    """What was stated about the conviction's person, or taken back, between the two determinations."""
    if row.before is None or row.after is None:
        return []
    first, last = sorted((row.before.made_at, row.after.made_at))
    subject = row.conviction.subject
    person = subject.same_as_id or subject.pk
    theirs = Q(conviction__subject=person) | Q(conviction__subject__same_as=person)
    moved = Q(stated_at__gt=first, stated_at__lte=last) | Q(superseded_at__gt=first, superseded_at__lte=last)
    return list(StatedFact.objects.filter(theirs, moved).select_related("author").order_by("stated_at"))


COLUMNS = (
    "Subject", "CII number", "Case numbers", "Code section", "Severity", "Convicted on", "Change",
    "Outcome before", "Route before", "Basis before", "Sealing before", "Reason before",
    "Outcome now", "Route now", "Basis now", "Sealing now", "Reason now", "Why", "Rules that answered otherwise",
    "Review",
)  # fmt: skip


def cells(rows: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """The lines of a download, in the order of `COLUMNS`."""
    for row in rows:
        conviction = row.conviction
        yield (
            conviction.subject.name, conviction.subject.cii_number, "; ".join(conviction.case_numbers),
            row.section_words, conviction.severity, conviction.convicted_on or "", "; ".join(row.what),
            *_side(row.before), *_side(row.after),
            "; ".join(f"{each.words} ({each.more})" if each.more else each.words for each in row.why),
            "; ".join(f"{sentence}: {now}, before {before}" for sentence, before, now in row.otherwise),
            review_words(row),
        )  # fmt: skip


def _side(found: Any) -> tuple[str, ...]:
    if found is None:
        return ("",) * 5
    return found.outcome, found.route, found.basis, "yes" if found.sealing else "no", found.reason


def review_words(row: Any) -> str:
    """Where people's work on a difference's conviction stands."""
    return REVIEW["confirm"] if row.needs_confirmation else REVIEW[row.review_state or "open"]
