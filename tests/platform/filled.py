"""An office with something for every page to show, over few people or many: made by the services."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone

from clearmyrecord.batches import giving, objecting, returning
from clearmyrecord.batches import services as batches
from clearmyrecord.batches.models import Batch
from clearmyrecord.filings import receipts
from clearmyrecord.filings.models import Filing, PaperChunk
from clearmyrecord.office.models import CourtText, Office, User
from clearmyrecord.records.models import CourtRow, Subject, Suggestion
from clearmyrecord.relief import handing_off, handoff_rows, inquiries, objections, response_words, responses
from clearmyrecord.relief import services as relief
from clearmyrecord.relief.models import CourtAnswer, ResponseRow
from clearmyrecord.reviews import queries as reviews
from clearmyrecord.reviews import second_review_queries, second_reviews
from clearmyrecord.reviews import services as review_services
from clearmyrecord.runs import comparing, policy_services, prepared
from clearmyrecord.runs import services as runs
from clearmyrecord.runs.models import Policy, PreparedHistory
from clearmyrecord.schedules import changes
from clearmyrecord.schedules import services as schedules
from clearmyrecord.schedules.models import DueRun
from tests.batches.conftest import approved_by, submitted_by
from tests.factories import CourtFactory, OfficeFactory
from tests.filings.conftest import sign
from tests.office import wordings
from tests.records import extracts
from tests.records.factories import read_file
from tests.relief.conftest import granted, today
from tests.relief.test_responses import WORDS, csv_of, row
from tests.reviews.conftest import evaluated, person
from tests.schedules.factories import FIRST_MONDAY

POSSESSION, CULTIVATION, SALE = (
    "11357 HS-POSSESS MARIJUANA", "11358 HS-CULTIVATE MARIJUANA", "11359 HS-POSSESS MARIJUANA FOR SALE",
)  # fmt: skip
SERVING = {"day": "20160301", "SENT_LENGTH": "020", "SENT_TIME_CODE": "Y", "SENT_LOC_DESCR": "PRISON"}
KINDS: tuple[Mapping[str, str], ...] = (
    {"section": POSSESSION},  # the draft
    {"section": POSSESSION, "case": ""},  # asks for its case number there
    SERVING,  # asks for a form there
    {"section": CULTIVATION},  # submitted, and given to the public defender
    {"section": CULTIVATION, "day": "20110203"},  # returned
    {"section": SALE, "day": "20120203"},  # approved: drafted
    {"section": SALE, "day": "20120204"},  # approved: signed
    {"section": SALE, "day": "20120205"},  # approved: filed and answered
    {"section": SALE, "day": "20120206"},  # approved: filed and not answered
    {"section": SALE, "day": "20130203"},  # in no batch: decided twice
)
"""For each of the people, this many convictions of as many persons."""


class Filled:
    """What pages are about, by the names that tests/platform/test_query_counts.py uses."""

    def __init__(self, cast: Mapping[str, User], people: int, first: int) -> None:
        self.cast, self.people, self.first = cast, people, first
        self.things: dict[str, Any] = {"account": cast["theo"].pk, "block": wordings.KEY}
        _office(self)
        _records(self)
        _draft(self)
        _submitted(self)
        _returned(self)
        _filed(self)
        _answered(self)
        _responded(self)
        _inquired(self)
        _decided_twice(self)
        _worked_on(self)
        _extracts(self)
        _scheduled(self)
        _words(self)

    def compose(self, name: str, **filter: str) -> Batch:
        return batches.compose(actor=self.cast["ana"], name=f"{name} {self.first}", filter=filter)


def _office(of: Filled) -> None:
    if not Office.objects.exists():
        OfficeFactory(second_review_share=Decimal(100))
        CourtText.objects.update_or_create(text="CASC MARTINEZ", defaults={"court": CourtFactory(branch="Martinez")})


def _records(of: Filled) -> None:
    """A file read, evaluated and in use; evaluated once more under another policy, and the two compared."""
    ana, rows = of.cast["ana"], []
    for number in range(of.first, of.first + len(KINDS) * of.people):
        rows += person(number, **({"case": f"CR{number:04d}"} | KINDS[number % len(KINDS)]))
    file, run = read_file(ana, rows), evaluated(ana)
    if not run.is_current:
        run = runs.use_run(actor=ana, run_id=run.pk)
    prepared.ask_for(run)
    prepared.gather(PreparedHistory.objects.get(run=run).pk)
    other = evaluated(ana, "contra_costa_2019")
    comparison = comparing.ask_for(run, other)
    comparing.compare(comparison.pk)
    difference = comparison.differences.order_by("pk").first()
    assert difference is not None
    of.things |= {
        "file": file.pk, "run": run.pk, "policy": run.policy_id, "other_run": other.pk,
        "other_policy": other.policy_id, "changed_conviction": difference.conviction_id,
    }  # fmt: skip


def _draft(of: Filled) -> None:
    draft = of.compose("Draft", section="11357")
    batches.add(actor=of.cast["ana"], batch_id=draft.pk, filter={"route": "serving"})
    items = draft.items.order_by("-pk")
    asking = items.get(conviction=items.filter(conviction__case_numbers=[]).values("conviction")[:1])
    serving = items.filter(determination__route="serving")[0]
    of.things |= {
        "draft": draft.pk, "asking_item": asking.pk, "asking_conviction": asking.conviction_id,
        "serving_item": serving.pk, "serving_conviction": serving.conviction_id,
    }  # fmt: skip


def _submitted(of: Filled) -> None:
    """Submitted, given to the public defender, who objects to all of it and proposes more."""
    ana, theo, sam, pat = (of.cast[name] for name in ("ana", "theo", "sam", "pat"))
    returned = of.compose("Returned", section="11358", year="2011")
    batch = submitted_by(ana, of.compose("Submitted", section="11358"), theo)
    (grant,) = giving.give(actor=sam, batch_ids=[batch.pk], defender_id=pat.pk, reason="Agreed.")
    for item in batch.items.all():
        objection = objecting.object_to(actor=pat, batch_id=batch.pk, item_id=item.pk, reason="To be heard first.")
        about = {"case_number": f"CR9{item.pk:04d}", "section": "11357", "name": "", "what": ""}
        objecting.propose(actor=pat, batch_id=batch.pk, reason="Same facts.", **about)
        returning.comment(actor=sam, batch_id=batch.pk, item_id=item.pk, text="Look again.")
    of.things |= {
        "submitted": batch.pk, "submitted_item": item.pk, "grant": grant.pk, "objection": objection.pk,
        "returned": returned.pk,
    }  # fmt: skip


def _returned(of: Filled) -> None:
    ana, theo, sam = (of.cast[name] for name in ("ana", "theo", "sam"))
    batch = submitted_by(ana, Batch.objects.get(pk=of.things["returned"]), theo)
    for item in batch.items.all():
        returning.comment(actor=sam, batch_id=batch.pk, item_id=item.pk, text="Look at the other count.")
    batches.return_batch(actor=sam, batch_id=batch.pk, comment="Look again.")


def _filed(of: Filled) -> None:
    """Approved; a third drafted, a third signed, the others filed. No paper is really drawn."""
    ana, theo, sam = (of.cast[name] for name in ("ana", "theo", "sam"))
    batch = approved_by(sam, submitted_by(ana, of.compose("Approved", section="11359", year="2012"), theo))
    batch.filings.update(state=Filing.State.DRAFTED)
    drafted, signed, *filed = (batch.filings.order_by("pk")[at :: len(KINDS[5:9])] for at in range(4))
    for filing in (*signed, *(each for part in filed for each in part)):
        sign(theo, batch, filing.pk)
    batch.filings.exclude(signatures=None).update(state=Filing.State.SIGNED)
    PaperChunk.objects.filter(batch=batch).update(work_state="done")
    for filing in (each for part in filed for each in part):
        receipts.enter(actor=ana, filing_id=filing.pk, filed_on=today(), number=f"E{filing.pk}")
    court = signed[0].court
    lines = [f"{each.case_number},{today():%m/%d/%Y},E-{each.pk},{each.reference}\n" for each in signed]
    content = "Case,Accepted,Envelope,Filer reference\n" + "".join(lines) + f"XX{of.first},,E-2,\n"
    upload = receipts.upload(actor=ana, court=court, name="receipts.csv", content=content.encode())
    columns = {"case_number": "Case", "filed_on": "Accepted", "number": "Envelope", "reference": "Filer reference"}
    receipts.choose_columns(actor=ana, list_id=upload.pk, columns=columns)
    of.things |= {
        "approved": batch.pk, "drafted": drafted[0].pk, "signed": signed[0].pk, "court": court.pk,
        "receipt_list": upload.pk, "matter": filed[0][0].reference, "filed": [each.pk for each in filed[0]],
        "waiting": [each.pk for each in filed[1]],
    }  # fmt: skip


def _answered(of: Filled) -> None:
    """Half of what was filed is granted, and handed to the court; objections to the others."""
    ana, court = of.cast["ana"], of.things["court"]
    batch = Batch.objects.get(pk=of.things["approved"])
    items = {name: list(batch.items.filter(asked__filing__in=of.things[name])) for name in ("filed", "waiting")}
    rows = handoff_rows.rows(batch.items.all()[0].court, "filed")
    hand_off = handing_off.make(actor=ana, court_id=court, stage="filed", seen=handing_off.rows_hash(rows))
    relief.answer(actor=ana, item_ids=[item.pk for item in items["filed"]], told=granted())
    told = {"who": "defender", "name": "Pat Park", "raised_on": today(), "ground": "record", "text": "Not him."}
    for item in items["waiting"]:
        objections.object_to(actor=ana, item_ids=[item.pk], **told)
    answer = CourtAnswer.objects.order_by("-pk")[0]
    of.things |= {
        "hand_off": hand_off.pk, "answered_item": items["filed"][0].pk, "answer": answer.pk,
        "court_objection": items["waiting"][0].objections.order_by("pk")[0].pk,
    }  # fmt: skip


def _responded(of: Filled) -> None:
    """A court's response with rows to be worked off, recorded; another that waits."""
    ana, batch = of.cast["ana"], Batch.objects.get(pk=of.things["approved"])
    waiting = batch.items.filter(asked__filing__in=of.things["waiting"])
    lines = [row(each.case_number, "DENIED", reason="No.") for each in waiting]
    strange = [row(f"XX{number}") for number in range(of.first, of.first + of.people)]
    for name, content in (("recorded", csv_of(*lines, *strange)), ("response", csv_of(*strange, *lines))):
        kept, _ = responses.upload(actor=ana, court=waiting[0].court, name="r.csv", content=content)
        if not kept.columns:
            likely = response_words.likely_columns(kept.headings)
            responses.choose_columns(actor=ana, response_id=kept.pk, columns=likely)
            responses.choose_words(actor=ana, response_id=kept.pk, meanings=WORDS)
            kept.refresh_from_db()
        if name == "recorded":
            responses.record(actor=ana, response_id=kept.pk, seen_hash=kept.matches_hash)
        of.things[name] = kept.pk
    of.things["row"] = ResponseRow.objects.filter(response=of.things["recorded"], state="open")[0].pk


