"""The tally of a run: read from the database once, then brought up to date with each act in the trail.

Events are numbered in the order in which their transactions commit, and an act and its event are one transaction: what
an event is not seen of has not changed yet. Of an act that says whose convictions it changed only theirs are read
again; one that changes nothing that the queue shows is passed over; after any other everything is read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, reduce
from threading import Lock
from typing import Any

import numpy as np
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection, transaction
from django.db.models import Case, F, Func, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce, Concat, ExtractYear

from clearmyrecord.among import among
from clearmyrecord.audit import queries as trail
from clearmyrecord.records import queries as records
from clearmyrecord.reviews import queries
from clearmyrecord.reviews.models import Search
from clearmyrecord.reviews.tallies import NEVER, WHOLE_ROW, Field, Numbers, Rows, Several, Tally, code_of, reason_code
from clearmyrecord.runs.models import Run
from eligibility.remarks import REMARKS

COLUMNS = {
    "outcome": F("standing_outcome"),
    "route": F("route"),
    "basis": F("standing_basis"),
    "rule": F("rule"),
    "reason": F("reason"),
    "section": F("conviction__prop64"),
    "severity": F("conviction__severity"),
    "year": ExtractYear("conviction__convicted_on"),
    "court": F("conviction__court_text__court"),
    "state": F("review_state"),
    "assignee": F("assignee"),
    "confirm": F("to_confirm"),
}
"""Field of the filter to the column of `queries.standing` that holds its one value."""
SORTED_BY = {"code_section": F("conviction__code_section"), "assignee_name": F("assignee_name")}
"""Columns that are sorted by and not filtered."""
COURT_NAME = {
    "court_name": Concat("conviction__court_text__court__name", Value(", "), "conviction__court_text__court__branch")
}
EACH = {
    "conviction": F("conviction_id"),
    "determination": F("pk"),
    "subject": F("conviction__subject_id"),
    "person": Coalesce("conviction__subject__same_as_id", "conviction__subject_id"),
    "day": Func(F("conviction__convicted_on"), template="(%(expressions)s - DATE '0001-01-01')",
                output_field=IntegerField()),
}  # fmt: skip
"""What each conviction of a line has of its own: columns of `Rows`."""

OF_PEOPLE = ("review.", "second_review.", "fact.")
"""Beginnings of acts that change the convictions of the people their event names, and of nobody else."""
CHANGE_NOTHING = (
    "subject.", "access.", "account.", "filter.", "record_file.problems_viewed", "what_if.", "policy.", "run.started",
    "run.failed", "run.tried_again", "runs.compared_again", "second_review.taken", "trail.", "wording.",
    "reviews.carried_over",  # comes within another act, which says what changed
)  # fmt: skip
"""Beginnings of acts that the queue shows nothing of."""
LATER = ("batches.", "filings.", "relief.", "schedules.")
"""Whatever is done to things of later stages changes nothing here either: reviews read nothing of theirs."""
MOST_EVENTS = 500
"""After more than these the whole run is read again."""


@dataclass(frozen=True)
class _Kept:
    """A tally, and the event that it is sure to hold all acts up to."""

    tally: Tally
    event: tuple[int, str]


_kept: dict[tuple[int, datetime], _Kept] = {}
_keeping = Lock()


def tally(run: Run | None, search: Search | None = None) -> Tally:
    """The convictions of a run as people's work stands now, or those of them that a search finds.

    Not to be called after a write within its transaction: what is read is kept for others.
    """
    if run is None:
        return _of_nothing()
    with _keeping:
        key = run.pk, run.started_at  # the time tells runs of one number apart
        known = _kept.get(key)
        events = trail.since(known.event[0], most=MOST_EVENTS + 1) if known is not None else []
        now = _brought_up_to_date(run, known, events) if known is not None else None
        last = events[-1][:2] if 0 < len(events) <= MOST_EVENTS else trail.head()
        _kept.clear()
        _kept[key] = now = now or _Kept(_read(run), last)
    if search is None:
        return now.tally
    return now.tally.among(records.convictions_like(search.text), str(search.pk))


def _of_nothing() -> Tally:
    return _tally([], problems={}, names=lambda subjects: np.zeros(len(subjects), np.int64))


def problems_of(run: Run | None) -> dict[str, Q]:
    """By kind of problem (the column that could not be read) the determinations that rest on such a row."""
    found = _readings(run.pk, run.started_at) if run is not None else {}
    return {column or WHOLE_ROW: Q(reading__in=among(readings)) for column, readings in found.items()}


@lru_cache(maxsize=2)
def _readings(run_id: int, started_at: datetime) -> dict[str, list[int]]:
    """Looked up once a run, whose files and their readings never change."""
    return records.readings_with_problems(Run.objects.get(pk=run_id).files.all())


# Reading


def _read(run: Run) -> Tally:
    problems = problems_of(run)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")  # grouped by hashing, not by sorting on disk
        lines = list(_grouped(queries.standing(run), problems, ArrayAgg("conviction__subject__search_name")))
    names = np.array([name for line in lines for name in line[-1]], dtype=object)
    places = np.unique(names.astype(str), return_inverse=True)[1] if len(names) else np.array([], np.int64)
    return _tally([line[:-1] for line in lines], problems=problems, names=lambda _: places)


def _grouped(rows: queries.StandingRows, problems: dict[str, Q], *others: Any) -> Any:
    """Lines of equal coded values: these, what sorts them, remarks, questions, problems; then what each row has."""
    singles = {
        f"by_{name}": column for name, column in (COLUMNS | SORTED_BY | COURT_NAME).items()
    }  # no field's own name
    several = {"asks": _bits(list(by_question().values())), "unread": _bits(list(problems.values()))}
    each = {f"each_{name}": ArrayAgg(column) for name, column in EACH.items()}
    each |= {f"other_{number}": other for number, other in enumerate(others)}
    grouped = rows.order_by().annotate(**singles, **several).values(*singles, "remarks", *several).annotate(**each)
    return grouped.values_list(*singles, "remarks", *several, *each)


def _tally(lines: Sequence[Any], *, problems: Iterable[str], names: Any, known: Tally | None = None) -> Tally:
    """Lines as `_grouped` gives them. `names`: subjects to the places of their names. `known`: whose codes go on."""
    by_column: list[Sequence[Any]] = list(zip(*lines, strict=True))
    by_column = by_column or [()] * (len(COLUMNS) + len(SORTED_BY) + len(COURT_NAME) + 3 + len(EACH))
    singles = dict(zip((*COLUMNS, *SORTED_BY, *COURT_NAME), by_column, strict=False))
    remarks, asks, unread = by_column[len(singles) : len(singles) + 3]
    each = {
        name: np.array([NEVER if own is None else own for of_line in column for own in of_line], np.int64)
        for name, column in zip(EACH, by_column[len(singles) + 3 :], strict=True)
    }
    each["line"] = np.repeat(np.arange(len(lines)), [len(own) for own in by_column[-1]])
    rows = Rows(**each, name=names(each["subject"]))
    return Tally(
        rows=rows.only(np.argsort(rows.conviction)),
        one={name: _field(name, singles[name], known.one[name].codes if known else []) for name in COLUMNS},
        several={
            "question": Several(list(by_question()), np.array(asks, np.int64)),
            "remark": Several(list(REMARKS), np.array([_remarked(each) for each in remarks], np.int64)),
            "problem": Several(list(problems), np.array(unread, np.int64)),
        },
        words=_words(singles, known.words if known else {"reason": {}, "court": {}}),
        sorted_by={
            name: _field(name, singles[name], known.sorted_by[name].codes if known else []) for name in SORTED_BY
        },
    )


def _words(singles: Mapping[str, Sequence[Any]], known: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    named = zip(singles["court"], singles["court_name"], strict=True)
    return {
        "reason": known["reason"] | {reason_code(reason): reason for reason in singles["reason"]},
        "court": known["court"] | {str(pk): name for pk, name in named if pk},
    }


def _field(name: str, values: Sequence[Any], codes: Sequence[str]) -> Field:
    """The codes of a column's values; `codes` come first, in their order."""
    place = {code: number for number, code in enumerate(codes)}
    places = [place.setdefault(code_of(name, value), len(place)) for value in values]
    return Field(list(place), np.array(places, np.int64))


