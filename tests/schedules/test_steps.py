"""What a due run does: reads the inbox, evaluates as of its day, says what changed, drafts batches, tells people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import TestCase

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import services as batches
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import Conflict, NotAllowed
from clearmyrecord.records import services as records
from clearmyrecord.records.models import RecordFile
from clearmyrecord.runs import policy_services
from clearmyrecord.runs import queries as runs
from clearmyrecord.runs import services as run_services
from clearmyrecord.runs.models import Run, RunChunk
from clearmyrecord.schedules import services, steps
from clearmyrecord.schedules.models import DraftedBatch, DueRun, InboxFile
from eligibility import policy as engine
from tests.batches.conftest import marked_right, submitted_by
from tests.records.factories import conviction, csv_bytes, read_file
from tests.reviews.conftest import evaluated, person
from tests.schedules.factories import clock, scheduled, ticked, work_off

pytestmark = pytest.mark.django_db

SINCE, DUE = "2025-01-01 00:00", "2025-01-06 06:00"


def lying(inbox) -> dict[str, tuple[str, str]]:
    """State and reason of every file that was looked at."""
    return {row.name: (row.state, row.reason) for row in InboxFile.objects.all()}


class TestReading:
    def test_a_new_file_is_read_and_evaluated(self, ana, sam, office, inbox):
        (inbox / "doj.csv").write_bytes(csv_bytes(person(1)))
        scheduled(ana, sam, SINCE, reads_inbox=True)
        (due,) = ticked(DUE)
        assert due.state == "done", due.failure
        assert due.run.as_of == date(2025, 1, 6)
        assert due.run.counts["determinations"] == 1
        (file,) = RecordFile.objects.all()
        assert (file.name, str(file.uploaded_by)) == ("doj.csv", "Clean-slate schedule")
        assert file.received_on <= date(2025, 1, 6)

    def test_a_file_is_taken_once_by_its_content_whatever_its_name(self, ana, sam, office, inbox):
        content = csv_bytes(person(1))
        read_file(ana, content)
        (inbox / "again.csv").write_bytes(content)
        (inbox / "new.csv").write_bytes(csv_bytes(person(2)))
        (inbox / "new too.csv").write_bytes(csv_bytes(person(2)))
        scheduled(ana, sam, SINCE, reads_inbox=True)
        ticked(DUE)
        assert {name: state for name, (state, _) in lying(inbox).items()} == {
            "again.csv": "known", "new.csv": "known", "new too.csv": "taken",
        }  # fmt: skip
        assert RecordFile.objects.count() == 2
        ticked("2025-02-03 06:00")
        assert InboxFile.objects.count() == 3
        assert AuditEvent.objects.filter(verb="record_file.recognised").count() == 2

    def test_a_file_that_cannot_be_read_is_listed_with_the_reason_and_left(self, ana, sam, office, inbox):
        read_file(ana, person(1))
        (inbox / "notes.txt").write_text("Not from the DOJ")
        (inbox / "closed.csv").symlink_to(inbox / "a folder")
        (inbox / "a folder").mkdir()
        (inbox / ".hidden").write_text("x")
        (inbox / "doj.csv.part").write_text("x")
        scheduled(ana, sam, SINCE, reads_inbox=True)
        (due,) = ticked(DUE)
        assert due.state == "done"
        assert lying(inbox)["notes.txt"][0] == "refused"
        assert lying(inbox)["notes.txt"][1].startswith("Expected lines of 95 columns.")
        assert not {".hidden", "doj.csv.part"} & set(lying(inbox))
        assert (inbox / "notes.txt").read_text() == "Not from the DOJ"

    def test_a_file_without_permission_is_tried_again_at_the_next_due_time(self, ana, sam, office, inbox, settings):
        own = settings.STORAGES["inbox"] | {"BACKEND": "tests.schedules.storages.AsAnybody"}
        settings.STORAGES = settings.STORAGES | {"inbox": own}
        read_file(ana, person(1))
        path = inbox / "doj.csv"
        path.write_bytes(csv_bytes(person(2)))
        path.chmod(0)
        scheduled(ana, sam, SINCE, reads_inbox=True)
        ticked(DUE)
        assert lying(inbox)["doj.csv"] == ("unreadable", "The file could not be opened (PermissionError).")
        path.chmod(0o600)
        ticked("2025-02-03 06:00")
        assert lying(inbox)["doj.csv"] == ("taken", "")

    def test_a_file_that_still_grows_is_waited_for(self, ana, sam, office, inbox):
        read_file(ana, person(1))
        path, whole = inbox / "doj.csv", csv_bytes(person(2))
        scheduled(ana, sam, SINCE, reads_inbox=True)
        (due,) = services.insert_due(now=clock(DUE))
        for number in range(1, 6):
            path.write_bytes(whole[: number * 100])
            steps.go_on(due.pk, now=clock(DUE) + timedelta(seconds=20 * number))
            due.refresh_from_db()
            assert (due.state, lying(inbox)["doj.csv"][0]) == ("reading", "changing")
        path.write_bytes(whole)
        work_off(clock(DUE) + timedelta(minutes=3))
        assert lying(inbox) == {"doj.csv": ("taken", "")}
        assert RecordFile.objects.count() == 2

    def test_after_an_hour_it_goes_on_without_a_file_that_still_grows(self, ana, sam, office, inbox):
        read_file(ana, person(1))
        scheduled(ana, sam, SINCE, reads_inbox=True)
        (due,) = services.insert_due(now=clock(DUE))
        for minute in range(62):
            (inbox / "doj.csv").write_bytes(b"x" * (minute + 1))
            steps.go_on(due.pk, now=clock(DUE) + timedelta(minutes=minute))
            due.refresh_from_db()
            if due.state != "reading":
                break
        assert (due.state, minute) == ("evaluating", 60)
        assert lying(inbox)["doj.csv"][0] == "changing"

    def test_without_an_inbox_it_fails_and_says_what_to_do(self, ana, sam, office):
        scheduled(ana, sam, SINCE, reads_inbox=True)
        (due,) = ticked(DUE)
        assert (due.state, due.failed_in) == ("failed", "reading")
        assert "INBOX_DIR" in due.remedy

    def test_the_files_already_there_need_no_inbox(self, ana, sam, office):
        read_file(ana, person(1))
        scheduled(ana, sam, SINCE)
        (due,) = ticked(DUE)
        assert (due.state, due.run.counts["determinations"]) == ("done", 1)


class TestEvaluating:
    def test_with_nothing_to_evaluate_it_fails_and_can_be_tried_again(self, ana, sam, ivy, office):
        scheduled(ana, sam, SINCE)
        (due,) = ticked(DUE)
        assert (due.state, due.failed_in) == ("failed", "evaluating")
        assert "no record file" in due.failure.lower()
        read_file(ana, person(1))
        with pytest.raises(NotAllowed):
            steps.try_again(actor=ivy, due_id=due.pk)
        steps.try_again(actor=ana, due_id=due.pk)
        with pytest.raises(Conflict):
            steps.try_again(actor=ana, due_id=due.pk)
        work_off(clock(DUE))
        due.refresh_from_db()
        assert (due.state, due.failure) == ("done", "")

    def test_it_waits_while_somebody_elses_run_is_being_made(self, ana, sam, office):
        read_file(ana, person(1))
        version = scheduled(ana, sam, SINCE)
        other = run_services.start_run(actor=ana, policy_id=version.policy_id, as_of=date(2025, 1, 1))
        (due,) = services.insert_due(now=clock(DUE))
        for seconds in (0, 20, 40):
            steps.go_on(due.pk, now=clock(DUE) + timedelta(seconds=seconds))
        due.refresh_from_db()
        assert (due.state, due.run, due.work_attempts) == ("evaluating", None, 0)
        for chunk in RunChunk.objects.filter(run=other):
            run_services.evaluate_chunk(chunk.pk)
        work_off(clock(DUE))
        due.refresh_from_db()
        assert due.state == "done"

    def test_a_run_that_fails_fails_the_due_run_and_trying_again_makes_another(self, ana, sam, office):
        read_file(ana, person(1))
        scheduled(ana, sam, SINCE)
        (due,) = services.insert_due(now=clock(DUE))
        steps.go_on(due.pk, now=clock(DUE))
        steps.go_on(due.pk, now=clock(DUE))
        run = Run.objects.get()
        RunChunk.objects.update(work_state="failed")
        Run.objects.update(state="failed", failure="A part of the run could not be evaluated.")
        steps.go_on(due.pk, now=clock(DUE))
        due.refresh_from_db()
        assert (due.state, due.failure) == ("failed", "A part of the run could not be evaluated.")
        steps.try_again(actor=ana, due_id=due.pk)
        work_off(clock(DUE))
        due.refresh_from_db()
        assert due.state == "done"
        assert due.run_id != run.pk

    def test_a_step_that_breaks_off_for_good_fails_its_due_run(self, ana, sam, office):
        scheduled(ana, sam, SINCE)
        (due,) = services.insert_due(now=clock(DUE))
        DueRun.objects.filter(pk=due.pk).update(work_attempts=5, work_failure="KeyError, reference abc")
        steps.go_on(due.pk, now=clock(DUE))
        due.refresh_from_db()
        assert (due.state, due.failed_in) == ("failed", "reading")
        assert "reference abc" in due.failure


class TestChanges:
    def test_who_became_eligible_by_time_alone_comes_up_without_a_new_file(self, ana, sam, office):
        """Serving 20 years from March 1, 2006: completed on the first due day after its end."""
        twenty = {"SENT_LENGTH": "020", "SENT_TIME_CODE": "Y", "SENT_LOC_DESCR": "PRISON"}
        read_file(ana, [*person(1), *person(2, day="20060301", **twenty)])
        evaluated(ana, as_of=date(2026, 1, 5))
        scheduled(ana, sam, "2026-01-06 00:00", drafts_batches=True)
        (february,) = ticked("2026-02-02 06:00")
        (april,) = ticked("2026-04-06 06:00")[-1:]
        assert february.changes == {"same": 2}
        assert april.changes == {"completed": 1, "same": 1}

    def test_who_reaches_an_age_is_newly_eligible_by_time_alone(self, ana, sam, office):
        """50 on February 15, 2025; a burglary of 2018 keeps every other line of this policy from holding."""
        born = "19750215"
        burglary = conviction(
            "00000001", "A00000001", name="DOE,P1", section="459 PC-BURGLARY", day="20180601", case="CR9",
            order="102001001000", CYC_ORDER="2",
        )  # fmt: skip
        read_file(ana, [row | {"PRI_DOB": born} for row in [*person(1), burglary]])
        draft = policy_services.draft_policy(actor=ana, text=engine.load("los_angeles_2019").text)
        policy_services.sign_policy(actor=sam, policy_id=draft.pk, seen_sha256=draft.sha256)
        scheduled(ana, sam, SINCE, policy="los_angeles_2019", drafts_batches=True)
        first, second, third = (ticked(f"2025-0{month}-28 00:00")[0] for month in (1, 2, 3))
        assert first.changes == {"found": 1}
        assert second.changes == {"same": 1}
        assert third.changes == {"by_time": 1}
        assert third.drafted.get().batch.items.count() == 1

    def test_without_a_run_before_everything_is_new(self, ana, sam, office):
        read_file(ana, person(1))
        scheduled(ana, sam, SINCE)
        assert ticked(DUE)[0].changes == {"found_eligible": 1}

    def test_a_new_file_is_told_from_time_alone(self, ana, sam, office, inbox):
        read_file(ana, person(1))
        evaluated(ana, as_of=date(2024, 12, 2))
        (inbox / "doj.csv").write_bytes(csv_bytes(person(2)))
        scheduled(ana, sam, SINCE, reads_inbox=True)
        (due,) = ticked(DUE)
        assert due.changes == {"found_eligible": 1, "same": 1}


class TestDrafting:
    def test_a_batch_by_court_of_what_can_be_submitted(self, ana, sam, office):
        read_file(ana, [*person(1), *person(2, case=""), *person(3, court="CASC NOWHERE")])
        scheduled(ana, sam, SINCE, drafts_batches=True)
        (due,) = ticked(DUE)
        (drafted,) = due.drafted.all()
        assert (drafted.court.branch, drafted.batch.state) == ("Martinez", "draft")
        assert drafted.batch.items.count() == 1
        assert drafted.batch.name == "Martinez, January 6, 2025, Clean slate"
        assert runs.current_run() == due.run

    def test_who_set_the_schedule_prepared_the_batch_and_never_approves_it(self, sam, sue, ana, theo, office):
        read_file(ana, person(1))
        scheduled(sam, sue, SINCE, drafts_batches=True)
        ticked(DUE)
        batch = submitted_by(ana, Batch.objects.get(), theo)
        marked_right(sue, batch)
        with pytest.raises(NotAllowed):
            batches.approve(actor=sam, batch_id=batch.pk, seen_hash=batch.list_hash)
        assert batches.approve(actor=sue, batch_id=batch.pk, seen_hash=batch.list_hash).state == "approved"

    def test_what_a_batch_holds_already_is_left_to_it(self, ana, sam, office):
        read_file(ana, person(1))
        scheduled(ana, sam, SINCE, drafts_batches=True)
        ticked(DUE)
        (second,) = ticked("2025-02-03 06:00")
        assert (second.state, second.drafted.count(), Batch.objects.count()) == ("done", 0, 1)

    def test_without_drafting_the_office_keeps_its_run(self, ana, sam, office):
        read_file(ana, person(1))
        before = evaluated(ana, as_of=date(2024, 12, 2))
        scheduled(ana, sam, SINCE)
        (due,) = ticked(DUE)
        assert (due.state, runs.current_run(), Batch.objects.count()) == ("done", before, 0)

    def test_a_run_that_somebody_took_into_use_since_is_not_replaced(self, ana, sam, office):
        read_file(ana, person(1))
        evaluated(ana, as_of=date(2024, 12, 2))
        scheduled(ana, sam, SINCE, drafts_batches=True)
        (due,) = services.insert_due(now=clock(DUE))
        for _ in range(2):
            steps.go_on(due.pk, now=clock(DUE))
        for chunk in RunChunk.objects.filter(run__state="evaluating"):
            run_services.evaluate_chunk(chunk.pk)
        newer = evaluated(ana, as_of=date(2025, 1, 6))
        run_services.use_run(actor=ana, run_id=newer.pk)
        work_off(clock(DUE))
        due.refresh_from_db()
        assert (due.state, due.failed_in, runs.current_run()) == ("failed", "drafting", newer)


class TestTelling:
    @pytest.fixture
    def people(self, ana, sam, ivy, settings):
        settings.EMAIL_URL = "memory://"
        for user in (ana, sam, ivy):
            user.email = f"{user.username}@office.example"
            user.save()

    def test_analysts_and_supervisors_get_mail_without_record_data(self, people, ana, sam, office):
        read_file(ana, person(1))
        scheduled(ana, sam, SINCE, tells_by_mail=True, drafts_batches=True)
        with_callbacks(lambda: ticked(DUE))
        (sent,) = mail.outbox
        assert (sent.to, sent.bcc) == ([], ["ana@office.example", "sam@office.example"])
        assert "New convictions, eligible: 1" in sent.body
        assert "Batches drafted: 1" in sent.body
        assert not any(said in sent.body + sent.subject for said in ("DOE", "CR0001", "A00000001", "11359"))

    def test_a_failure_is_told_too(self, people, ana, sam, office):
        scheduled(ana, sam, SINCE, tells_by_mail=True)
        with_callbacks(lambda: ticked(DUE))
        (sent,) = mail.outbox
        assert "failed" in sent.subject
        assert "Upload a record file" in sent.body

    @pytest.mark.parametrize("tells", [True, False])
    def test_no_mail_unless_it_is_set_up_and_asked_for(self, tells, ana, sam, office, settings):
        settings.EMAIL_URL = "" if tells else "memory://"
        ana.email = "ana@office.example"
        ana.save()
        read_file(ana, person(1))
        scheduled(ana, sam, SINCE, tells_by_mail=tells)
        with_callbacks(lambda: ticked(DUE))
        assert mail.outbox == []


def with_callbacks(act: Any) -> None:
    """Do something, and at once what waits for its commit."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        act()


