"""The list of reasons: short, dated, each for its direction."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Invalid
from clearmyrecord.reviews import forms, overriding, reasons, selection, services
from clearmyrecord.reviews.models import Override
from clearmyrecord.runs.models import Determination

TODAY = date(2026, 11, 24)
OUTCOMES = ("dismiss", "redesignate", "resentence", "hand_review", "not_eligible")


def test_every_reason_says_what_it_is_for_and_since_when():
    every = reasons.every()
    assert len({each.code for each in every}) == len(every)
    for each in every:
        assert set(each.directions) <= set(reasons.DIRECTIONS)
        assert each.directions
        assert each.says.endswith(".")


@pytest.mark.parametrize(
    ("found", "wanted", "direction"),
    [
        ("dismiss", "not_eligible", "denies"),
        ("hand_review", "not_eligible", "denies"),
        ("not_eligible", "dismiss", "grants"),
        ("hand_review", "redesignate", "grants"),
        ("redesignate", "dismiss", "changes"),
    ],
)
def test_a_direction_is_seen_from_what_the_run_found(found, wanted, direction):
    assert reasons.direction(found, wanted) == direction


@pytest.mark.parametrize("found", OUTCOMES)
def test_a_page_offers_at_least_one_reason_and_no_more_than_there_are_keys(found):
    offered = [
        each
        for each in reasons.offered(TODAY)
        if any(reasons.fits(each.code, found, to) for to in overriding.OUTCOMES if to != found)
    ]
    assert 1 <= len(offered) <= 9


def test_a_reason_is_on_offer_from_its_first_day_to_its_last(monkeypatch):
    dated = reasons.Reason("old", "Old.", ("grants",), TODAY, TODAY)
    monkeypatch.setattr(reasons, "every", lambda: (dated,))
    assert [reasons.offered(TODAY + timedelta(days=day)) for day in (-1, 0, 1)] == [[], [dated], []]


@pytest.mark.django_db
class TestGiven:
    def test_code_and_words_are_kept_and_the_trail_has_the_code(self, standing_of, ana):
        row = standing_of("sale")
        services.override(
            actor=ana, determination_ids=[row.pk], outcome="dismiss", listed="more_than_statute", reason=" See file. "
        )
        made = Override.objects.get()
        assert made.listed == "more_than_statute"
        assert made.reason == "The office asks for more than the statute gives. See file."
        assert AuditEvent.objects.get(verb="review.overridden").detail["reason_code"] == "more_than_statute"

    @pytest.mark.parametrize(
        ("listed", "says"),
        [("prior_bars", "says something else"), ("feeling", "offered reasons"), ("", "needs a reason")],
    )
    def test_one_that_does_not_fit_is_refused(self, listed, says, standing_of, ana):
        with pytest.raises(Invalid, match=says):
            services.override(actor=ana, determination_ids=[standing_of("sale").pk], outcome="dismiss", listed=listed)
        assert not Override.objects.exists()

    def test_a_selection_leaves_alone_what_the_reason_does_not_fit(self, standing_of, ana):
        Determination.objects.filter(pk=standing_of("cultivation").pk).update(outcome="not_eligible", basis="")
        ids = [standing_of("sale").pk, standing_of("cultivation").pk]
        preview = selection.overriding_to(ids, overriding.Wanted("dismiss", "policy", "no_bar"), ana)
        assert preview.ids == [standing_of("cultivation").pk]
        assert [number for _, number in preview.left_alone] == [1]

    def test_each_offered_reason_names_the_outcomes_it_fits(self, standing_of):
        form = forms.OverrideForm(row=standing_of("sale"), stated={})
        html = str(form["listed"])
        assert '<option value="prior_bars" data-outcomes="not_eligible">' in html
        assert '<option value="more_than_statute" data-outcomes="dismiss">' in html
        assert "not_opposed" not in html