def _remarked(remarks: Sequence[str]) -> int:
    return sum(1 << place for place, words in enumerate(REMARKS.values()) if words in remarks)


def by_question() -> dict[str, Q]:
    """The questions of the filter: those that keep a conviction out of batches, hand reviews by who decides them."""
    law = queries.undecided() & Q(question_kind="law")
    record = queries.undecided() & ~Q(question_kind="law")
    others = {code: condition for code, condition in queries.kept_out().items() if code != "decide"}
    return {"record": record, "law": law, **others}


def _bits(conditions: Sequence[Q]) -> Any:
    """One number whose bits say which of the conditions hold."""
    flags: list[Any] = [
        Case(When(condition, then=Value(1 << place)), default=Value(0), output_field=IntegerField())
        for place, condition in enumerate(conditions)
    ]
    return reduce(lambda one, other: one + other, flags or [Value(0, output_field=IntegerField())])


# Following the trail


def _brought_up_to_date(run: Run, kept: _Kept, events: Sequence[trail.Event]) -> _Kept | None:
    """With the acts since; None if everything must be read again."""
    if not events or events[0][:2] != kept.event or len(events) > MOST_EVENTS:
        return None
    changed: set[int] = set()
    for _, _, verb, target, subjects in events[1:]:
        if verb.startswith(OF_PEOPLE) and subjects:
            changed |= set(subjects)
        elif not (verb.startswith(CHANGE_NOTHING) or target.startswith(LATER)):
            return None
    last = events[-1][:2]
    if not changed:
        return replace(kept, event=last)
    tally = _read_again(run, kept.tally, sorted(changed))
    return _Kept(tally, last) if tally is not None else None


