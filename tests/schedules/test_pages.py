"""The pages of schedules, the dry run, the watch list, and what a date changes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.runs import policy_services, prepared
from clearmyrecord.runs.models import Policy, PreparedHistory, Run
from clearmyrecord.schedules import dry_run, services
from clearmyrecord.schedules.models import DueRun, InboxFile, Schedule, ScheduleVersion
from eligibility import policy as engine
from tests.cast import signed_in
from tests.records.factories import conviction, csv_bytes, read_file
from tests.reviews.conftest import evaluated, person
from tests.runs.factories import signed_presets
from tests.schedules.factories import clock, scheduled, shown, ticked, wanted

pytestmark = pytest.mark.django_db

SINCE, DUE = "2025-01-01 00:00", "2025-01-06 06:00"
MOST_QUERIES = 12


def text(response) -> str:
    """What a page says, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def page(user, name: str, *args, **query) -> str:
    response = signed_in(user).get(reverse(f"schedules:{name}", args=args), query)
    assert response.status_code == 200
    return text(response)


def filled(**others) -> dict[str, object]:
    """What a browser sends from the form."""
    signed_presets()
    policy = Policy.objects.filter(name="office_choice", signed_at__isnull=False).get()
    return {
        "name": "Clean slate", "policy": policy.pk, "source": "there", "kind": "monthly_by_weekday",
        "ordinal": "first", "weekday": "0", "days_of_month": "", "month": "1", "day": "", "at": "06:00",
    } | others  # fmt: skip


class TestSetUp:
    @pytest.mark.parametrize(
        ("picked", "words"),
        [
            ({}, "first Monday of the month at 6:00 AM"),
            ({"kind": "weekly", "weekdays": ["0", "1", "2", "3", "4"], "at": "05:30"}, "every weekday at 5:30 AM"),
            ({"kind": "monthly", "days_of_month": "the 15th and 1st"}, "on the 1st and 15th at 6:00 AM"),
            ({"kind": "monthly", "days_of_month": "last"}, "on the last day of the month at 6:00 AM"),
            ({"kind": "yearly", "month": "1", "day": "2"}, "every January 2 at 6:00 AM"),
            ({"days_of_month": "what?"}, "first Monday of the month at 6:00 AM"),
        ],
    )
    def test_days_picked_in_words_come_back_in_words(self, picked, words, ana, office):
        response = signed_in(ana).post(reverse("schedules:set_up"), filled(**picked), follow=True)
        assert words in text(response)
        assert str(ScheduleVersion.objects.get().pattern) == words

    @pytest.mark.parametrize(
        ("picked", "said"),
        [
            ({"kind": "weekly"}, "Pick at least one weekday."),
            ({"kind": "monthly", "days_of_month": "31"}, "Days from 1 to 28"),
            ({"kind": "monthly", "days_of_month": "first Tuesday"}, "Days from 1 to 28"),
            ({"kind": "yearly", "month": "2", "day": "29"}, "Pick a day that this month has every year."),
            ({"kind": "yearly", "month": "2", "day": ""}, "Pick a day that this month has every year."),
            ({"at": "25:00"}, "Enter a valid time."),
            ({"name": ""}, "This field is required."),
            ({"kind": "hourly"}, "Select a valid choice."),
        ],
    )
    def test_what_cannot_be_used_is_said_beside_the_form(self, picked, said, ana, office):
        response = signed_in(ana).post(reverse("schedules:set_up"), filled(**picked))
        assert response.status_code == 422
        assert said in text(response)
        assert not Schedule.objects.exists()

    def test_a_change_starts_from_what_is_in_force(self, ana, sam, office):
        version = scheduled(ana, sam, SINCE, pattern={"kind": "monthly", "days_of_month": [0, 1, 15], "at": "05:30"})
        response = signed_in(ana).get(reverse("schedules:change", args=[version.schedule_id]))
        assert 'value="1, 15, last"' in response.content.decode()
        assert 'value="05:30"' in response.content.decode()

    def test_the_author_is_not_offered_the_approval_and_another_supervisor_is(self, sam, sue, office):
        version = services.set_up(actor=sam, name="Clean slate", wanted=wanted())
        assert "Look through and approve" not in page(sam, "schedule", version.schedule_id)
        assert "Another supervisor must approve it" in page(sam, "approve", version.pk)
        assert "waits for your approval" in page(sue, "schedules")
        response = signed_in(sue).post(reverse("schedules:approve", args=[version.pk]), follow=True)
        assert "Due next on" in text(response)