def _inquired(of: Filled) -> None:
    ana, theirs = of.cast["ana"], Subject.objects.order_by("-pk")[: of.people]
    asked = {
        "channel": "telephone", "asker": "self", "asker_name": "", "contact": "", "birth_date": None, "note": "",
        "asked_on": today(),
    }  # fmt: skip
    for subject in theirs:
        inquiry = inquiries.log(actor=ana, values=asked | {"name": subject.name})
        inquiries.log(actor=ana, values=asked | {"name": subject.name})
    inquiries.say_who(actor=ana, inquiry_id=inquiry.pk, subject_id=subject.pk, identity="Licence seen.")
    of.things["inquiry"] = inquiry.pk


def _decided_twice(of: Filled) -> None:
    """Everything is looked at twice: disagreements, and one taken."""
    ana, theo = of.cast["ana"], of.cast["theo"]
    rows = reviews.standing().filter(conviction__convicted_on__year=2013, review_state="open")
    review_services.accept(actor=ana, determination_ids=list(rows.values_list("pk", flat=True)))
    while taken := second_reviews.take(actor=theo):
        row = second_review_queries.taken(theo, taken)
        outcomes = second_review_queries.outcomes_of(row)
        other = next(each for each in outcomes if each != row.outcome)
        of.things["disagreement"] = taken
        second_reviews.answer(
            actor=theo, second_review_id=taken, determination_id=row.pk, outcome=other, reason="As I read it."
        )


