"""An attorney recommends resentencing under PC 1172.1 for somebody still serving."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import omnibus, queries, recommendations, services
from clearmyrecord.batches.models import Recommendation
from clearmyrecord.errors import Conflict, NotAllowed
from clearmyrecord.reviews import queries as reviews
from tests.batches.conftest import PEOPLE, submitted_by
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in
from tests.records.factories import read_file
from tests.reviews.conftest import evaluated, person

FIELDS = {
    "commitment": "state_prison",
    "committed_on": "2016-03-20",
    "total": "twenty years",
    "total_days": 7305,
    "served": "eight years and 12 days",
    "credits": "2,934 days actual and 2,934 days of conduct credit",
    "earliest_release": "January 4, 2027",
    "exhibit_a": "Abstract of judgment",
    "exhibit_b": "Custody records",
    "exhibit_c": "Plan for release",
    "custody_exhibit": "B",
    "changes": "Since 2018 an enhancement of this kind may be struck.",
    "factor_1": "There has been no rule violation since 2018",
    "factor_1_exhibit": "B",
    "factor_2_exhibit": "A",
    "factor_3_exhibit": "A",
    "safe_because": "The plan for release is in Exhibit C",
    "proposed_total": "180 days in county jail",
    "proposed_days": 180,
    "supervision": "none",
    "victims": "none_known",
    "concurs": "on",
    "stipulated": "on",
    "is_supervising": "on",
    "source": "prison records of June 1, 2024",
}


def conviction_of(name: str = "serving") -> int:
    return reviews.standing().get(conviction__subject__cii_number=PEOPLE[name][0]["CII_NUMBER"]).conviction_id


def filled(conviction_id: int, **others) -> dict[str, object]:
    own = f"count_{conviction_id}"
    return FIELDS | {
        f"{own}_sentence": "twenty years, upper term",
        f"{own}_exposure_now": "a misdemeanor, up to six months in county jail",
        f"{own}_proposed": "180 days in county jail",
        f"{own}_lesser": "11359(b)",
    } | others  # fmt: skip


def asked(user, conviction_id: int, **others):
    url = reverse("batches:recommendation", args=[conviction_id])
    return signed_in(user).post(url, filled(conviction_id, **others))


@pytest.fixture
def chosen(run, theo) -> Recommendation:
    assert asked(theo, conviction_of()).status_code == 302
    return Recommendation.objects.get()


class TestChoosing:
    def test_keeps_the_facts_by_case_with_who_chose_and_is_in_the_trail(self, chosen, theo):
        assert (chosen.case_number, chosen.attorney) == ("CR0009", theo)
        (count,) = chosen.facts["counts"]
        assert (count["section"], count["severity"], count["new_section"]) == ("11359", "felony", "11359(b)")
        event = AuditEvent.objects.get(verb="recommendation.chosen")
        assert event.subjects == [chosen.subject_id]
        assert event.detail == {}

    def test_takes_the_place_of_the_serving_form(self, chosen, ana):
        batch = services.compose(actor=ana, name="Serving", filter={"route": "serving"})
        (candidate,) = queries.candidates(batch)
        assert candidate.is_ready

    def test_asks_again_when_the_record_has_the_conviction_otherwise(self, chosen, ana):
        services.run_services.state_fact(
            actor=ana, conviction_id=conviction_of(), fact="severity", value="misdemeanor", source="docket"
        )
        batch = services.compose(actor=ana, name="Serving", filter={"route": "serving"})
        (candidate,) = queries.candidates(batch)
        assert "recommendation" in [obstacle.code for obstacle in candidate.obstacles]

    def test_makes_the_attorney_a_preparer_and_is_frozen(self, chosen, ana, theo):
        batch = submitted_by(ana, services.compose(actor=ana, name="Serving", filter={"route": "serving"}), theo)
        assert batch.preparers.filter(user=theo).exists()
        assert batch.items.get().snapshot["recommendation"]["total"] == "twenty years"

    def test_is_never_on_an_omnibus_motion(self, chosen, ana):
        batch = services.compose(actor=ana, name="Serving", filter={"route": "serving"})
        assert "A recommendation under PC § 1172.1 is never on it." in omnibus.reasons_against(
            queries.candidates(batch)
        )

    @pytest.mark.parametrize(
        ("field", "value", "reason"),
        [
            ("commitment", "probation", "not probation alone"),
            ("commitment", "county_jail", "or another jail term"),
            ("is_supervising", "", "A supervising deputy signs"),
            ("proposed_days", 8000, "longer than the original one"),
            ("committed_on", "2016-02-01", "are not in order"),
            ("concurs", "", "needs the defendant’s concurrence"),
            ("victims", "contacted", "What was done to reach the victim is not stated"),
            ("custody_exhibit", "D", "Exhibit D is named but not listed"),
        ],
    )
    def test_what_the_law_forbids_comes_back_with_the_reason(self, field, value, reason, run, theo):
        response = asked(theo, conviction_of(), **{field: value})
        assert response.status_code == 422
        assert reason in response.content.decode().replace("&#x27;", "’")
        assert not Recommendation.objects.exists()

    def test_a_misdemeanor_is_blocked_before_any_form(self, run, ana, theo):
        read_file(
            ana,
            person(
                20, section="11357 HS-POSSESS", severity="MISDEMEANOR", day="20231201", SENT_LENGTH="002",
                SENT_TIME_CODE="Y", SENT_LOC_DESCR="PROBATION",
            ),
        )  # fmt: skip
        services.run_services.use_run(actor=ana, run_id=evaluated(ana).pk)
        row = reviews.standing().get(conviction__subject__cii_number="A00000020")
        assert row.route == "serving"
        response = signed_in(theo).get(reverse("batches:recommendation", args=[row.conviction_id]))
        assert "Section 1172.1 reaches a felony; this judgment has none." in response.content.decode()
        assert "Recommend resentencing</button>" not in response.content.decode()

    def test_a_completed_sentence_is_blocked(self, run, theo):
        conviction_id = conviction_of("sale")
        assert asked(theo, conviction_id).status_code == 422
        assert not Recommendation.objects.exists()

    def test_attorneys_only(self, run, ana, sam, ivy):
        for user in (ana, sam, ivy):
            assert asked(user, conviction_of()).status_code == 403
        with pytest.raises(NotAllowed):
            recommendations.choose(actor=ana, conviction_id=conviction_of(), facts={})

    def test_a_second_choice_supersedes_the_first_and_shows_it_beforehand(self, chosen, theo):
        url = reverse("batches:recommendation", args=[conviction_of()])
        shown = signed_in(theo).get(url).content.decode()
        for said in ("Chosen by Theo Tran", "twenty years, upper term", "There has been no rule violation since 2018"):
            assert said in shown
        asked(theo, conviction_of(), total="nineteen years")
        assert Recommendation.objects.get(superseded_at=None).facts["total"] == "nineteen years"
        assert Recommendation.objects.count() == 2


class TestTakingBack:
    def test_gives_the_case_its_motion_again(self, chosen, theo, ana):
        recommendations.take_back(actor=theo, conviction_id=conviction_of())
        batch = services.compose(actor=ana, name="Serving", filter={"route": "serving"})
        (candidate,) = queries.candidates(batch)
        assert [obstacle.code for obstacle in candidate.obstacles] == ["serving_form"]
        with pytest.raises(Conflict):
            recommendations.take_back(actor=theo, conviction_id=conviction_of())

    def test_on_the_page_by_an_attorney(self, chosen, theo, ana):
        url = reverse("batches:take_back", args=[conviction_of()])
        assert signed_in(ana).post(url).status_code == 403
        assert signed_in(theo).post(url).status_code == 302
        assert not Recommendation.objects.filter(superseded_at=None).exists()


def test_every_conviction_of_the_case_is_a_count(run, ana, theo):
    both = [
        *PEOPLE["serving"],
        PEOPLE["serving"][1] | {"CNT_ORDER": "101002002000", "OFFENSE_DESCR": "11360 HS-SELL MARIJUANA"},
    ]
    read_file(ana, both)
    services.run_services.use_run(actor=ana, run_id=evaluated(ana).pk)
    row = reviews.standing().filter(conviction__subject__cii_number="A00000009").first()
    counts = recommendations.counts_of(recommendations.candidate_of(row.conviction_id))
    assert [(count.section, count.convicted_on) for count in counts] == [
        ("11359", date(2016, 3, 1)),
        ("11360", date(2016, 3, 1)),
    ]