class TestLife:
    def test_pause_resume_and_end(self, ana, sam, office):
        schedule = scheduled(ana, sam, SINCE).schedule
        client = signed_in(ana)
        assert "paused" in text(client.post(reverse("schedules:pause", args=[schedule.pk]), follow=True))
        assert "runs again" in text(client.post(reverse("schedules:resume", args=[schedule.pk]), follow=True))
        end = reverse("schedules:end", args=[schedule.pk])
        assert client.post(end, {"reason": ""}).status_code == 422
        assert "No more files." in text(client.post(end, {"reason": "No more files."}, follow=True))
        assert client.post(reverse("schedules:pause", args=[schedule.pk])).status_code == 409

    def test_a_proposal_is_discarded(self, ana, sam, office):
        version = services.set_up(actor=ana, name="Clean slate", wanted=wanted())
        signed_in(sam).post(reverse("schedules:discard", args=[version.pk]))
        version.refresh_from_db()
        assert version.discarded_by == sam

    def test_an_auditor_reads_and_is_offered_nothing_to_do(self, ana, sam, ivy, office):
        schedule = scheduled(ana, sam, SINCE).schedule
        response = signed_in(ivy).get(reverse("schedules:schedule", args=[schedule.pk]))
        assert "first Monday of the month" in text(response)
        for act in ("pause", "change", "end"):
            assert f"/{act}/" not in response.content.decode()


class TestDueRun:
    def test_it_says_what_it_did(self, ana, sam, office, inbox):
        (inbox / "doj.csv").write_bytes(csv_bytes(person(1)))
        (inbox / "notes.txt").write_text("Not from the DOJ")
        scheduled(ana, sam, SINCE, reads_inbox=True, drafts_batches=True)
        ticked("2025-02-03 06:00")
        due = DueRun.objects.get(state="done")
        said = page(ana, "due_run", due.pk)
        for part in (
            "It stands for 1 due time that was missed: Jan 6, 2025.",
            "New convictions, eligible 1",
            "Martinez, February 3, 2025, Clean slate",
            "No record file: Expected lines of 95 columns.",
        ):
            assert part in said
        assert "covered by Feb 3, 2025" in page(ana, "schedule", due.schedule_id)
        assert "stands for it" in page(ana, "due_run", due.covers.get().pk)

    def test_the_convictions_of_a_change_are_a_view_of_people(self, ana, sam, office):
        read_file(ana, [*person(1), *person(2)])
        scheduled(ana, sam, SINCE)
        (due,) = ticked(DUE)
        assert "DOE,P1" in page(ana, "changed", due.pk, "found_eligible")
        assert AuditEvent.objects.get(verb="subject.viewed").subject_count == 2
        missing = reverse("schedules:changed", args=[due.pk, "by_time"])
        assert signed_in(ana).get(missing).status_code == 404

    def test_a_failure_says_what_to_do_and_is_tried_again(self, ana, sam, ivy, office):
        scheduled(ana, sam, SINCE)
        (due,) = ticked(DUE)
        assert "Upload a record file, then press Try again." in page(ana, "due_run", due.pk)
        assert "Try again" not in page(ivy, "due_run", due.pk).replace("press Try again", "")
        signed_in(ana).post(reverse("schedules:try_again", args=[due.pk]))
        due.refresh_from_db()
        assert due.state == "evaluating"

    def test_home_says_what_was_done_what_failed_and_what_waits_for_approval(self, ana, sam, sue, office):
        read_file(ana, person(1))
        since = timezone.now() - timedelta(days=60)
        version = services.set_up(
            actor=ana, name="Daily", wanted=wanted({"kind": "weekly", "weekdays": list(range(7)), "at": "00:00"})
        )
        services.approve(actor=sam, version_id=version.pk, now=since)
        ticked(shown(timezone.now()))
        services.set_up(actor=sam, name="Another", wanted=wanted())
        home = text(signed_in(sue).get("/"))
        assert "Scheduled runs done this week" in home
        assert "Schedules to approve" in home
        assert "Schedules to approve" not in text(signed_in(sam).get("/"))
        scheduled(ana, sam, SINCE, name="Inbox", reads_inbox=True)
        ticked(DUE)
        assert "Scheduled runs that failed" in text(signed_in(ana).get("/"))


class TestDryRun:
    def test_it_shows_what_it_would_do_and_writes_nothing(self, ana, sam, office, inbox):
        read_file(ana, [*person(1), *person(2, case="")])
        evaluated(ana)
        (inbox / "new.csv").write_bytes(csv_bytes(person(3)))
        version = scheduled(ana, sam, SINCE, reads_inbox=True, drafts_batches=True)
        before = AuditEvent.objects.count(), Run.objects.count(), DueRun.objects.count(), InboxFile.objects.count()
        found = dry_run.dry_run(version, now=clock("2025-01-10 00:00"))
        assert [shown(each) for each in found.due] == [
            "2025-02-03 06:00", "2025-03-03 06:00", "2025-04-07 06:00", "2025-05-05 06:00", "2025-06-02 06:00",
        ]  # fmt: skip
        assert [name for name, _ in found.new_files] == ["new.csv"]
        assert (found.files, found.convictions) == (1, 2)
        assert [number for _, number in found.batches] in ([1], [2])
        said = page(ana, "dry_run", version.pk)
        assert "new.csv" in said
        assert "Convictions to evaluate 2, and those of the new files" in said
        assert before == (
            AuditEvent.objects.count(), Run.objects.count(), DueRun.objects.count(), InboxFile.objects.count()
        )  # fmt: skip

    def test_without_an_inbox_or_an_office_it_says_so(self, ana, sam):
        version = services.set_up(actor=ana, name="Clean slate", wanted=wanted(reads_inbox=True))
        assert "IT sets INBOX_DIR" in page(ana, "dry_run", version.pk)


