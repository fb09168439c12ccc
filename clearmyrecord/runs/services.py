"""What makes runs and stated facts; policies are made in `policy_services`. Nothing else writes this app's tables."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from clearmyrecord import work
from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict, Invalid, NotAllowed, NotFound
from clearmyrecord.office import access
from clearmyrecord.office.models import NewestBy, Office, Role, User
from clearmyrecord.records import services as records
from clearmyrecord.records.copying import lock_identities
from clearmyrecord.records.loading import map_court_texts
from clearmyrecord.records.models import Conviction, RecordFile, Subject, Suggestion
from clearmyrecord.runs import comparing, determining, evaluation, prepared, signals
from clearmyrecord.runs.determining import Change
from clearmyrecord.runs.models import Policy, Run, RunChunk, StatedFact
from clearmyrecord.runs.policy_services import install_presets
from eligibility.evaluate import ENGINE_VERSION
from eligibility.stated import STATABLE, StatedFactError, read_value

__all__ = ["Change", "evaluate_chunk", "install_presets", "start_run", "state_fact", "use_run", "withdraw_fact"]

SUBJECTS_PER_CHUNK = 800
"""People whom one worker evaluates in one go."""

FOR_ATTORNEYS = ("no_prior_bar",)
"""Facts that only an attorney may state."""

STATES = work.Work.WorkState


def start_run(
    *,
    actor: User,
    policy_id: int,
    county: str | None = None,
    as_of: date | None = None,
    newest_by: str = NewestBy.UPLOADED,
) -> Run:
    """Evaluate all record files under a policy, in chunks that the workers share. Analysts only.

    `county`: by default the office's; `as_of`: by default today in the office's time zone; `newest_by`: by
    what the newest reading of a conviction is told, a value of NewestBy. Raises NotFound, Invalid
    where there is nothing to evaluate, Conflict while a file is being read or another run is being made.
    """
    access.require(actor, Role.ANALYST)
    with transaction.atomic():
        lock_identities()
        policy = Policy.objects.filter(pk=policy_id, discarded_at=None).first()
        if policy is None:
            raise NotFound("There is no such policy.")
        if policy.signed_at is None:
            raise Conflict("A policy is used only after a supervisor has signed it.")
        if Run.objects.filter(state=Run.State.EVALUATING).exists():
            raise Conflict("Another run is being evaluated. Start this one when that is done.")
        files = _files_to_evaluate()
        run = Run.objects.create(
            policy=policy,
            county=_county(county),
            as_of=as_of or timezone.localdate(),
            newest_by=NewestBy(newest_by),
            started_by=actor,
            engine_version=ENGINE_VERSION,
        )
        run.files.add(*files)
        map_court_texts()
        chunks = RunChunk.objects.bulk_create(
            RunChunk(run=run, first_subject=people[0], last_subject=people[-1], progress_total=len(people))
            for people in _chunks_of_people(files)
        )
        work.ring_all(RunChunk, [chunk.pk for chunk in chunks])
        if not chunks:
            _finish(run)
        audit.record(actor=actor, verb="run.started", target=run, detail={"policy": policy.pk, "files": len(files)})
    return run


def _files_to_evaluate() -> list[RecordFile]:
    usable = RecordFile.objects.filter(set_aside_at=None, refusal="")
    if usable.filter(work_state__in=(STATES.WAITING, STATES.WORKING)).exists():
        raise Conflict("A record file is still being read. Evaluate when that is done.")
    files = list(usable.filter(work_state=STATES.DONE))
    if not files:
        raise Invalid("There is no record file to evaluate. Upload one first.")
    return files


def _county(county: str | None) -> str:
    county = county or Office.objects.values_list("county", flat=True).first()
    if not county:
        raise Invalid("The administrator must first fill in the office page: its county decides what is evaluated.")
    return county


def _chunks_of_people(files: list[RecordFile]) -> list[list[int]]:
    """The people of the files in order, cut into chunks; subjects linked to one another are one of them."""
    subjects = Subject.objects.filter(entries__file__in=files).values_list("pk", "same_as_id").distinct()
    people = sorted({same_as or pk for pk, same_as in subjects})
    return [people[start : start + SUBJECTS_PER_CHUNK] for start in range(0, len(people), SUBJECTS_PER_CHUNK)]


def evaluate_chunk(chunk_id: int) -> None:
    """Evaluate one chunk of a run and finish the run with the last one. For the worker.

    Safe to deliver twice and to be killed anywhere: a chunk's determinations stand all or none.
    """
    try:
        with work.lease(RunChunk, chunk_id) as lease:
            if lease is None:
                return
            chunk: RunChunk = lease.row()
            run = Run.objects.select_related("policy").get(pk=chunk.run_id)
            files = evaluation.files_of(run)
            entries = evaluation.entries_between(files, chunk.first_subject, chunk.last_subject)
            found = evaluation.evaluate(run, evaluation.material(files, entries))
            with lease.writing() as row:
                determining.write(run, found.rows)
                row.convictions_in_scope = found.in_scope
                row.progress_done = row.progress_total
                row.save(update_fields=["convictions_in_scope", "progress_done"])
                _finish_if_last(run, row)
    finally:
        _fail_with_its_chunk(chunk_id)


def _finish_if_last(run: Run, chunk: RunChunk) -> None:
    """The run's row is locked until commit, so of two chunks that end at once the later one sees the other done."""
    run = Run.objects.select_for_update(of=("self",)).select_related("policy").get(pk=run.pk)
    if not run.chunks.exclude(pk=chunk.pk).exclude(work_state=STATES.DONE).exists():
        _finish(run)


