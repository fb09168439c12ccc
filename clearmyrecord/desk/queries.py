"""What needs somebody now, by role: composed of what the other apps offer; nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from clearmyrecord.audit import queries as trail
from clearmyrecord.batches import court_records
from clearmyrecord.batches import objection_queries as objections
from clearmyrecord.batches import queries as batches
from clearmyrecord.batches.models import Batch, BatchItem, ServingForm
from clearmyrecord.desk.counting import Asked, counted
from clearmyrecord.filings import omnibus
from clearmyrecord.filings import queries as filings
from clearmyrecord.office import queries as office
from clearmyrecord.office import wording_queries as wording
from clearmyrecord.office.access import READERS
from clearmyrecord.office.models import Role, User
from clearmyrecord.records import queries as records
from clearmyrecord.records.models import Suggestion
from clearmyrecord.relief import queries as relief
from clearmyrecord.reviews import queries as reviews
from clearmyrecord.reviews import second_review_queries as second_reviews
from clearmyrecord.runs import policy_queries as policies
from clearmyrecord.runs.models import Run
from clearmyrecord.schedules import queries as schedules
from clearmyrecord.work import Work

WAITS, CAME_BACK, RUNNING = "Waits for you", "Came back", "Is being done"
"""The groups of home: to be done, sent back by somebody or something, and done by itself at this moment."""

IN_WORK = (Work.WorkState.WAITING, Work.WorkState.WORKING)
PAPERS_IN_WORK = ("paper_chunks", "omnibus_motion", "omnibus_motion__volumes", "package")
"""What a batch's papers are made of, each with work of its own."""


@dataclass(frozen=True)
class Task:
    """Something that waits for the user: how many, what, why it matters, and where it is done.

    A number given as a query is counted together with all others, so that home stays at a dozen queries.
    """

    number: int | QuerySet[Any]
    what: str
    why: str
    url: str
    of_law: bool = False
    group: str = WAITS
    alone: tuple[str, str] | None = None
    """A page and the column of the query with what it is about: where all rows share it, the task leads there."""


def tasks_for(user: User) -> list[Task]:
    """Everything that waits for this user, came back or is running, in the order of the work; nothing of which there
    is none."""
    by_role: dict[str, Callable[[User], Iterable[Task]]] = {
        Role.ANALYST: _analyst,
        Role.SUPERVISOR: _supervisor,
        Role.ADMINISTRATOR: _administrator,
        Role.AUDITOR: _auditor,
        Role.PUBLIC_DEFENDER: _defender,
    }
    tasks = [*by_role[user.role](user), _to_settle(user), _wording(user), *_running(user)]
    return [task for task in with_numbers(user, tasks) if task.number]


def with_numbers(user: User, tasks: list[Task]) -> list[Task]:
    """The tasks with every query counted, in one query."""
    asked = [
        Asked(task.number, task.alone[1] if task.alone else "pk") for task in tasks if isinstance(task.number, QuerySet)
    ]
    found = iter(counted(user, asked))
    return [_found(task, *next(found)) if isinstance(task.number, QuerySet) else task for task in tasks]


def _found(task: Task, number: int, shared: int | None) -> Task:
    url = reverse(task.alone[0], args=[shared]) if task.alone and shared is not None else task.url
    return replace(task, number=number, url=url)


def _queue(**coded: str) -> str:
    return f"{reverse('reviews:queue')}?{urlencode(coded)}"


def _analyst(user: User) -> Iterable[Task]:
    yield from _files(user)
    waiting = reviews.open_by_question(reviews.standing_in_use(), user)
    if user.is_attorney:
        yield from _to_sign(user)
        yield from _of_law(waiting)
    yield Task(waiting["record"], "Record questions", "Left to a person; decide each.", _queue(question="record"))
    yield Task(waiting["route"], "Is the sentence completed?", "Asked before any paper.", _queue(question="route"))
    yield Task(
        waiting["prior_relief"], "May already have relief", "Say whether it stands.", _queue(question="prior_relief")
    )
    yield _of_others(waiting["second"])
    yield Task(
        waiting["confirm"],
        "Overrides to confirm",
        "What the run found has changed.",
        _queue(question="confirm"),
        group=CAME_BACK,
    )
    yield Task(
        waiting["unreviewed"], "Convictions to look at", "Found by the run, reviewed by nobody.", _queue(state="open")
    )
    second = second_reviews.waiting_for(user)
    yield Task(second, "Second reviews", "Decided by another; decide blind.", reverse("reviews:second_reviews"))
    held = BatchItem.objects.filter(holds=True, conviction=OuterRef("conviction"))
    reviewed = reviews.standing_in_use().filter(~Exists(held)).exclude(review_state="open")
    ready = reviews.without_open_questions(reviewed)
    yield Task(ready, "Ready for a batch", "Reviewed, no question open, in no batch.", reverse("batches:compose"))
    open_suggestions = Suggestion.objects.filter(state=Suggestion.State.OPEN)
    yield Task(
        open_suggestions, "Suggestions", "Two that may be one person or conviction.", reverse("records:suggestions")
    )
    yield from _batches_to_go_on_with(user)
    yield from _court_records()
    signed, url = filings.to_file(user), f"{reverse('filings:filings')}?state=signed"
    yield Task(signed, "Signed cases to file", "Then enter what the court took.", url)
    yield Task(
        omnibus.to_file(user),
        "Signed omnibus motions to file",
        "Then enter what the court took.",
        reverse("filings:filings"),
        alone=("filings:omnibus", "batch_id"),
    )
    yield from _answers(user)
    yield from _schedules(user)
    yield _refused(user)