def _worked_on(of: Filled) -> None:
    """Of the draft's people: decided, noted, given to somebody, and under suggestions."""
    ana, theo = of.cast["ana"], of.cast["theo"]
    rows = list(reviews.standing().filter(conviction__prop64="11357").order_by("-pk")[: of.people])
    ids = [row.pk for row in rows]
    review_services.override(actor=ana, determination_ids=ids, outcome="not_eligible", reason="Large.")
    review_services.assign(actor=ana, determination_ids=ids, to=theo)
    for each in rows:
        review_services.comment(actor=ana, conviction_id=each.conviction_id, text="Look.")
    subjects = sorted(each.conviction.subject_id for each in rows)
    older = Subject.objects.filter(pk__lt=subjects[0]).order_by("pk").first() or Subject.objects.order_by("pk")[0]
    for subject in subjects:
        if subject != older.pk:
            Suggestion.objects.create(kind="subject", first_id=older.pk, second_id=subject, why="Near.")
    shown = rows[0]
    of.things |= {
        "conviction": shown.conviction_id, "subject": shown.conviction.subject_id, "determination": shown.pk,
    }  # fmt: skip


def _extracts(of: Filled) -> None:
    ana = of.cast["ana"]
    lines = [extracts.line(f"CR{of.first + number}-9", f"Coe, C{number}") for number in range(of.people)]
    read = extracts.read(ana, extracts.DISMISSED, extracts.SET_ASIDE, *lines)
    unread = extracts.kept(ana, extracts.CONTRADICTING, *lines, name="court-2027.csv")
    row = CourtRow.objects.filter(file=read).order_by("pk")[0]
    of.things |= {"extract": read.pk, "new_extract": unread.pk, "court_row": row.pk}


