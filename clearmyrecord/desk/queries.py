"""What needs somebody now, by role: composed of what the other apps offer; nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from clearmyrecord.audit import queries as trail
from clearmyrecord.batches import court_records
from clearmyrecord.batches import queries as batches
from clearmyrecord.batches.models import Batch, ServingForm
from clearmyrecord.filings import omnibus
from clearmyrecord.filings import queries as filings
from clearmyrecord.office import queries as office
from clearmyrecord.office import wording_queries as wording
from clearmyrecord.office.models import Role, User
from clearmyrecord.records import queries as records
from clearmyrecord.records.models import Suggestion
from clearmyrecord.relief import queries as relief
from clearmyrecord.reviews import queries as reviews
from clearmyrecord.runs import policy_queries as policies
from clearmyrecord.runs import queries as runs
from clearmyrecord.work import Work


@dataclass(frozen=True)
class Task:
    """Something that waits for the user: how many, what, why it matters, and where it is done."""

    number: int
    what: str
    why: str
    url: str
    of_law: bool = False


def tasks_for(user: User) -> list[Task]:
    """Everything that waits for this user, in the order of the work; what has nothing to do is left out."""
    by_role: dict[str, Callable[[User], Iterable[Task]]] = {
        Role.ANALYST: _analyst,
        Role.SUPERVISOR: _supervisor,
        Role.ADMINISTRATOR: _administrator,
        Role.AUDITOR: _auditor,
    }
    return [task for task in (*by_role[user.role](user), _wording(user)) if task.number]


def _queue(**coded: str) -> str:
    return f"{reverse('reviews:queue')}?{urlencode(coded)}"


def _analyst(user: User) -> Iterable[Task]:
    yield from _files(user)
    waiting = reviews.open_by_question(reviews.standing())
    if user.is_attorney:
        yield from _to_sign(user)
        yield from _of_law(waiting)
    yield Task(waiting["record"], "Record questions", "Left to a person; decide each.", _queue(question="record"))
    yield Task(waiting["route"], "Is the sentence completed?", "Asked before any paper.", _queue(question="route"))
    yield Task(
        waiting["prior_relief"], "May already have relief", "Say whether it stands.", _queue(question="prior_relief")
    )
    yield Task(
        waiting["confirm"], "Overrides to confirm", "What the run found has changed.", _queue(question="confirm")
    )
    yield Task(
        waiting["unreviewed"], "Convictions to look at", "Found by the run, reviewed by nobody.", _queue(state="open")
    )
    ready = reviews.without_open_questions(batches.free({})).exclude(review_state="open").count()
    yield Task(ready, "Ready for a batch", "Reviewed, no question open, in no batch.", reverse("batches:compose"))
    open_suggestions = Suggestion.objects.filter(state=Suggestion.State.OPEN).count()
    yield Task(
        open_suggestions, "Suggestions", "Two that may be one person or conviction.", reverse("records:suggestions")
    )
    yield from _batches_to_go_on_with(user)
    yield from _court_records()
    signed, url = filings.to_file(user).count(), f"{reverse('filings:filings')}?state=signed"
    yield Task(signed, "Signed cases to file", "Then enter what the court took.", url)
    motions = list(omnibus.to_file(user).values_list("batch_id", flat=True))
    url = reverse("filings:omnibus", args=motions) if len(motions) == 1 else reverse("filings:filings")
    yield Task(len(motions), "Signed omnibus motions to file", "Then enter what the court took.", url)
    yield from _answers(user)
    yield _refused(user)


def _answers(user: User) -> Iterable[Task]:
    """What courts were asked and did: what is late, what a person must settle."""
    due = f"{reverse('relief:answers')}?{urlencode({'show': 'late'})}"
    late = relief.late(relief.filings(user)).count() + relief.late(relief.motions(user)).count()
    yield Task(late, "Filings past their clock", "The court has not answered; ask it.", due)
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
    failed = files.filter(work_state=Work.WorkState.FAILED).count()
    yield Task(failed, "Record files that could not be read", "Try again, or set them aside.", url)
    in_work = files.filter(work_state__in=(Work.WorkState.WAITING, Work.WorkState.WORKING)).count()
    yield Task(in_work, "Record files being read", "You may leave; they go on.", url)
    read = files.filter(work_state=Work.WorkState.DONE, refusal="")
    current = runs.current_run()
    fresh = read.exclude(runs=current).count() if current else read.count()
    yield Task(fresh, "Record files to evaluate", "Read, but in no run that is in use.", reverse("runs:runs"))


def _of_law(waiting: dict[str, int]) -> Iterable[Task]:
    yield Task(waiting["law"], "Questions of law", "Only an attorney decides these.", _queue(question="law"), True)
    objections = relief.open_objection_count()
    yield Task(objections, "Objections to resolve", "Carved out until then.", reverse("relief:objections"), True)
    yield Task(waiting["ground"], "Legal grounds to choose", "The statute names none.", _queue(question="ground"), True)
    prior = waiting["possible_prior"]
    yield Task(prior, "Possible grounds to oppose", "Does a prior bar relief?", _queue(question="possible_prior"), True)
    filled = ServingForm.objects.filter(superseded_at=None, subject=OuterRef("conviction__subject"))
    serving = reviews.standing().filter(route="serving", standing_outcome__in=reviews.RELIEF).exclude(Exists(filled))
    forms = serving.count()
    yield Task(
        forms,
        "Serving forms to fill in",
        "Status, term, credits and hearing, in the batch.",
        _queue(route="serving"),
        True,
    )


def _batches_to_go_on_with(user: User) -> Iterable[Task]:
    mine, url = batches.waiting_for(user), reverse("batches:batches")
    called_back = Q(state=Batch.State.RETURNED, comment="")
    returned = mine.filter(state=Batch.State.RETURNED).exclude(called_back)
    yield Task(returned.count(), "Returned batches", "A supervisor asks for changes.", url)
    drafts = mine.filter(Q(state=Batch.State.DRAFT) | called_back)
    yield Task(drafts.count(), "Batches in draft", "Not submitted yet, or called back.", url)


def _to_sign(user: User) -> Iterable[Task]:
    """One batch leads to its page of signing, several to the list of cases."""
    waiting = filings.to_sign(user)
    several = f"{reverse('filings:filings')}?sign=me"
    of = list(waiting.order_by().values_list("batch_id", flat=True).distinct()[:2])
    url = reverse("filings:sign_batch", args=of) if len(of) == 1 else several
    yield Task(waiting.count(), "Cases to sign", "Approved; the batch names you.", url, True)
    motions = list(omnibus.to_sign(user).values_list("batch_id", flat=True))
    url = reverse("filings:sign_batch", args=motions) if len(motions) == 1 else several
    yield Task(len(motions), "Omnibus motions to sign", "Approved; the batch names you.", url, True)


def _refused(user: User) -> Task:
    number = filings.refused_count(user)
    return Task(number, "Cases without papers", "Their papers could not be drafted.", reverse("filings:filings"))


def _supervisor(user: User) -> Iterable[Task]:
    waiting = batches.waiting_for(user).count()
    yield Task(waiting, "Batches to approve", "Submitted, prepared by others.", reverse("batches:batches"))
    drafts = policies.to_sign(user).count()
    yield Task(drafts, "Policies to sign", "Nothing runs under them before.", reverse("runs:policies"))
    yield from _answers(user)
    if user.is_attorney:
        yield from _to_sign(user)
        yield from _of_law(reviews.open_by_question(reviews.standing()))
    yield _refused(user)


def _wording(user: User) -> Task:
    drafts = wording.to_approve(user).count()
    return Task(drafts, "Wording to approve", "Papers are drafted in it from then on.", reverse("office:wordings"))


def _administrator(user: User) -> Iterable[Task]:
    unmapped = office.unmapped_court_texts().count()
    yield Task(unmapped, "Court texts to map", "Their cases can't be submitted before.", reverse("office:court_texts"))
    yield Task(office.locked_users().count(), "Locked accounts", "Too many wrong sign-ins.", reverse("office:users"))
    missing = int(office.office() is None)
    yield Task(missing, "Office page to fill in", "Papers can't be drafted without it.", reverse("office:office"))
    yield Task(int(not office.courts().exists()), "Courts to add", "No court is known yet.", reverse("office:courts"))


def _auditor(user: User) -> Iterable[Task]:
    today = trail.events().filter(at__date=office.today())
    url = reverse("office:trail")
    yield Task(int(trail.first_break() is not None), "The trail is broken", "An event was changed or removed.", url)
    yield Task(today.filter(outcome="refused").count(), "Refusals today", "Somebody tried what they may not.", url)
    yield Task(today.filter(verb="subject.viewed").count(), "Views of people today", "Who saw whom.", url)
    yield Task(today.count(), "Events today", "Everything seen and done.", url)