def _of_others(number: int) -> Task:
    why = "Made by others; a second person confirms or refuses each."
    return Task(number, "Overrides awaiting a second person", why, _queue(question="second"))


def _answers(user: User) -> Iterable[Task]:
    """What courts were asked and did: what is late, what a person must settle."""
    due = f"{reverse('relief:answers')}?{urlencode({'show': 'late'})}"
    why = "The court has not answered; ask it."
    yield Task(relief.late(relief.filings(user)), "Filings past their clock", why, due)
    yield Task(relief.late(relief.motions(user)), "Omnibus motions past their clock", why, due)
    rows, url = relief.rows_to_work_off(user), reverse("relief:responses")
    yield Task(rows, "Rows of courts’ responses", "Unmatched: assign them, or set them aside.", url)
    suggested = f"{reverse('relief:still_shown')}?{urlencode({'show': 'suggested'})}"
    yield Task(relief.to_decide(user), "DOJ’s record to confirm", "A newer file may show the relief.", suggested)


def _court_records() -> Iterable[Task]:
    """One line for each approved batch that can't be filed as a whole yet."""
    for pk, (name, number) in court_records.open_by_batch().items():
        what = f"Court records to confirm in “{name}”"
        yield Task(number, what, "Their papers can’t be filed before.", reverse("batches:court_records", args=[pk]))


def _files(user: User) -> Iterable[Task]:
    files = records.files(user).filter(set_aside_at=None)
    url = reverse("records:files")
    failed = files.filter(work_state=Work.WorkState.FAILED)
    yield Task(failed, "Record files that could not be read", "Try again, or set them aside.", url, group=CAME_BACK)
    in_use = Run.objects.filter(is_current=True, files=OuterRef("pk"))
    fresh = files.filter(~Exists(in_use), work_state=Work.WorkState.DONE, refusal="")
    yield Task(fresh, "Record files to evaluate", "Read, but in no run that is in use.", reverse("runs:runs"))


def _of_law(waiting: dict[str, int]) -> Iterable[Task]:
    yield Task(waiting["law"], "Questions of law", "Only an attorney decides these.", _queue(question="law"), True)
    objections = relief.open_objection_count()
    yield Task(objections, "Objections to resolve", "Carved out until then.", reverse("relief:objections"), True)
    yield Task(waiting["ground"], "Legal grounds to choose", "The statute names none.", _queue(question="ground"), True)
    prior = waiting["possible_prior"]
    yield Task(prior, "Possible grounds to oppose", "Does a prior bar relief?", _queue(question="possible_prior"), True)
    yield _objections()
    filled = ServingForm.objects.filter(superseded_at=None, subject=OuterRef("conviction__subject"))
    serving = (
        reviews.standing_in_use().filter(route="serving", standing_outcome__in=reviews.RELIEF).exclude(Exists(filled))
    )
    yield Task(
        serving,
        "Serving forms to fill in",
        "Status, term, credits and hearing, in the batch.",
        _queue(route="serving"),
        True,
    )


def _objections() -> Task:
    """One batch leads to its page, several to the list."""
    of = list(objections.to_resolve().values_list("batch_id", flat=True))
    several = f"{reverse('batches:batches')}?state=submitted"
    url = reverse("batches:batch", args=of[:1]) if len(set(of)) == 1 else several
    return Task(len(of), "Objections to resolve", "The public defender’s, to batches not decided yet.", url, True)


def _batches_to_go_on_with(user: User) -> Iterable[Task]:
    mine, url = batches.waiting_for(user), reverse("batches:batches")
    called_back = Q(state=Batch.State.RETURNED, comment="")
    returned = mine.filter(state=Batch.State.RETURNED).exclude(called_back)
    yield Task(returned, "Returned batches", "A supervisor asks for changes.", url, group=CAME_BACK)
    drafts = mine.filter(Q(state=Batch.State.DRAFT) | called_back)
    yield Task(drafts, "Batches in draft", "Not submitted yet, or called back.", url)


