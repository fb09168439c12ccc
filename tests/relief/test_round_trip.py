"""There and back: record file, batch, filing, hand-off, a court's response with slips, answers, impact, hand-offs."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from clearmyrecord.batches import services as batches
from clearmyrecord.batches.models import Batch
from clearmyrecord.filings import receipt_matching, receipts
from clearmyrecord.filings.models import Filing, PaperChunk
from clearmyrecord.office.models import Court, CourtText, User
from clearmyrecord.relief import handing_off, handoff_queries, handoff_rows, impact, response_words, responses
from clearmyrecord.relief.models import Asked, CourtResponse
from tests.batches.conftest import approved_by, submitted_by, twin
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in
from tests.factories import CourtFactory, OfficeFactory
from tests.filings.conftest import sign
from tests.records.factories import read_file
from tests.relief import court as simulated
from tests.relief.conftest import today
from tests.relief.court import SLIPS, Book, Key
from tests.relief.test_hand_offs import handed, lines
from tests.reviews.conftest import evaluated, person

PEOPLE = 270
OF_TWO = 30
"""So many people have two convictions in their case: one to be dismissed, one to be redesignated."""
CONVICTIONS = PEOPLE + OF_TWO
DISMISSED, REDESIGNATED = "11358 HS-CULTIVATE MARIJUANA", "11359 HS-POSSESS FOR SALE"


@pytest.fixture
def filed(ana: User, theo: User, sam: User) -> Batch:
    """A batch of every conviction of the invented county, approved, signed, and taken by the clerk."""
    OfficeFactory(sample_confidence=Decimal(50), sample_most_wrong=Decimal(20))
    court = CourtFactory(branch="Martinez")
    CourtText.objects.update_or_create(text="CASC MARTINEZ", defaults={"court": court})
    rows = [row for n in range(1, PEOPLE + 1) for row in person(n, section=DISMISSED if n % 2 else REDESIGNATED)]
    rows += [
        twin(n, "101002002000", section=REDESIGNATED if n % 2 else DISMISSED)
        for n in range(1, OF_TWO + 1)
    ]  # fmt: skip
    read_file(ana, sorted(rows, key=lambda row: row["SUBJECT_ID"]))
    evaluated(ana)
    batch = approved_by(sam, submitted_by(ana, batches.compose(actor=ana, name="All", filter={}), theo))
    batch.filings.update(state=Filing.State.DRAFTED)  # to be quick, no paper is really drawn
    sign(theo, batch)
    batch.filings.update(state=Filing.State.SIGNED)
    PaperChunk.objects.filter(batch=batch).update(work_state="done")
    _take(ana, court, batch)
    return batch


def _take(ana: User, court: Court, batch: Batch) -> None:
    """The clerk's own list of what was taken, recorded."""
    text = io.StringIO()
    taken = [(case.case_number, f"{today():%m/%d/%Y}", f"E-{case.pk}") for case in batch.filings.all()]
    csv.writer(text).writerows([("Case", "Accepted", "Envelope"), *taken])
    of = receipts.upload(actor=ana, court=court, name="taken.csv", content=text.getvalue().encode())
    columns = {"case_number": "Case", "filed_on": "Accepted", "number": "Envelope"}
    of = receipts.choose_columns(actor=ana, list_id=of.pk, columns=columns)
    found = receipt_matching.lines(of, receipts.rows_of(of), today=today())
    assert receipts.record(actor=ana, list_id=of.pk, seen_hash=receipt_matching.matches_hash(found)) == PEOPLE


def _respond(ana: User, court: Court, book: Book) -> tuple[CourtResponse, int]:
    """The court's response uploaded, its columns and words said, and recorded; how many convictions that answered."""
    of, _ = responses.upload(actor=ana, court=court, name="rulings.csv", content=book.response())
    likely = response_words.likely_columns(of.headings)
    responses.choose_columns(actor=ana, response_id=of.pk, columns=likely)
    of = responses.choose_words(actor=ana, response_id=of.pk, meanings=simulated.MEANINGS)
    return of, responses.record(actor=ana, response_id=of.pk, seen_hash=of.matches_hash)