def _read_again(run: Run, known: Tally, subjects: Sequence[int]) -> Tally | None:
    """The tally with the convictions of these subjects, and of whoever is one person with them, as they stand now."""
    problems = problems_of(run)
    theirs = records.convictions_of_persons(subjects)
    lines = list(_grouped(queries.standing(run).filter(conviction_id__in=among(theirs)), problems))
    try:
        new = _tally(lines, problems=problems, names=lambda ids: _places(known.rows, ids), known=known)
    except KeyError:  # somebody new, whose name has no place yet
        return None
    return _joined(known, known.rows.only(~np.isin(known.rows.conviction, theirs)), new)


def _places(rows: Rows, subjects: Numbers) -> Numbers:
    """The places of their names. Raises KeyError for one that no row is about."""
    theirs = rows.only(np.isin(rows.subject, subjects))
    place = dict(zip(theirs.subject.tolist(), theirs.name.tolist(), strict=True))
    return np.array([place[subject] for subject in subjects.tolist()], np.int64)


def _joined(known: Tally, rows: Rows, new: Tally) -> Tally:
    """`rows` of the known tally beside all of the new one, whose codes go on from it; lines of nobody are left out."""
    lines = len(known.several["remark"].bits)
    both = Rows(
        **{
            name: np.concatenate([column, getattr(new.rows, name) + (lines if name == "line" else 0)])
            for name, column in vars(rows).items()
        }
    )
    both = both.only(np.argsort(both.conviction, kind="stable"))
    used = np.bincount(both.line, minlength=lines + len(new.several["remark"].bits)) > 0

    def placed(one: Field, other: Field) -> Field:
        return Field(other.codes, np.concatenate([one.place, other.place])[used])

    return replace(
        new,
        rows=replace(both, line=(np.cumsum(used) - 1)[both.line]),
        one={name: placed(known.one[name], field) for name, field in new.one.items()},
        sorted_by={name: placed(known.sorted_by[name], field) for name, field in new.sorted_by.items()},
        several={
            name: Several(flags.codes, np.concatenate([known.several[name].bits, flags.bits])[used])
            for name, flags in new.several.items()
        },
    )
