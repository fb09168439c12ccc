"""What was handed to the invented county's courts, what they answered, and people who ask about their record."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import timedelta

from clearmyrecord.batches.models import BatchItem
from clearmyrecord.filings.models import Filing
from clearmyrecord.office import queries as office
from clearmyrecord.office.models import Court
from clearmyrecord.relief import handing_off, handoff_rows, inquiries, objections, response_words, responses
from clearmyrecord.relief.models import Asked, CourtAnswer, CourtResponse, Objection, ResponseRow
from tests.browser.answering import filed_batch
from tests.browser.county import County

CASES = 8
HEADINGS = ("Case No.", "Ruling", "Ruling Date", "Comment", "Hearing Date", "Dept.")
WORDS = {"granted": "granted", "denied": "denied", "set for hearing": "hearing"}


def fill(county: County) -> None:
    """Everything, after the papers of other batches are filed and handed to their courts."""
    hand_off(county)
    items = list(filed_batch(CASES).items.order_by("pk"))
    respond(county, items)
    object_to(county, items[-1])
    inquire(county, items)


def hand_off(county: County) -> None:
    """What was filed is handed to its court."""
    for court in Court.objects.filter(filings__state=Filing.State.FILED).distinct():
        rows = handoff_rows.rows(court, "filed")
        if any(not row.faults for row in rows):
            seen = handing_off.rows_hash(rows)
            made = handing_off.make(actor=county.people["ana"], court_id=court.pk, stage="filed", seen=seen)
            county.things |= {"hand_off": made.pk, "filed_court": court.pk}


def respond(county: County, items: Sequence[BatchItem]) -> None:
    """A response that is recorded, with a misspelt case number left, and one that is about to be."""
    today = office.today()
    day, hearing = f"{today:%m/%d/%Y}", f"{today + timedelta(30):%m/%d/%Y}"
    number = [item.case_number for item in items]
    kept = _uploaded(
        county,
        "martinez-rulings.csv",
        (number[0], "Granted", day, "", "", ""),
        (number[1], "Granted", day, "", "", ""),
        (number[2], "Denied", day, "Not within the section.", "", ""),
        (number[3], "Set for hearing", day, "", hearing, "12"),
        (f"{number[4]}X", "Granted", day, "", "", ""),
    )
    likely = response_words.likely_columns(kept.headings)
    responses.choose_columns(actor=county.people["ana"], response_id=kept.pk, columns=likely)
    of = responses.choose_words(actor=county.people["ana"], response_id=kept.pk, meanings=WORDS)
    responses.record(actor=county.people["ana"], response_id=of.pk, seen_hash=of.matches_hash)
    new = _uploaded(
        county,
        "martinez-rulings-2.csv",
        (number[5], "Granted", day, "", "", ""),
        (number[6], "Off calendar", day, "", "", ""),
        ("XX999", "Denied", day, "No such case here.", "", ""),
    )
    county.things |= {
        "response": of.pk, "new_response": new.pk,
        "response_row": of.rows.get(state=ResponseRow.State.OPEN).pk,
        "granted_item": items[0].pk, "granted_answer": CourtAnswer.objects.get(item=items[0]).pk,
        "misspelt_matter": _reference(items[4]), "waiting_matter": _reference(items[5]),
    }  # fmt: skip


def _uploaded(county: County, name: str, *rows: Sequence[str]) -> CourtResponse:
    """Kept as the first court's. From its second file on the columns are known."""
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS, *rows])
    court = Court.objects.get(pk=county.things["court"])
    kept, _ = responses.upload(actor=county.people["ana"], court=court, name=name, content=text.getvalue().encode())
    return kept


def _reference(item: BatchItem) -> str:
    matter = Asked.objects.get(item=item).filing
    assert matter is not None
    return matter.reference


def object_to(county: County, item: BatchItem) -> None:
    """The public defender objects to one conviction."""
    objections.object_to(
        actor=county.people["ana"], item_ids=[item.pk], who="defender", name="Pat Park", raised_on=office.today(),
        ground="unwanted", text="My client asks for the plea to be withdrawn instead.",
    )  # fmt: skip
    county.things["court_objection"] = Objection.objects.get(item=item).pk


def inquire(county: County, items: Sequence[BatchItem]) -> None:
    """A person at the counter, found and written to; a lawyer's letter that misspells its client."""
    ana = county.people["ana"]
    person, other = (Asked.objects.get(item=item).subject for item in (items[2], items[0]))
    told = {
        "channel": "counter", "asker": "self", "asker_name": "", "contact": "(925) 555-0142",
        "name": _as_said(person.name), "birth_date": person.birth_date, "note": "", "asked_on": office.today(),
    }  # fmt: skip
    matched = inquiries.log(actor=ana, values=told)
    inquiries.say_who(actor=ana, inquiry_id=matched.pk, subject_id=person.pk, identity="Driver’s licence seen.")
    inquiries.write_letter(
        actor=ana, inquiry_id=matched.pk, language="en-US", address=["6 Demonstration Street", "Martinez, CA 94553"],
        defender_phone="(925) 555-0177",
    )  # fmt: skip
    misspelt = _as_said(other.name)[:-1]
    asked = told | {
        "channel": "letter", "asker": "counsel", "asker_name": "Lee Example", "contact": "lee@counsel.example",
        "name": misspelt, "birth_date": other.birth_date, "note": "Needed for an application by the end of the month.",
    }  # fmt: skip
    county.things |= {"inquiry": matched.pk, "open_inquiry": inquiries.log(actor=ana, values=asked).pk}


def _as_said(name: str) -> str:
    """A name of a record file as its bearer says it."""
    last, _, first = name.partition(",")
    return f"{first} {last}".strip().title()
