"""Setting schedules up, approving, pausing, changing and ending them, and their due times as rows."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError, ProgrammingError

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.office import services as office_services
from clearmyrecord.office.models import CLEAN_SLATE, User
from clearmyrecord.runs.models import Policy
from clearmyrecord.schedules import services
from clearmyrecord.schedules.models import DueRun, Schedule, ScheduleVersion
from tests.schedules.factories import FIRST_MONDAY, clock, scheduled, shown, wanted

pytestmark = pytest.mark.django_db

REFUSED = (IntegrityError, InternalError, ProgrammingError)


def rows(schedule: Schedule) -> list[tuple[str, str]]:
    """Every due time on the office's clock and what became of it, oldest first."""
    return [(shown(each.due_at), each.state) for each in schedule.due_runs.order_by("due_at")]


class TestFourEyes:
    def test_nothing_is_due_before_a_supervisor_approves(self, ana):
        services.set_up(actor=ana, name="Clean slate", wanted=wanted())
        assert services.insert_due(now=clock("2030-01-01 00:00")) == []

    def test_a_supervisor_who_set_it_up_may_not_approve_it(self, sam, sue):
        version = services.set_up(actor=sam, name="Clean slate", wanted=wanted())
        with pytest.raises(NotAllowed):
            services.approve(actor=sam, version_id=version.pk, now=clock("2025-01-01 00:00"))
        assert services.approve(actor=sue, version_id=version.pk, now=clock("2025-01-01 00:00")).number == 1

    def test_an_analyst_may_not_approve(self, ana, theo):
        version = services.set_up(actor=ana, name="Clean slate", wanted=wanted())
        with pytest.raises(NotAllowed):
            services.approve(actor=theo, version_id=version.pk, now=clock("2025-01-01 00:00"))

    @pytest.mark.parametrize("who", ["ivy", "adam"])
    def test_an_auditor_or_administrator_sets_nothing_up(self, who, request):
        with pytest.raises(NotAllowed):
            services.set_up(actor=request.getfixturevalue(who), name="Clean slate", wanted=wanted())

    def test_the_database_refuses_the_authors_approval(self, sam):
        version = services.set_up(actor=sam, name="Clean slate", wanted=wanted())
        with pytest.raises(REFUSED), transaction.atomic():
            ScheduleVersion.objects.filter(pk=version.pk).update(
                number=1, approved_by=sam, approved_at=clock("2025-01-01 00:00")
            )

    def test_the_database_refuses_an_analysts_approval(self, ana, theo):
        version = services.set_up(actor=ana, name="Clean slate", wanted=wanted())
        with pytest.raises(REFUSED), transaction.atomic():
            ScheduleVersion.objects.filter(pk=version.pk).update(
                number=1, approved_by=theo, approved_at=clock("2025-01-01 00:00")
            )

    @pytest.mark.parametrize("column", ["drafts_batches", "reads_inbox", "tells_by_mail"])
    def test_the_database_keeps_what_a_version_says(self, column, ana, sam):
        version = scheduled(ana, sam, "2025-01-01 00:00")
        with pytest.raises(REFUSED), transaction.atomic():
            ScheduleVersion.objects.filter(pk=version.pk).update(**{column: True})

    def test_a_policy_that_is_not_signed_is_refused(self, ana):
        wanted()
        draft = Policy.objects.create(name="draft", title="Draft", text="", sha256="x", drafted_by=ana)
        with pytest.raises(Invalid):
            services.set_up(actor=ana, name="X", wanted=services.Wanted(policy_id=draft.pk, pattern=FIRST_MONDAY))

    def test_each_act_is_in_the_trail(self, ana, sam):
        version = scheduled(ana, sam, "2025-01-01 00:00")
        services.insert_due(now=clock("2025-01-06 06:00"))
        services.pause(actor=ana, schedule_id=version.schedule_id, now=clock("2025-01-07 00:00"))
        services.resume(actor=ana, schedule_id=version.schedule_id, now=clock("2025-01-08 00:00"))
        services.end(actor=ana, schedule_id=version.schedule_id, reason="Done.", now=clock("2025-01-09 00:00"))
        events = AuditEvent.objects.filter(verb__startswith="schedule.").order_by("pk")
        verbs = ["proposed", "approved", "due", "paused", "resumed", "ended"]
        assert [event.verb for event in events] == [f"schedule.{verb}" for verb in verbs]
        assert [str(event.actor) for event in events] == [
            str(ana), str(sam), "Clean-slate schedule", str(ana), str(ana), str(ana),
        ]  # fmt: skip