def test_what_is_handed_off_comes_back_answered_and_every_count_agrees(ana: User, filed: Batch) -> None:
    court = filed.filings.first().court
    to_court = handed(ana, court)
    rows = lines(handing_off.checked(to_court))
    assert len(rows) == to_court.row_count == filed.items.count() == CONVICTIONS

    book = simulated.answer(rows, today=today())
    assert len(simulated.by_decision(book)) == 3
    assert Counter(book.slips.values()) == dict.fromkeys(SLIPS, CONVICTIONS * 3 // 100)
    assert _in_part(book)
    of, answered = _respond(ana, court, book)

    _every_row_is_accounted_for(ana, of, book, answered)
    _every_conviction_stands_as_in_the_courts_book(book)
    _impact_is_what_the_court_granted(filed, book)
    _what_was_granted_is_handed_off(ana, court, book)


def _in_part(book: Book) -> set[str]:
    """Cases in which one conviction was granted and another denied."""
    of_case = defaultdict(set)
    for (case, _), (decision, _) in book.understood.items():
        of_case[case].add(decision)
    return {case for case, decisions in of_case.items() if {"granted", "denied"} <= decisions}


def _every_row_is_accounted_for(ana: User, of: CourtResponse, book: Book, answered: int) -> None:
    """Rows are recorded, noted as repeated, or listed for somebody to work off; the list names each."""
    assert list(of.rows.order_by("row").values_list("kind", flat=True)) == book.kinds
    states = Counter(of.rows.values_list("state", flat=True))
    assert states["recorded"] + states["noted"] + states["open"] == len(book.rows) == of.row_count
    assert states["recorded"] == answered == len(book.understood)
    assert states["noted"] == book.kinds.count("repeated")
    page = signed_in(ana).get(f"/relief/responses/{of.pk}/to-work-off.csv")
    listed = csv.DictReader(io.StringIO(page.getvalue().decode("utf-8-sig")))
    wrong = [number for number, kind in enumerate(book.kinds, start=1) if kind not in ("match", "repeated")]
    assert sorted(int(row["Row"]) for row in listed) == wrong
    assert len(wrong) == states["open"]


def _every_conviction_stands_as_in_the_courts_book(book: Book) -> None:
    """What the response hid or left out still waits."""
    asked = Asked.objects.values_list("item__case_number", "item__snapshot__section", "state")
    stands = {(case, section): state for case, section, state in asked}
    assert stands == {key: book.understood.get(key, ("waiting", ""))[0] for key in book.decided}


def _impact_is_what_the_court_granted(filed: Batch, book: Book) -> None:
    """Counted from the court's book: here a case is a person, and nobody has another conviction."""
    report, granted = impact.report(), Counter(book.granted.values())
    stage = report.stages["filed"]
    assert (stage.convictions, stage.people) == (CONVICTIONS, PEOPLE)
    stage = report.stages["granted"]
    assert (stage.convictions, stage.people) == (len(book.granted), len({case for case, _ in book.granted}))
    assert {
        "sealed": stage.sealed_felonies, "dismissed": stage.dismissed,
        "misdemeanor": stage.to_misdemeanor, "infraction": stage.to_infraction,
    } == granted  # fmt: skip
    histories: dict[str, list[Key]] = defaultdict(list)
    for key in book.decided:
        histories[key[0]].append(key)
    gone = [{book.granted.get(key, "") for key in keys} for keys in histories.values()]
    assert stage.no_felony == sum("" not in each for each in gone)
    assert stage.no_conviction == sum(each <= {"sealed", "dismissed"} for each in gone)
    assert report.batches == [(filed.pk, filed.name, CONVICTIONS, CONVICTIONS, len(book.granted))]


def _what_was_granted_is_handed_off(ana: User, court: Court, book: Book) -> None:
    """To the court and to the DOJ alike. What was ordered otherwise than asked is held back, and named."""
    held_back = {key for key, granted_as in book.granted.items() if granted_as == "infraction"}
    told = [row for row in handoff_rows.rows(court, "granted") if row.faults]
    assert {(row.values["case_number"], row.values["section"]) for row in told} == held_back
    made = [handed(ana, to, "granted") for to in (court, None)]
    for hand_off in made:
        rows = lines(handing_off.checked(hand_off))
        granted = {(row["Case number"], row["Section"]): row["Granted"] for row in rows}
        assert granted == {key: as_ for key, as_ in book.granted.items() if key not in held_back}
        assert hand_off.heading["held_back"] == len(held_back)
        assert hand_off.row_count + len(held_back) == len(book.granted)
    assert made[0].heading["totals"] == made[1].heading["totals"]
    left = [(each.court, each.stage, each.convictions) for each in handoff_queries.waiting(ana)]
    assert left == [(court, "granted", len(held_back)), (None, "granted", len(held_back))]
