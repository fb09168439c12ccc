"""Convictions that only a court's extract shows, in a run."""

import pytest

from clearmyrecord.office.models import Office
from clearmyrecord.records import services as records
from clearmyrecord.records.models import CourtRow, Suggestion
from clearmyrecord.reviews.queries import standing
from clearmyrecord.runs.models import Determination
from tests.records import extracts
from tests.records.factories import conviction, read_file
from tests.runs.factories import run_of

pytestmark = pytest.mark.django_db

JANE = extracts.line("CR7777-7", "Doe, Jane", "1/1/1980", "11359 HS", day=extracts.date(2005, 5, 6))


@pytest.fixture
def run(ana, office):
    read_file(ana, [conviction()])
    extracts.read(ana, JANE)
    return run_of(ana)


def decided():
    own = CourtRow.objects.get(kind="only_court").own
    return Determination.objects.get(conviction=own, superseded_at=None)


def test_it_is_decided_on_and_everything_adds_up(run):
    assert run.convictions_in_scope == 2
    assert run.reconciliation["balances"]
    assert decided().reading.file_subject.file.kind == "court"


def test_what_hangs_on_the_persons_history_is_left_to_a_person(run):
    found = decided()
    assert found.outcome == "hand_review"
    assert any("criminal history" in fact or "superstrike" in fact for fact in found.unknown_facts)
    assert "Only a court's extract shows this conviction, no DOJ file" in found.remarks


def test_once_the_person_is_confirmed_the_history_counts(ana, run):
    before = decided()
    asked = Suggestion.objects.get(kind="subject", state="open")
    records.confirm_suggestion(actor=ana, suggestion_id=asked.pk, reason="Same person")
    after = decided()
    assert after.pk != before.pk
    assert not any("criminal history" in fact for fact in after.unknown_facts)


def test_no_batch_takes_it_since_papers_rest_on_doj_files(run):
    from clearmyrecord.batches.readiness import examine

    rows = standing(run).filter(conviction=decided().conviction_id)
    (candidate,) = examine(rows, office=Office.objects.get())
    assert "court_only" in {obstacle.code for obstacle in candidate.obstacles}