def _scheduled(of: Filled) -> None:
    """A schedule in force, one proposed, and due runs as they would have been."""
    ana, sam = of.cast["ana"], of.cast["sam"]
    wanted = schedules.Wanted(policy_id=of.things["policy"], pattern=FIRST_MONDAY)
    version = schedules.set_up(actor=ana, name=f"Clean slate {of.first}", wanted=wanted)
    schedules.approve(actor=sam, version_id=version.pk, now=timezone.now())
    for number in range(of.people):
        proposed = schedules.set_up(actor=ana, name=f"Proposed {of.first} {number}", wanted=wanted)
        now = timezone.now()
        due = DueRun.objects.create(
            schedule=version.schedule, version=version, due_at=now, inserted_at=now, begun_at=now, finished_at=now,
            state=DueRun.State.DONE, work_state=DueRun.WorkState.DONE, run_id=of.things["run"],
            changes=dict.fromkeys(changes.KINDS, 0) | {"found_eligible": 1},
        )  # fmt: skip
    of.things |= {"schedule": version.schedule_id, "proposed_version": proposed.pk, "due_run": due.pk}


def _words(of: Filled) -> None:
    """A policy and a wording in draft."""
    known = {each.pk: each for each in Policy.objects.all()}
    text, based_on = policy_services.source_text(str(of.things["other_policy"]), known)
    changed = {"text": text.replace("years = 50", "years = 40"), "own_title": f"Policy {of.first}"}
    draft = policy_services.draft_policy(actor=of.cast["ana"], based_on=based_on, **changed)
    writer = of.cast["theo"] if of.first == 1 else of.cast["adam"]  # one draft each
    wording = wordings.change(wordings.draft_by(writer), wordings.KEY, wordings.OWN)
    of.things |= {"policy_draft": draft.pk, "wording": wording.pk}