def _fail_with_its_chunk(chunk_id: int) -> None:
    """A chunk that failed for good fails its run, which says so and offers to try again."""
    with transaction.atomic():
        chunk = RunChunk.objects.filter(pk=chunk_id, work_state=STATES.FAILED).first()
        if chunk is None:
            return
        failure = f"A part of the run could not be evaluated ({chunk.work_failure or 'the worker was lost'})."
        if Run.objects.filter(pk=chunk.run_id, state=Run.State.EVALUATING).update(
            state=Run.State.FAILED, failure=failure
        ):
            audit.record(actor=None, verb="run.failed", target=Run(pk=chunk.run_id))


def _finish(run: Run) -> None:
    """Balance the run. What was stated or answered while it was being made is taken in first."""
    determining.redetermine(run, _changed_since(run))
    run.counts = determining.counts(run)
    run.convictions_in_scope = evaluation.convictions_in_scope(run)
    run.reconciliation = _reconciliation(run)
    run.finished_at = timezone.now()
    run.state = Run.State.FINISHED
    if not run.reconciliation["balances"]:
        run.state = Run.State.FAILED
        run.failure = "The run does not balance: see the reconciliation for what is not accounted for."
    run.save()
    if run.state == Run.State.FINISHED:
        signals.run_finished.send(sender=Run, run=run)
        current = Run.objects.filter(is_current=True).first()
        if current is None:
            _make_current(run, None)
        else:
            comparing.ask_for(current, run)
    detail = {"determinations": run.counts["determinations"], "balances": run.reconciliation["balances"]}
    audit.record(actor=None, verb=f"run.{run.state}", target=run, detail=detail)


def _changed_since(run: Run) -> set[int]:
    """Subjects about whom something was stated, withdrawn, confirmed or undone since the run was started."""
    facts = StatedFact.objects.filter(stated_at__gte=run.started_at) | StatedFact.objects.filter(
        superseded_at__gte=run.started_at
    )
    return set(facts.values_list("conviction__subject_id", flat=True))


def _reconciliation(run: Run) -> dict[str, Any]:
    """Every row and every conviction accounted for. `balances` only if both sums come out and nothing is left over."""
    rows: dict[str, int] = {}
    for file in evaluation.files_of(run):
        for name, number in file.reconciliation.items():
            if name.startswith("rows_"):
                rows[name] = rows.get(name, 0) + number
    used = sum(number for name, number in rows.items() if name != "rows_read")
    decided = run.counts["determinations"]
    return rows | {
        "rows_left_over": rows.get("rows_read", 0) - used,
        "convictions_in_scope": run.convictions_in_scope,
        "determinations": decided,
        "convictions_left_over": run.convictions_in_scope - decided,
        "balances": rows.get("rows_read", 0) == used and run.convictions_in_scope == decided,
    }


def try_again(*, actor: User, run_id: int) -> Run:
    """Have the failed parts of a run evaluated again. Analysts only. Raises Conflict if none failed."""
    access.require(actor, Role.ANALYST)
    with transaction.atomic():
        run = _locked_run(run_id)
        failed = list(run.chunks.filter(work_state=STATES.FAILED))
        if run.state != Run.State.FAILED or not failed:
            raise Conflict("No part of this run failed.")
        if Run.objects.filter(state=Run.State.EVALUATING).exists():
            raise Conflict("Another run is being evaluated. Try again when that is done.")
        for chunk in failed:
            work.start_again(chunk)
        run.state, run.failure = Run.State.EVALUATING, ""
        run.save(update_fields=["state", "failure"])
        audit.record(actor=actor, verb="run.tried_again", target=run, detail={"chunks": len(failed)})
    return run


def use_run(*, actor: User, run_id: int) -> Run:
    """Make a finished run the office's. Analysts only. Raises Conflict if it isn't finished or is current already."""
    access.require(actor, Role.ANALYST)
    with transaction.atomic():
        lock_identities()
        previous = Run.objects.select_for_update(of=("self",), no_key=True).filter(is_current=True).first()
        run = _locked_run(run_id)
        if run.state != Run.State.FINISHED:
            raise Conflict("Only a finished run can be used.")
        if run.is_current:
            raise Conflict("This run is in use already.")
        if previous is not None:
            Run.objects.filter(pk=previous.pk).update(is_current=False)
        answered = Suggestion.objects.filter(kind=Suggestion.Kind.SUBJECT, decided_at__gte=run.started_at)
        pairs = answered.values_list("first_id", "second_id")
        determining.redetermine(run, _changed_since(run) | {pk for pair in pairs for pk in pair})
        run.counts = determining.counts(run)
        _make_current(run, previous)
        detail = {"previous": previous.pk if previous else None}
        audit.record(actor=actor, verb="run.used", target=run, detail=detail)
    return run


