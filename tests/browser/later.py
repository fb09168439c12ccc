"""More of the invented county: second looks, the public defender, courts' own records, runs compared."""

from __future__ import annotations

from decimal import Decimal

from clearmyrecord.batches import giving, objecting, returning
from clearmyrecord.batches import services as batches
from clearmyrecord.batches.models import Batch
from clearmyrecord.office.models import Court, Office
from clearmyrecord.records import court_extracts
from clearmyrecord.records.models import CourtRow
from clearmyrecord.reviews import queries as reviews
from clearmyrecord.reviews import second_review_queries, second_reviews
from clearmyrecord.reviews import services as review_services
from clearmyrecord.runs import comparisons
from clearmyrecord.runs import services as runs
from clearmyrecord.runs.models import Run, RunComparison
from tests.browser.county import County, until
from tests.records import extracts

COMPLETED = {"outcome": "dismiss", "route": "completed"}


def fill(county: County) -> None:
    """Everything, after the records and the batches are there."""
    second_looks(county)
    give_to_defender(county)
    return_one(county)
    compare_runs(county)
    extract(county)


def second_looks(county: County) -> None:
    """Every decided conviction is to be looked at twice: one disagreement, one taken by Theo."""
    ana, theo = county.people["ana"], county.people["theo"]
    Office.objects.update(second_review_share=Decimal("100"))
    open_ones = reviews.standing().filter(review_state="open", outcome="dismiss", route="completed").order_by("pk")
    review_services.accept(actor=ana, determination_ids=list(open_ones.values_list("pk", flat=True)[20:24]))
    first = second_reviews.take(actor=theo)
    assert first is not None
    row = second_review_queries.taken(theo, first)
    other = next(each for each in second_review_queries.outcomes_of(row) if each != row.outcome)
    second_reviews.answer(
        actor=theo, second_review_id=first, determination_id=row.pk, outcome=other, reason="The docket shows a sale."
    )
    county.things |= {"disagreement": first, "second_review": second_reviews.take(actor=theo)}


def give_to_defender(county: County) -> None:
    """The submitted batch is given to the public defender, who objects to one and proposes another."""
    batch, pat = Batch.objects.get(pk=county.things["submitted"]), county.people["pat"]
    (grant,) = giving.give(
        actor=county.people["sam"], batch_ids=[batch.pk], defender_id=pat.pk, reason="Agreement of March 2026"
    )
    item = batch.items.order_by("pk")[0]
    objection = objecting.object_to(
        actor=pat, batch_id=batch.pk, item_id=item.pk, reason="My client asks to be heard first."
    )
    objecting.propose(
        actor=pat, batch_id=batch.pk, case_number="CR99001", section="11357", name="", what="", reason="Same facts."
    )
    county.things |= {"grant": grant.pk, "objection": objection.pk}


def return_one(county: County) -> None:
    """A batch that came back with a comment on one conviction."""
    sam, batch = county.people["sam"], county.submitted(county.small("Sales", COMPLETED | {"section": "11359"}))
    item = batch.items.order_by("pk")[0]
    returning.comment(actor=sam, batch_id=batch.pk, item_id=item.pk, text="Look at the other count of this case.")
    batches.return_batch(actor=sam, batch_id=batch.pk, comment="One conviction needs another look.")
    county.things["returned"] = batch.pk


def compare_runs(county: County) -> None:
    """A second run under another policy, and what it finds otherwise."""
    ana = county.people["ana"]
    run = runs.start_run(actor=ana, policy_id=county.things["other_policy"])
    until(lambda: Run.objects.get(pk=run.pk).state == Run.State.FINISHED)
    comparison = comparisons.comparison_of(ana, county.things["run"], run.pk)
    until(lambda: comparisons.is_ready(RunComparison.objects.get(pk=comparison.pk)))
    difference = comparison.differences.order_by("pk").first()
    assert difference is not None
    county.things |= {"other_run": run.pk, "changed_conviction": difference.conviction_id}


def extract(county: County) -> None:
    """A court's extract that is read, and one that is about to be."""
    ana, court = county.people["ana"], Court.objects.order_by("pk").first()
    rows = (extracts.MATCHED, extracts.ONLY_COURT, extracts.DISMISSED, extracts.SET_ASIDE)
    read = extracts.kept(ana, *rows, court=court)
    saved = court_extracts.save_mapping(actor=ana, file_id=read.pk, mapping=extracts.MAPPING)
    court_extracts.read(actor=ana, file_id=read.pk, mapping_id=saved.pk)
    until(lambda: type(read).objects.get(pk=read.pk).work_state == "done")
    unread = extracts.kept(ana, extracts.CONTRADICTING, court=court, name="court-2027.csv")
    court_extracts.save_mapping(actor=ana, file_id=unread.pk, mapping=extracts.MAPPING)
    row = CourtRow.objects.order_by("pk").first()
    assert row is not None
    county.things |= {"extract": read.pk, "new_extract": unread.pk, "court_row": row.pk}
