"""The papers of a case for which an attorney recommends resentencing under PC 1172.1."""

from __future__ import annotations

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from clearmyrecord.batches import services as batches
from clearmyrecord.filings import jobs
from tests.batches.conftest import submitted_by
from tests.batches.test_recommendations import asked, chosen, conviction_of
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in
from tests.filings.test_papers import words_of, zip_of

__all__ = ["chosen"]


def preview(user, kind):
    return signed_in(user).get(reverse("filings:preview", args=[conviction_of(), kind]))


class TestPreview:
    def test_shows_the_recommendation_and_its_order_watermarked(self, chosen, theo):
        for kind, said in (("recommendation", "recommends and moves"), ("order", "is RECALLED")):
            response = preview(theo, kind)
            assert response["Content-Type"] == "application/pdf"
            text = " ".join(words_of(response.content).split())
            for words in (said, "NOT FOR FILING", "CR0009", "180 days in county jail"):
                assert words in text, words

    def test_there_is_no_motion_beside_it_and_no_recommendation_without_a_choice(self, chosen, theo, ana):
        response = preview(ana, "motion")
        assert response.status_code == 422
        assert "An attorney chose a recommendation" in response.content.decode()
        signed_in(theo).post(reverse("batches:take_back", args=[conviction_of()]))
        assert preview(ana, "recommendation").status_code == 422

    def test_the_page_of_the_conviction_leads_an_attorney_to_it(self, run, theo, ana):
        page = reverse("reviews:conviction", args=[conviction_of()])
        link = reverse("batches:recommendation", args=[conviction_of()])
        assert link in signed_in(theo).get(page).content.decode()
        assert link not in signed_in(ana).get(page).content.decode()


@pytest.fixture
def filing(chosen, ana, theo, sue):
    batch = submitted_by(ana, batches.compose(actor=ana, name="Serving", filter={"route": "serving"}), theo)
    batches.approve(actor=sue, batch_id=batch.pk, seen_hash=batch.list_hash)
    for chunk in batch.paper_chunks.all():
        jobs.draft_chunk(chunk.pk)
    jobs.make_package(batch.package.pk)
    return batch.filings.get()


class TestPapers:
    def test_are_the_recommendation_and_its_order_in_place_of_the_motion(self, filing):
        assert sorted(filing.papers.values_list("kind", flat=True)) == ["order", "recommendation"]
        paper = filing.papers.get(kind="recommendation")
        text = " ".join(words_of(default_storage.open(paper.storage_key).read()).split())
        for said in ("1172.1", "P9 DOE", "twenty years", "11359(b)", "Theo Tran"):
            assert said in text, said
        assert "CR0009-1172-1-recommendation.pdf" in zip_of(filing.batch).namelist()

    def test_say_what_was_frozen_whatever_is_chosen_later(self, filing, theo):
        before = filing.papers.get(kind="recommendation").sha256
        asked(theo, conviction_of(), total="nineteen years")
        paper = filing.papers.get(kind="recommendation")
        assert paper.sha256 == before
        copy = signed_in(theo).get(reverse("filings:archive_copy", args=[paper.pk])).content
        assert "twenty years" in " ".join(words_of(copy).split())