def _make_current(run: Run, previous: Run | None) -> None:
    records.order_files(run.newest_by)
    run.is_current = True
    run.replaced = previous
    run.save(update_fields=["is_current", "replaced", "counts"])
    prepared.ask_for(run)
    if previous is not None:
        comparing.ask_for(previous, run)
        prepared.forget(previous)
    signals.became_current.send(sender=Run, run=run, previous=previous)


def _locked_run(run_id: int) -> Run:
    run = Run.objects.select_for_update(of=("self",)).select_related("policy").filter(pk=run_id).first()
    if run is None:
        raise NotFound("There is no such run.")
    return run


# Stated facts


def state_fact(*, actor: User, conviction_id: int, fact: str, value: str, source: str) -> StatedFact:
    """State a fact about a conviction, with the document it is known from; the person is evaluated again at once.

    Analysts and attorneys; "not a prior bar" is for attorneys alone. An earlier value of the fact is superseded. Raises
    Invalid for a fact, value or source that can't be used, Conflict if the value stands already.
    """
    _may_state(actor, fact)
    value, source = value.strip(), source.strip()
    try:
        read_value(fact, value)
    except StatedFactError as error:
        raise Invalid(str(error)) from error
    if not source:
        raise Invalid("Name the document that says so.")
    if len(value) > 400 or len(source) > 400:
        raise Invalid("At most 400 characters each for the value and its source.")
    with transaction.atomic():
        run, conviction = _lock_for_facts(conviction_id)
        standing = StatedFact.objects.filter(conviction=conviction, fact=fact, superseded_at=None)
        if standing.filter(value=value, source=source).exists():
            raise Conflict("This is stated already.")
        standing.update(superseded_at=timezone.now())
        stated = StatedFact.objects.create(conviction=conviction, fact=fact, value=value, source=source, author=actor)
        _determine_again(run, [conviction.subject_id])
        audit.record(
            actor=actor, verb="fact.stated", target=conviction, subjects=[conviction.subject_id], detail={"fact": fact}
        )
    return stated


def withdraw_fact(*, actor: User, stated_fact_id: int, reason: str) -> None:
    """Take a stated fact back; the person is evaluated again. Who may state it may withdraw it.

    Raises Invalid without a reason, Conflict if it doesn't stand any more.
    """
    stated = StatedFact.objects.filter(pk=stated_fact_id).first()
    if stated is None:
        raise NotFound("There is no such stated fact.")
    _may_state(actor, stated.fact)
    if not reason.strip():
        raise Invalid("Say why it is withdrawn.")
    with transaction.atomic():
        run, conviction = _lock_for_facts(stated.conviction_id)
        standing = StatedFact.objects.filter(pk=stated.pk, superseded_at=None)
        if not standing.update(superseded_at=timezone.now(), withdrawn_reason=reason.strip()):
            raise Conflict("This fact was changed or withdrawn already. Reload to see how it stands.")
        _determine_again(run, [conviction.subject_id])
        audit.record(
            actor=actor,
            verb="fact.withdrawn",
            target=conviction,
            subjects=[conviction.subject_id],
            detail={"fact": stated.fact, "stated_fact": stated.pk},
        )


def _may_state(actor: User, fact: str) -> None:
    if fact not in STATABLE:
        raise Invalid("No such fact can be stated.")
    if actor.is_attorney and actor.role == Role.SUPERVISOR and actor.is_active:
        return
    access.require(actor, Role.ANALYST)
    if fact in FOR_ATTORNEYS and not actor.is_attorney:
        raise NotAllowed("Whether a prior bars relief is a question of law: an attorney must answer it.")


def _lock_for_facts(conviction_id: int) -> tuple[Run | None, Conviction]:
    """The current run, locked so that two people's facts are taken in one after the other, and the conviction."""
    run = Run.objects.select_for_update(of=("self",)).select_related("policy").filter(is_current=True).first()
    conviction = Conviction.objects.filter(pk=conviction_id).exclude(newest_reading=None).first()
    if conviction is None:
        raise NotFound("There is no such conviction.")
    return run, conviction


def _determine_again(run: Run | None, subject_ids: list[int]) -> list[Change]:
    """Evaluate people again in the current run, if there is one, and tell the apps downstream."""
    if run is None:
        return []
    changes = determining.redetermine(run, subject_ids)
    if changes:
        run.counts = determining.counts(run)
        run.save(update_fields=["counts"])
        signals.redetermined.send(sender=Run, run=run, changes=changes)
    return changes


def follow_identity(*, subject_ids: list[int]) -> None:
    """Who is who has changed: evaluate these people again in the current run, in the caller's transaction.

    Raises Conflict while a run is being evaluated, since it has cut the people into chunks as they were.
    """
    if Run.objects.filter(state=Run.State.EVALUATING).exists():
        raise Conflict("A run is being evaluated. Answer when it is done, in a minute or so.")
    run = Run.objects.select_for_update(of=("self",)).select_related("policy").filter(is_current=True).first()
    _determine_again(run, subject_ids)