class TestDueTimes:
    def test_a_due_time_becomes_a_row_at_its_instant_and_not_before(self, ana, sam):
        schedule = scheduled(ana, sam, "2025-01-01 00:00").schedule
        assert services.insert_due(now=clock("2025-01-06 05:59")) == []
        assert [shown(each.due_at) for each in services.insert_due(now=clock("2025-01-06 06:00"))] == [
            "2025-01-06 06:00"
        ]
        assert services.insert_due(now=clock("2025-01-06 06:00")) == []
        assert rows(schedule) == [("2025-01-06 06:00", "reading")]

    def test_the_newest_stands_for_all_that_were_missed(self, ana, sam):
        schedule = scheduled(ana, sam, "2025-01-01 00:00").schedule
        (newest,) = services.insert_due(now=clock("2025-04-10 00:00"))
        assert rows(schedule) == [
            ("2025-01-06 06:00", "covered"),
            ("2025-02-03 06:00", "covered"),
            ("2025-03-03 06:00", "covered"),
            ("2025-04-07 06:00", "reading"),
        ]
        assert {each.covered_by for each in schedule.due_runs.filter(state="covered")} == {newest}

    def test_a_row_on_which_no_work_began_is_covered_by_the_next(self, ana, sam):
        schedule = scheduled(ana, sam, "2025-01-01 00:00").schedule
        for month in (2, 3, 4):
            services.insert_due(now=clock(f"2025-0{month}-28 00:00"))
        assert [state for _, state in rows(schedule)] == ["covered", "covered", "covered", "reading"]
        assert len({each.covered_by_id for each in schedule.due_runs.filter(state="covered")}) == 1

    def test_what_passed_before_the_approval_does_not_count(self, ana, sam):
        schedule = scheduled(ana, sam, "2025-02-03 06:00").schedule
        services.insert_due(now=clock("2025-03-03 06:00"))
        assert rows(schedule) == [("2025-03-03 06:00", "reading")]

    def test_what_passed_during_a_pause_does_not_count_and_is_not_caught_up(self, ana, sam):
        schedule = scheduled(ana, sam, "2025-01-01 00:00").schedule
        services.pause(actor=ana, schedule_id=schedule.pk, now=clock("2025-01-10 00:00"))
        assert services.insert_due(now=clock("2025-03-10 00:00")) == []
        services.resume(actor=ana, schedule_id=schedule.pk, now=clock("2025-03-10 00:00"))
        services.insert_due(now=clock("2025-04-10 00:00"))
        assert rows(schedule) == [
            ("2025-01-06 06:00", "covered"),
            ("2025-04-07 06:00", "reading"),
        ]

    def test_an_ended_schedule_is_due_no_more(self, ana, sam):
        schedule = scheduled(ana, sam, "2025-01-01 00:00").schedule
        with pytest.raises(Invalid):
            services.end(actor=ana, schedule_id=schedule.pk, reason=" ", now=clock("2025-01-02 00:00"))
        services.end(actor=ana, schedule_id=schedule.pk, reason="No more files.", now=clock("2025-01-02 00:00"))
        assert services.insert_due(now=clock("2026-01-01 00:00")) == []
        with pytest.raises(Conflict):
            services.resume(actor=ana, schedule_id=schedule.pk, now=clock("2026-01-01 00:00"))

    def test_a_change_counts_from_its_approval_and_the_old_version_until_then(self, ana, sam):
        schedule = scheduled(ana, sam, "2025-01-01 00:00").schedule
        yearly = {"kind": "yearly", "month": 2, "day": 10, "at": "08:00"}
        changed = services.change(actor=ana, schedule_id=schedule.pk, wanted=wanted(yearly))
        services.insert_due(now=clock("2025-01-07 00:00"))
        services.approve(actor=sam, version_id=changed.pk, now=clock("2025-02-04 00:00"))
        services.insert_due(now=clock("2025-12-31 00:00"))
        found = schedule.due_runs.order_by("due_at")
        assert [(shown(each.due_at), each.version.number) for each in found] == [
            ("2025-01-06 06:00", 1),
            ("2025-02-03 06:00", 1),
            ("2025-02-10 08:00", 2),
        ]

    def test_proposing_again_replaces_what_was_proposed(self, ana, sam):
        first = services.set_up(actor=ana, name="Clean slate", wanted=wanted())
        second = services.change(actor=ana, schedule_id=first.schedule_id, wanted=wanted(drafts_batches=True))
        with pytest.raises(Conflict):
            services.approve(actor=sam, version_id=first.pk, now=clock("2025-01-01 00:00"))
        services.approve(actor=sam, version_id=second.pk, now=clock("2025-01-01 00:00"))
        with pytest.raises(Conflict):
            services.discard(actor=ana, version_id=second.pk)

    @pytest.mark.parametrize(
        "statement", ["DELETE FROM schedules_duerun", "UPDATE schedules_duerun SET due_at = now()"]
    )
    def test_the_database_keeps_due_times(self, statement, ana, sam):
        scheduled(ana, sam, "2025-01-01 00:00")
        services.insert_due(now=clock("2025-01-07 00:00"))
        with pytest.raises(REFUSED), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    def test_the_database_refuses_the_same_due_time_twice(self, ana, sam):
        scheduled(ana, sam, "2025-01-01 00:00")
        (due,) = services.insert_due(now=clock("2025-01-07 00:00"))
        with pytest.raises(IntegrityError), transaction.atomic():
            DueRun.objects.create(
                schedule=due.schedule, version=due.version, due_at=due.due_at, inserted_at=due.inserted_at
            )


class TestAccount:
    """In whose name schedules act."""

    @pytest.mark.parametrize("values", [{"role": "supervisor"}, {"is_attorney": True, "bar_number": "1"}])
    def test_the_database_gives_it_no_right_to_approve_or_sign(self, values, db):
        office_services.clean_slate_account()
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(username=CLEAN_SLATE).update(**values)

    def test_it_can_never_have_a_password(self, db):
        account = office_services.clean_slate_account()
        account.set_password("quiet river under stone")
        with pytest.raises(IntegrityError), transaction.atomic():
            account.save()

    def test_no_administrator_finds_or_changes_it(self, adam, client):
        account = office_services.clean_slate_account()
        client.force_login(adam)
        assert "Clean-slate" not in client.get("/office/accounts/").content.decode()
        assert client.get(f"/office/accounts/{account.pk}/").status_code == 404