def _to_sign(user: User) -> Iterable[Task]:
    """One batch leads to its page of signing, several to the list of cases."""
    url, why = f"{reverse('filings:filings')}?sign=me", "Approved; the batch names you."
    alone = ("filings:sign_batch", "batch_id")
    yield Task(filings.to_sign(user), "Cases to sign", why, url, True, alone=alone)
    yield Task(omnibus.to_sign(user), "Omnibus motions to sign", why, url, True, alone=alone)


def _schedules(user: User) -> Iterable[Task]:
    url = reverse("schedules:schedules")
    yield Task(schedules.to_approve(user), "Schedules to approve", "They run from then on.", url)
    yield Task(schedules.failed(), "Scheduled runs that failed", "Each says why and what to do.", url)
    done, why = schedules.recently_done(timezone.now()), "What changed, and batches drafted."
    yield Task(done, "Scheduled runs done this week", why, url, alone=("schedules:due_run", "pk"))


def _refused(user: User) -> Task:
    refused, url = filings.refused(user), f"{reverse('filings:filings')}?state=refused"
    return Task(refused, "Cases without papers", "Their papers could not be drafted.", url, group=CAME_BACK)


def _supervisor(user: User) -> Iterable[Task]:
    waiting = batches.waiting_for(user)
    yield Task(waiting, "Batches to approve", "Submitted, prepared by others.", reverse("batches:batches"))
    drafts = policies.to_sign(user)
    yield Task(drafts, "Policies to sign", "Nothing runs under them before.", reverse("runs:policies"))
    asked = reviews.open_by_question(reviews.standing_in_use(), user)
    yield _of_others(asked["second"])
    yield from _answers(user)
    if user.is_attorney:
        yield from _to_sign(user)
        yield from _of_law(asked)
    yield from _schedules(user)
    yield _refused(user)


def _to_settle(user: User) -> Task:
    return Task(
        second_reviews.to_settle(user),
        "Disagreements to settle",
        "Two decided differently.",
        reverse("reviews:second_reviews"),
    )


def _wording(user: User) -> Task:
    drafts = wording.to_approve(user)
    return Task(drafts, "Wording to approve", "Papers are drafted in it from then on.", reverse("office:wordings"))


def _administrator(user: User) -> Iterable[Task]:
    unmapped = office.unmapped_court_texts()
    yield Task(unmapped, "Court texts to map", "Their cases can't be submitted before.", reverse("office:court_texts"))
    yield Task(office.locked_users(), "Locked accounts", "Too many wrong sign-ins.", reverse("office:users"))
    missing = int(office.office() is None)
    yield Task(missing, "Office page to fill in", "Papers can't be drafted without it.", reverse("office:office"))
    yield Task(int(not office.courts().exists()), "Courts to add", "No court is known yet.", reverse("office:courts"))


def _defender(user: User) -> Iterable[Task]:
    waiting = list(objections.waiting_for(user).values_list("pk", flat=True))
    url = reverse("batches:given_batch", args=waiting) if len(waiting) == 1 else reverse("batches:given")
    yield Task(len(waiting), "Batches to look through", "Given to you; the office has not decided yet.", url)


def _auditor(user: User) -> Iterable[Task]:
    today = trail.events().filter(at__date=office.today())
    url = reverse("office:trail")
    yield Task(int(trail.first_break() is not None), "The trail is broken", "An event was changed or removed.", url)
    yield Task(today.filter(outcome="refused"), "Refusals today", "Somebody tried what they may not.", url)
    yield Task(today.filter(verb="subject.viewed"), "Views of people today", "Who saw whom.", url)
    yield Task(today, "Events today", "Everything seen and done.", url)


def _running(user: User) -> Iterable[Task]:
    """What workers are busy with; administrators see no records, so nothing of it."""
    if user.role not in READERS:
        return
    reading, url = records.files(user).filter(set_aside_at=None, work_state__in=IN_WORK), reverse("records:files")
    yield Task(reading, "Record files being read", "You may leave; they go on.", url, group=RUNNING)
    evaluating = Run.objects.filter(state=Run.State.EVALUATING)
    yield Task(evaluating, "Runs being evaluated", "Every row is accounted for.", reverse("runs:runs"), group=RUNNING)
    in_work = Q()
    for part in PAPERS_IN_WORK:
        in_work |= Q(**{f"{part}__work_state__in": IN_WORK})
    drawn, url = Batch.objects.filter(in_work).distinct(), reverse("filings:filings")
    yield Task(drawn, "Batches whose papers are being drawn", "Packages for the courts follow.", url, group=RUNNING)
