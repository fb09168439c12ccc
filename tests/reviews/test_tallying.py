"""What the queue holds in memory is what the database would say, after whatever act."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from clearmyrecord.audit import services as audit
from clearmyrecord.batches import services as batches
from clearmyrecord.records.models import Subject
from clearmyrecord.reviews import answering, searches, services, tallying
from clearmyrecord.reviews.models import Review
from clearmyrecord.reviews.tallies import SORTS, Tally
from clearmyrecord.reviews.tallying import tally
from clearmyrecord.runs import queries as runs
from clearmyrecord.runs import services as runs_services
from tests.cast import signed_in
from tests.reviews.conftest import PEOPLE, evaluated

pytestmark = pytest.mark.django_db


def told(counted: Tally) -> Any:
    """Everything that a tally says, in a form that can be compared."""
    orders = {sort: counted.listed({"sort": sort}).determination.tolist() for sort in SORTS}
    rows = {name: column.tolist() for name, column in vars(counted.listed({})).items() if name != "line"}
    return counted.counts({}), orders, rows


def forget() -> None:
    """As in a process that starts."""
    tallying._kept.clear()


ACTS: dict[str, Any] = {
    "accepted": lambda row, ana, theo: services.accept(actor=ana, determination_ids=[row.pk]),
    "overridden": lambda row, ana, theo: services.override(
        actor=ana, determination_ids=[row.pk], outcome="dismiss", reason="Small."
    ),
    "assigned": lambda row, ana, theo: services.assign(actor=ana, determination_ids=[row.pk], to=theo),
    "taken": lambda row, ana, theo: services.take_next(actor=theo, values={"sort": "-date"}),
    "commented": lambda row, ana, theo: services.comment(actor=ana, conviction_id=row.conviction_id, text="Look."),
    "fact stated": lambda row, ana, theo: answering.answer(
        actor=ana, determination_id=row.pk, fact="still_serving", value="yes", source="docket"
    ),
    "run used": lambda row, ana, theo: runs_services.use_run(
        actor=ana, run_id=evaluated(ana, policy="contra_costa_2019", as_of=date(2025, 7, 1)).pk
    ),
    "view": lambda row, ana, theo: signed_in(ana).get(f"/reviews/{row.conviction_id}/"),
    "filter kept": lambda row, ana, theo: searches.save_filter(actor=ana, name="x", values={}),
    "batch composed": lambda row, ana, theo: batches.compose(actor=ana, name="First", filter={}),
}


class TestKeptTally:
    """What is kept in memory says after every act what reading everything again would say."""

    @pytest.mark.parametrize("act", sorted(ACTS))
    def test_it_is_brought_up_to_date_with(self, act, standing_of, ana, theo):
        before = told(tally(runs.current_run()))
        ACTS[act](standing_of("sale"), ana, theo)
        kept = told(tally(runs.current_run()))
        forget()
        assert kept == told(tally(runs.current_run()))
        assert (kept != before) == (act not in ("commented", "view", "filter kept", "batch composed"))

    def test_of_whom_an_act_names_only_theirs_is_read_again(self, standing_of, ana, monkeypatch):
        tally(runs.current_run())
        monkeypatch.setattr(tallying, "_read", None)
        services.accept(actor=ana, determination_ids=[standing_of("sale").pk, standing_of("undated").pk])
        assert tally(runs.current_run()).counts({})["state"] == {"open": len(PEOPLE) - 2, "accepted": 2}
        services.undo(actor=ana, determination_id=standing_of("sale").pk)
        assert tally(runs.current_run()).counts({})["state"] == {"open": len(PEOPLE) - 1, "accepted": 1}

    def test_what_two_who_are_one_person_have_is_read_again_together(self, run, standing_of, ana):
        one, other = standing_of("sale").conviction.subject, standing_of("cultivation").conviction.subject
        Subject.objects.filter(pk=other.pk).update(same_as=one)
        forget()
        tally(runs.current_run())
        runs_services.state_fact(
            actor=ana, conviction_id=standing_of("cultivation").conviction_id, fact="still_serving", value="yes",
            source="docket",
        )  # fmt: skip
        kept = told(tally(runs.current_run()))
        forget()
        assert kept == told(tally(runs.current_run()))

    def test_after_an_unheard_of_act_and_after_many_everything_is_read_again(self, standing_of, ana, monkeypatch):
        tally(runs.current_run())
        Review.objects.create(
            conviction=standing_of("sale").conviction, determination=standing_of("sale"), state="accepted"
        )
        assert "accepted" not in tally(runs.current_run()).counts({})["state"]
        audit.record(actor=ana, verb="unheard.of")
        assert tally(runs.current_run()).counts({})["state"]["accepted"] == 1
        Review.objects.all().delete()
        monkeypatch.setattr(tallying, "MOST_EVENTS", 3)
        for _ in range(4):
            audit.record(actor=ana, verb="filter.saved")
        assert "accepted" not in tally(runs.current_run()).counts({})["state"]
