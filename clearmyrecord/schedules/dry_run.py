"""What a version of a schedule would do if it were due now. Looks only; writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from clearmyrecord.batches import queries as batches
from clearmyrecord.office import queries as office
from clearmyrecord.reviews import queries as reviews
from clearmyrecord.runs import evaluation
from clearmyrecord.runs import queries as runs
from clearmyrecord.schedules import calendar, inbox
from clearmyrecord.schedules.models import ScheduleVersion

TIMES_SHOWN = 5


@dataclass(frozen=True)
class DryRun:
    """When it is due next, and what it would find and make."""

    due: list[datetime]
    new_files: list[tuple[str, int]] = field(default_factory=list)  # name, bytes
    inbox_fault: str = ""  # why the inbox could not be looked at
    files: int = 0  # read already, and evaluated again
    convictions: int = 0  # of those files, in the policy's scope
    batches: list[tuple[str, int]] = field(default_factory=list)  # court, convictions without an open question

    @property
    def in_batches(self) -> int:
        return sum(number for _, number in self.batches)


def dry_run(version: ScheduleVersion, *, now: datetime) -> DryRun:
    """Everything but what lies in files that are not read yet. Batches are those of the run in use."""
    due = calendar.next_due(version.pattern, timezone.get_default_timezone(), after=now, count=TIMES_SHOWN)
    new_files, fault = _in_inbox() if version.reads_inbox else ([], "")
    files = list(runs.files_to_evaluate())
    found, county = office.office(), ""
    county = found.county if found else ""
    return DryRun(
        due=due,
        new_files=new_files,
        inbox_fault=fault,
        files=len(files),
        convictions=evaluation.in_scope(files, county=county, text=version.policy.text) if files and county else 0,
        batches=_by_court() if version.drafts_batches else [],
    )


def _in_inbox() -> tuple[list[tuple[str, int]], str]:
    if not inbox.is_set_up():
        return [], "This installation has no inbox folder. IT sets INBOX_DIR."
    try:
        return inbox.untaken(), ""
    except OSError as error:
        return [], f"The inbox folder can’t be read ({type(error).__name__}). IT makes it readable."


def _by_court() -> list[tuple[str, int]]:
    free = reviews.without_open_questions(batches.free({})).filter(standing_outcome__in=reviews.RELIEF)
    rows = free.order_by().values_list("conviction__court_text__court").annotate(number=Count("pk"))
    numbers = dict(rows)
    return [(str(court), numbers[court.pk]) for court in office.courts().order_by("branch") if court.pk in numbers]
