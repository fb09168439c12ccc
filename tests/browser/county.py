"""The invented county with something for every screen to show: made by the services, as people would by the pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.utils import timezone

from clearmyrecord.batches import queries as batch_queries
from clearmyrecord.batches import services as batches
from clearmyrecord.batches.models import Batch
from clearmyrecord.filings import receipts, signing
from clearmyrecord.filings.models import Filing, Package
from clearmyrecord.office.models import Court, User
from clearmyrecord.records import services as records
from clearmyrecord.records.models import RecordFile
from clearmyrecord.reviews import queries as reviews
from clearmyrecord.reviews import services as review_services
from clearmyrecord.runs import policy_services, prepared
from clearmyrecord.runs import services as runs
from clearmyrecord.runs.models import Policy, Run
from clearmyrecord.schedules import services as schedules
from clearmyrecord.schedules.models import DueRun
from eligibility.records import sample
from tests.batches.conftest import approved_by, submitted_by
from tests.office import wordings

POLICY = "contra_costa_2019"
OTHER_POLICY = "office_choice"
WAIT_SECONDS = 120


class County:
    """What screens are about, by the names that tests/browser/screens.py uses."""

    def __init__(self) -> None:
        self.people = {user.username: user for user in User.objects.all()}
        self.things: dict[str, Any] = {}

    def read_and_evaluate(self, folder: Path, subjects: int) -> None:
        """A record file read and evaluated by the workers."""
        path = folder / "invented-county.csv"
        sample.write(path, subjects=subjects, seed=1, county="CONTRA COSTA")
        content = path.read_bytes()
        upload = TemporaryUploadedFile(path.name, "text/csv", len(content), None)
        upload.write(content)
        upload.seek(0)
        ana = self.people["ana"]
        file = records.upload(actor=ana, file=upload, received_on=timezone.localdate()).file
        until(lambda: RecordFile.objects.get(pk=file.pk).work_state == "done")
        run = runs.start_run(actor=ana, policy_id=Policy.objects.get(name=POLICY, version=1).pk)
        until(lambda: Run.objects.get(pk=run.pk).state == Run.State.FINISHED)

    def find_records(self) -> None:
        """What the file and its run brought."""
        run = Run.objects.get(is_current=True)
        rows = reviews.standing(run).order_by("pk")
        of_law = rows.filter(outcome="hand_review", question_kind="law")
        shown = rows.filter(standing_outcome="dismiss", route="completed", standing_basis="presumption").first()
        assert shown is not None
        self.things |= {
            "file": RecordFile.objects.get(refusal="").pk, "run": run.pk, "policy": run.policy_id,
            "other_policy": Policy.objects.get(name=OTHER_POLICY, version=1).pk,
            "conviction": shown.conviction_id, "subject": shown.conviction.subject_id, "determination": shown.pk,
            "of_law": (of_law.first() or shown).conviction_id, "court": Court.objects.first().pk,
            "account": self.people["theo"].pk,
        }  # fmt: skip

    def review(self) -> None:
        """Some accepted, one overridden, a remark written, a fact stated."""
        ana = self.people["ana"]
        dismissals = reviews.standing().filter(standing_outcome="dismiss", route="completed").order_by("-pk")
        ids = list(dismissals.values_list("pk", flat=True)[:12])
        review_services.accept(actor=ana, determination_ids=ids[:10])
        review_services.override(
            actor=ana, determination_ids=[ids[11]], outcome="not_eligible", reason="The docket shows a sale to a minor."
        )
        review_services.comment(
            actor=ana, conviction_id=self.things["conviction"], text="The docket is in the archive."
        )

    def draft_batch(self) -> None:
        """A draft with convictions that ask something, and people still serving."""
        ana = self.people["ana"]
        draft = batches.compose(actor=ana, name="Serving, and what asks", filter={"route": "serving"})
        batches.add(actor=ana, batch_id=draft.pk, filter={"question": "prior_relief"})
        batches.add(actor=ana, batch_id=draft.pk, filter={"section": "11360", "outcome": "dismiss"})
        candidates = {candidate.row.conviction_id: candidate for candidate in batch_queries.candidates(draft)}
        for pk, conviction in draft.items.values_list("pk", "conviction_id"):
            candidate = candidates[conviction]
            facts = [each.fact for each in candidate.obstacles if each.fact and each.who != "attorney"]
            if facts:
                self.things |= {"asking_item": pk, "asked_fact": facts[0], "asking_conviction": conviction}
            if candidate.row.route == "serving":
                self.things |= {"serving_item": pk, "serving_conviction": conviction}
        self.things["draft"] = draft.pk

    def draft_words(self) -> None:
        """A policy and a wording in draft."""
        text, based_on = policy_services.source_text(
            str(self.things["policy"]), {each.pk: each for each in Policy.objects.all()}
        )
        draft = policy_services.draft_policy(
            actor=self.people["ana"], text=text.replace("years = 50", "years = 40"), own_title="Policy of 2027",
            based_on=based_on,
        )  # fmt: skip
        theo = self.people["theo"]
        wording = wordings.change(wordings.draft_by(theo), wordings.KEY, wordings.OWN)
        self.things |= {"policy_draft": draft.pk, "wording": wording.pk, "block": wordings.KEY}

    def submit_and_approve(self) -> None:
        """One batch submitted, one approved with papers for each case, one with an omnibus motion."""
        completed = {"outcome": "dismiss", "route": "completed"}
        submitted = self.small("Possession", completed | {"section": "11357"})
        self.submitted(submitted)
        approved = self.small("Cultivation", completed | {"section": "11358"})
        approved_by(self.people["sam"], self.submitted(approved))
        omnibus = self.small(
            "Martinez, one motion", completed | {"basis": "presumption", "court": str(self.things["court"])}
        )
        approved_by(self.people["sam"], self.submitted(omnibus, Batch.Papers.OMNIBUS))
        self.things |= {
            "submitted": submitted.pk, "submitted_item": submitted.items.first().pk, "approved": approved.pk,
            "omnibus": omnibus.pk,
        }  # fmt: skip
        for batch in (approved, omnibus):
            until(lambda batch=batch: Package.objects.filter(batch=batch, made_at__isnull=False).exists())

    def small(self, name: str, filter: dict[str, str], most: int = 6) -> Batch:
        """A draft of a few convictions that can be submitted."""
        ana = self.people["ana"]
        batch = batches.compose(actor=ana, name=name, filter=filter)
        ready = {each.row.conviction_id for each in batch_queries.candidates(batch) if each.is_ready}
        items = list(batch.items.order_by("pk").values_list("pk", "conviction_id"))
        kept = [pk for pk, conviction in items if conviction in ready][:most]
        doomed = [pk for pk, _ in items if pk not in kept]
        if doomed:
            batches.leave_out(actor=ana, batch_id=batch.pk, item_ids=doomed)
        return batch

    def submitted(self, batch: Batch, papers: str = Batch.Papers.PER_CASE) -> Batch:
        """Submitted by Ana, for Theo to sign."""
        ana, theo = self.people["ana"], self.people["theo"]
        if papers == Batch.Papers.PER_CASE:
            return submitted_by(ana, batch, theo)
        ready = sum(candidate.is_ready for candidate in batch_queries.candidates(batch))
        return batches.submit(actor=ana, batch_id=batch.pk, attorney_id=theo.pk, ready_count=ready, papers=papers)

    def sign_and_file(self) -> None:
        """One case to sign, one signed, the others filed; a court's receipt list."""
        theo, ana = self.people["theo"], self.people["ana"]
        batch = Batch.objects.get(pk=self.things["approved"])
        waiting, signed, *filed = batch.filings.filter(state=Filing.State.DRAFTED).order_by("pk")
        for filing in (signed, *filed):
            seen = signing.papers_hash(signing.to_sign(batch, filing.pk))
            signing.sign(actor=theo, batch_id=batch.pk, filing_id=filing.pk, seen_hash=seen, place="Martinez")
        until(lambda: batch.filings.filter(state=Filing.State.SIGNED).count() == 1 + len(filed))
        for filing in filed:
            receipts.enter(actor=ana, filing_id=filing.pk, filed_on=timezone.localdate(), number=f"26-{filing.pk:06}")
        day = f"{timezone.localdate():%m/%d/%Y}"
        rows = f"Case,Accepted,Envelope,Filer reference\n{signed.case_number},{day},E-1,{signed.reference}\n"
        rows += f"XX999,{day},E-2,\n"
        upload = receipts.upload(actor=ana, court=signed.court, name="receipts.csv", content=rows.encode())
        columns = {"case_number": "Case", "filed_on": "Accepted", "number": "Envelope", "reference": "Filer reference"}
        receipts.choose_columns(actor=ana, list_id=upload.pk, columns=columns)
        self.things |= {"receipt_list": upload.pk, "signed_filing": signed.pk, "filing": waiting.pk}
        until(lambda: Package.objects.get(batch=batch).work_state == "done")

    def schedule(self) -> None:
        """A schedule in force that was due, with a change proposed."""
        ana, sam = self.people["ana"], self.people["sam"]
        daily = {"kind": "weekly", "weekdays": list(range(7)), "at": "00:00"}
        wanted = schedules.Wanted(policy_id=self.things["policy"], pattern=daily)
        version = schedules.set_up(actor=ana, name="Clean slate, daily", wanted=wanted)
        schedules.approve(actor=sam, version_id=version.pk, now=timezone.now() - timedelta(days=3))
        schedules.insert_due(now=timezone.now())  # unless the scheduler was first
        due = DueRun.objects.exclude(state=DueRun.State.COVERED).get(schedule=version.schedule_id)
        until(lambda: DueRun.objects.get(pk=due.pk).finished_at is not None)
        first = {"kind": "monthly_by_weekday", "ordinal": "first", "weekday": 0, "at": "06:00"}
        changed = schedules.Wanted(policy_id=self.things["policy"], pattern=first, drafts_batches=True)
        proposed = schedules.change(actor=ana, schedule_id=version.schedule_id, wanted=changed)
        self.things |= {"schedule": version.schedule_id, "proposed_version": proposed.pk, "due_run": due.pk}

    def prepare_what_if(self) -> None:
        """What-if gathered ahead, so that its page shows figures."""
        run = Run.objects.get(is_current=True)
        prepared.ask_for(run)
        until(lambda: prepared.ready(run) is not None)


def fill(county: County) -> None:
    """Everything beyond the records themselves."""
    county.find_records()
    county.draft_words()
    county.review()
    county.draft_batch()
    county.submit_and_approve()
    county.sign_and_file()
    county.schedule()
    county.prepare_what_if()


def until(done: Callable[[], bool]) -> None:
    """Wait for the workers. Raises AssertionError after two minutes."""
    until = time.monotonic() + WAIT_SECONDS
    while not done():
        assert time.monotonic() < until, "the workers are still busy"
        time.sleep(0.1)