class TestQueries:
    """However much there is, a page asks a bounded number of questions."""

    @pytest.mark.parametrize("name", ["schedules", "schedule", "due_run", "changed", "dry_run", "approve"])
    def test_bounded(self, name, ana, sam, office, django_assert_max_num_queries):
        read_file(ana, [row for number in range(1, 8) for row in person(number)])
        for number in range(5):
            version = scheduled(ana, sam, SINCE, name=f"Schedule {number}", drafts_batches=number == 0)
        ticked("2025-04-08 00:00")
        due = DueRun.objects.filter(state="done").first()
        args = {"schedules": [], "schedule": [version.schedule_id], "due_run": [due.pk], "dry_run": [version.pk]}
        args |= {"changed": [due.pk, next(iter(due.changes))], "approve": [version.pk]}
        client = signed_in(sam)
        client.get("/")
        with django_assert_max_num_queries(MOST_QUERIES + 3):  # session, user and office
            assert client.get(reverse(f"schedules:{name}", args=args[name])).status_code == 200


@pytest.fixture
def turning_fifty(ana, sam, office) -> Run:
    """A run of today; one person turns fifty in 40 days, and a burglary keeps every other line from holding."""
    today = timezone.localdate()
    birthday = today + timedelta(days=40)
    born = f"{birthday.year - 50}{birthday:%m%d}"
    burglary = conviction(
        "00000001", "A00000001", name="DOE,P1", section="459 PC-BURGLARY", case="CR9",
        day=f"{today.year - 5}0601", order="102001001000", CYC_ORDER="2",
    )  # fmt: skip
    read_file(ana, [row | {"PRI_DOB": born} for row in [*person(1), burglary]])
    draft = policy_services.draft_policy(actor=ana, text=engine.load("los_angeles_2019").text)
    policy_services.sign_policy(actor=sam, policy_id=draft.pk, seen_sha256=draft.sha256)
    run = evaluated(ana, policy="los_angeles_2019", as_of=today)
    prepared.gather(PreparedHistory.objects.get(run=run).pk)
    return run


class TestWatchList:
    def test_who_becomes_eligible_when_and_through_which_rule(self, ana, turning_fifty):
        said = page(ana, "watch")
        assert "0 in the next 30 days" in said
        assert "1 in the next 60 days" in said
        assert "1 in the next 90 days" in said
        birthday = turning_fifty.as_of + timedelta(days=40)
        assert f"{birthday:%b} {birthday.day}, {birthday.year}" in said.replace("Sept", "Sep")
        assert "DOE,P1" in said
        assert AuditEvent.objects.get(verb="subject.viewed").subject_count == 1

    def test_a_shorter_window_leaves_out_what_comes_later(self, ana, turning_fifty):
        said = page(ana, "watch", within=30)
        assert "DOE,P1" not in said
        assert "Nobody becomes eligible by time alone" in said

    def test_what_time_brought_since_the_run_is_said(self, ana, turning_fifty):
        Run.objects.update(as_of=turning_fifty.as_of - timedelta(days=5))
        assert "became eligible by time alone since" not in page(ana, "watch")

    def test_before_a_run_it_says_what_to_do(self, ana, office):
        assert "No run is in use yet" in page(ana, "watch")

    def test_while_its_people_are_gathered_it_says_so(self, ana, office):
        read_file(ana, person(1))
        evaluated(ana)
        assert "are being gathered" in page(ana, "watch")


class TestOnDate:
    def test_time_alone(self, ana, turning_fifty):
        then = turning_fifty.as_of + timedelta(days=41)
        said = page(ana, "on_date", policy=str(turning_fifty.policy_id), then=then.isoformat())
        assert "1 convictions of 1 people gain" in said

    def test_another_policy_from_that_day_on(self, ana, turning_fifty):
        everything = Policy.objects.filter(name="dismiss_all").first()
        code = str(everything.pk) if everything else "preset:dismiss_all"
        said = page(ana, "on_date", policy=code, then=turning_fifty.as_of.isoformat())
        assert "Nothing changes by itself until then" in said
        assert "1 convictions of 1 people gain" in said

    @pytest.mark.parametrize("then", ["", "soon", "2001-01-01", "9999-01-01"])
    def test_a_day_that_cannot_be_used_is_said(self, then, ana, turning_fifty):
        response = signed_in(ana).get(
            reverse("schedules:on_date"), {"policy": str(turning_fifty.policy_id), "then": then}
        )
        assert response.status_code == 422