class Killed(BaseException):
    """The worker is gone; nothing of it catches this."""


@contextmanager
def killed_at(query: int) -> Iterator[None]:
    """The worker dies at its query of that number, transactions rolled back as PostgreSQL does then."""
    count = 0

    def execute(run: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        if count >= query:
            raise Killed
        return run(sql, parameters, many, context)

    with connection.execute_wrapper(execute):
        yield


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_at_any_query_of_any_step_leaves_nothing_twice_and_nothing_out(ana, sam, office, inbox):
    read_file(ana, person(1))
    (inbox / "doj.csv").write_bytes(csv_bytes(person(2)))
    scheduled(ana, sam, SINCE, reads_inbox=True, drafts_batches=True)
    (due,) = services.insert_due(now=clock(DUE))
    now, kills = clock(DUE), 0
    while due.finished_at is None:
        before = due.state
        for query in range(1, 400, 2):
            now += timedelta(seconds=30)
            try:
                with killed_at(query):
                    steps.go_on(due.pk, now=now)
                break
            except Killed:
                kills += 1
                DueRun.objects.filter(pk=due.pk).update(work_until=clock("2020-01-01 00:00"), work_attempts=0)
        due.refresh_from_db()
        if due.state == before:
            work_of_others()
    assert (due.state, due.failure) == ("done", "")
    assert kills > 40
    assert Run.objects.count() == 1
    assert (Batch.objects.count(), DraftedBatch.objects.count()) == (1, 1)
    assert Batch.objects.get().items.count() == 2
    assert RecordFile.objects.count() == 2
    for verb in ("schedule.due", "schedule.done", "batch.composed", "record_file.uploaded"):
        assert AuditEvent.objects.filter(verb=verb, actor__username="clean-slate schedule").count() == 1, verb


def work_of_others() -> None:
    """Files are read and chunks evaluated, as by other workers."""
    for pk in RecordFile.objects.filter(work_state="waiting").values_list("pk", flat=True):
        records.read_file(pk)
    for pk in RunChunk.objects.filter(work_state="waiting").values_list("pk", flat=True):
        run_services.evaluate_chunk(pk)
