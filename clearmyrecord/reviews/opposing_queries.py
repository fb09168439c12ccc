"""Reads of attorneys' decisions to oppose: those on a conviction, and the lists for courts and the defender."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Count, F, Q
from django.db.models.functions import JSONObject

from clearmyrecord.among import among
from clearmyrecord.errors import NotFound
from clearmyrecord.office import queries as office
from clearmyrecord.reviews import queries
from clearmyrecord.reviews.models import Attachment, Opposition
from eligibility.law import tables
from eligibility.law.code_sections import printed

OPPOSED, UNOPPOSED, OPEN = "opposed", "unopposed", "open"
LISTS = {
    OPPOSED: "Relief opposed",
    UNOPPOSED: "Relief not opposed",
    OPEN: "Not decided",
}
NO_COURT = "none"


@dataclass(frozen=True)
class Named:
    """An exhibit as it is listed; `attachment_id` is None where nobody attached its bytes."""

    number: int
    name: str
    attachment_id: int | None


@dataclass(frozen=True)
class Decided:
    """A decision that stands, with its ground as the law has it: "H&S § 11359(c)(1): One or more …"."""

    opposition: Opposition
    ground: str
    exhibits: list[Named]


def decided_on(row: Any) -> Decided | None:
    """The decision that stands for a row of `queries.standing`; one query, none where there is no decision."""
    return decisions_on([row.conviction_id]).get(row.conviction_id) if row.opposition else None


def decisions_on(conviction_ids: Iterable[int]) -> dict[int, Decided]:
    """The standing decisions on some convictions, by conviction; one query."""
    exhibit = JSONObject(number="exhibits__number", name="exhibits__name", attachment_id="exhibits__attachment")
    named = JSONBAgg(exhibit, filter=Q(exhibits__isnull=False), order_by="exhibits__number")
    standing = Opposition.objects.filter(conviction__in=among(conviction_ids), superseded_at=None)
    return {
        each.conviction_id: Decided(each, _ground(each), [Named(**exhibit) for exhibit in each.named or ()])
        for each in standing.select_related("attorney").annotate(named=named)
    }


def _ground(opposition: Opposition) -> str:
    if not opposition.ground:
        return ""
    return f"{printed(opposition.subdivision)}: {tables.ground_says(opposition.ground)}"


def which() -> dict[str, Q]:
    """For each of LISTS the rows of `queries.standing` on it; a row is on one of them, or found not eligible.

    Not opposed is what an attorney decided not to oppose, and relief on which nothing is left to ask that could be a
    ground to oppose it. What waits for a person is on neither.
    """
    asked = queries.kept_out()
    relief, opposed = Q(standing_outcome__in=queries.RELIEF), Q(opposition="oppose")
    unsure = asked["possible_prior"] | asked["barred"] | asked["confirm"]
    return {
        OPPOSED: opposed,
        UNOPPOSED: relief & ~opposed & ~unsure,
        OPEN: ((relief & unsure) | Q(standing_outcome="hand_review")) & ~opposed,
    }


@dataclass(frozen=True)
class Totals:
    """How many convictions of one court, or of all, are on each list; `not_eligible` are on none."""

    court: str
    name: str
    convictions: int
    opposed: int
    unopposed: int
    open: int

    @property
    def not_eligible(self) -> int:
        return self.convictions - self.opposed - self.unopposed - self.open


def totals() -> list[Totals]:
    """A line for each court that has convictions in the current run, and last one for all; two queries."""
    lines = {code: Count("pk", filter=condition) for code, condition in which().items()}
    grouped = queries.standing().order_by().values(court=F("conviction__court_text__court"))
    names = {each.pk: str(each) for each in office.courts()}
    found = [
        Totals(
            court=str(line["court"] or NO_COURT),
            name=names.get(line["court"], "No court known"),
            convictions=line["convictions"],
            **{code: line[f"rows_{code}"] for code in LISTS},
        )
        for line in grouped.annotate(convictions=Count("pk"), **{f"rows_{code}": each for code, each in lines.items()})
    ]
    found.sort(key=lambda line: (line.court == NO_COURT, line.name))
    sums = {name: sum(getattr(line, name) for line in found) for name in ("convictions", *LISTS)}
    return [*found, Totals(court="", name="All courts", **sums)]


def listed(name: str, court: str) -> queries.StandingRows:
    """The convictions of a list, of one court or (empty) of all, by case number and person."""
    rows = queries.standing().filter(which()[name])
    if court:
        rows = rows.filter(conviction__court_text__court=int(court) if court.isdigit() else None)
    by = ("conviction__court_text__court", "conviction__case_numbers", "conviction__subject__name", "conviction_id")
    return rows.select_related("conviction__court_text__court").order_by(*by)


def attachment_or_404(pk: int) -> tuple[Attachment, list[int]]:
    """An attachment and the ids of the people whose decisions it stands behind. Raises NotFound if there is none."""
    attachment = Attachment.objects.filter(pk=pk).first()
    if attachment is None:
        raise NotFound("There is no such document.")
    people = set(attachment.overrides.values_list("conviction__subject", flat=True))
    people.update(attachment.exhibits.values_list("opposition__conviction__subject", flat=True))
    return attachment, sorted(people)
