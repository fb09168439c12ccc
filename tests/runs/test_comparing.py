"""Two runs compared: what is new, gone and changed, and what made it so."""

from datetime import date
from typing import Any

import pytest

from clearmyrecord import work
from clearmyrecord.errors import Conflict, NotAllowed, NotFound
from clearmyrecord.records import services as records
from clearmyrecord.records.models import Conviction, Suggestion
from clearmyrecord.runs import comparing, comparisons, queries, services
from clearmyrecord.runs.models import Run, RunComparison, RunDifference
from eligibility.records import sample
from tests.records.factories import arrest, conviction, read_file
from tests.runs.factories import run_of

pytestmark = pytest.mark.django_db

JANE = {"subject_id": "10000001", "cii": "A10000001"}
RALPH = {"subject_id": "10000002", "cii": "A10000002"}


def both(person: dict[str, str], **columns: str) -> list[dict[str, str]]:
    return [arrest(**person), conviction(**person, **columns)]


def compared(before: Run, after: Run) -> dict[int, RunDifference]:
    """The differences by conviction, found as a worker would."""
    comparison = comparing.ask_for(before, after)
    comparing.compare(comparison.pk)
    return in_the_table(before, after)


def in_the_table(before: Run, after: Run) -> dict[int, RunDifference]:
    comparison = RunComparison.objects.get(before=before, after=after)
    assert comparison.work_state == work.Work.WorkState.DONE
    return {each.conviction_id: each for each in comparison.differences.select_related("before", "after")}


def by_cii(cii: str) -> int:
    return Conviction.objects.get(subject__cii_number=cii, newest_reading__isnull=False).pk


def result_of(determination: Any) -> tuple[Any, ...] | None:
    if determination is None:
        return None
    names = ("outcome", "route", "basis", "sealing", "new_section", "new_severity")
    return tuple(getattr(determination, name) for name in names)


class TestTheDifferences:
    @pytest.fixture
    def runs(self, ana, office, tmp_path):
        path = tmp_path / "invented.csv"
        sample.write(path, subjects=80, seed=3)
        read_file(ana, path.read_bytes())
        return run_of(ana, "office_choice"), run_of(ana, "contra_costa_2019")

    def test_are_exactly_the_convictions_with_another_result_or_that_one_run_lacks(self, runs):
        before, after = runs
        old, new = ({each.conviction_id: result_of(each) for each in queries.standing(run)} for run in runs)
        expected = {pk for pk in old.keys() | new.keys() if old.get(pk) != new.get(pk)}
        found = {pk: each for pk, each in compared(before, after).items() if each.kind != "same"}
        assert set(found) == expected
        assert len(expected) > 20
        for pk, each in found.items():
            assert (result_of(each.before), result_of(each.after)) == (old.get(pk), new.get(pk))
        assert {each.kind for each in found.values()} == {"changed", "new"}

    def test_between_two_policies_of_one_file_only_the_policy_is_named(self, runs):
        assert {tuple(each.causes) for each in compared(*runs).values()} == {("policy",)}

    def test_the_other_way_round_what_was_new_is_gone(self, runs):
        there, back = compared(*runs), compared(*reversed(runs))
        assert {pk for pk, each in there.items() if each.kind == "new"} == {
            pk for pk, each in back.items() if each.kind == "gone"
        }

    def test_the_counts_by_pair_of_outcomes_add_up(self, runs):
        found = [each for each in compared(*runs).values() if each.kind != "same"]
        tallied = comparisons.tally(RunComparison.objects.get(before=runs[0], after=runs[1]))
        pairs = comparisons.pairs(tallied)
        assert sum(number for _, _, number in pairs) == len(found)
        assert all(
            number == sum((each.outcome_before, each.outcome_after) == (before, now) for each in found)
            for before, now, number in pairs
        )

    def test_a_run_made_again_differs_in_nothing(self, ana, runs):
        assert compared(runs[1], run_of(ana, "contra_costa_2019")) == {}

    def test_are_the_same_when_found_twice(self, runs):
        first = {(each.conviction_id, tuple(each.causes)) for each in compared(*runs).values()}
        comparing.compare(RunComparison.objects.get(before=runs[0], after=runs[1]).pk)
        assert {(each.conviction_id, tuple(each.causes)) for each in in_the_table(*runs).values()} == first


class TestWhy:
    @pytest.fixture
    def before(self, ana, office):
        read_file(ana, [*both(JANE), *both(RALPH, case="CR2002")], "first.csv")
        return run_of(ana, "office_choice")

    def test_a_newer_reading_of_the_conviction(self, ana, before):
        read_file(ana, both(JANE, severity="MISDEMEANOR"), "second.csv")
        found = compared(before, run_of(ana, "office_choice"))
        assert {pk: (each.kind, each.changed, each.causes) for pk, each in found.items()} == {
            by_cii("A10000001"): ("changed", ["outcome", "basis", "sealing", "target", "rule"], ["reading"])
        }

    def test_a_file_with_somebody_who_was_not_known(self, ana, before):
        read_file(ana, both({"subject_id": "10000003", "cii": "A10000003"}, case="CR3"), "second.csv")
        found = compared(before, run_of(ana, "office_choice"))
        assert {pk: (each.kind, each.causes) for pk, each in found.items()} == {
            by_cii("A10000003"): ("new", ["reading"])
        }

    def test_a_file_set_aside(self, ana, before):
        second = read_file(ana, both({"subject_id": "10000003", "cii": "A10000003"}, case="CR3"), "second.csv")
        with_it = run_of(ana, "office_choice")
        known = by_cii("A10000003")
        records.set_aside(actor=ana, file_id=second.pk, reason="Not ours.")
        found = compared(with_it, run_of(ana, "office_choice"))
        assert {pk: (each.kind, each.causes) for pk, each in found.items()} == {known: ("gone", ["reading"])}

    def test_other_records_of_the_same_person(self, ana, office):
        read_file(ana, both(JANE, day="20230203"), "first.csv")
        before = run_of(ana, "contra_costa_2019")
        read_file(
            ana,
            [conviction(**JANE, section="459 PC-BURGLARY", day="20230405", case="CR9", order="103001001000")],
            "second.csv",
        )
        found = compared(before, run_of(ana, "contra_costa_2019"))
        (each,) = found.values()
        assert "outcome" in each.changed
        assert each.causes == ["person"]

    def test_another_as_of_day_after_which_the_sentence_has_ended(self, ana, office):
        read_file(ana, both(JANE, day="20240620", SENT_LENGTH="060"), "first.csv")
        before = run_of(ana, "office_choice", as_of=date(2024, 7, 1))
        found = compared(before, run_of(ana, "office_choice", as_of=date(2024, 12, 1)))
        (each,) = found.values()
        assert (each.outcome_before, each.outcome_after) == ("resentence", "redesignate")
        assert "route" in each.changed
        assert each.causes == ["as_of"]

    def test_a_fact_stated_in_the_current_run_is_a_difference_at_once(self, ana, before):
        after = run_of(ana, "office_choice")
        services.use_run(actor=ana, run_id=after.pk)
        assert compared(before, after) == {}
        jane = by_cii("A10000001")
        services.state_fact(actor=ana, conviction_id=jane, fact="severity", value="misdemeanor", source="The docket.")
        found = in_the_table(before, after)
        assert {pk: each.causes for pk, each in found.items()} == {jane: ["stated"]}
        assert found[jane].after.superseded_at is None
        stated = queries.stated_fact(jane, "severity")
        services.withdraw_fact(actor=ana, stated_fact_id=stated.pk, reason="Another person's docket.")
        assert in_the_table(before, after) == {}

    def test_two_confirmed_to_be_one_person(self, ana, office):
        read_file(ana, both(JANE, day="20230203"), "first.csv")
        read_file(ana, both(RALPH, day="20230405", case="CR7"), "second.csv")
        used, before = run_of(ana, "contra_costa_2019"), run_of(ana, "contra_costa_2019")
        assert used.is_current
        pair = sorted(Conviction.objects.values_list("subject", flat=True))
        suggestion = Suggestion.objects.create(kind="subject", first_id=pair[0], second_id=pair[1], why="Asked by hand")
        records.confirm_suggestion(actor=ana, suggestion_id=suggestion.pk, reason="Same prints.")
        found = compared(before, run_of(ana, "contra_costa_2019"))
        assert {tuple(each.causes) for each in found.values()} == {("identity",)}


class TestFactsBeside:
    def test_what_was_stated_since_is_a_fact_now_and_was_none_before(self, ana, office):
        read_file(ana, both(JANE), "first.csv")
        before = run_of(ana, "office_choice")
        services.use_run(actor=ana, run_id=run_of(ana, "office_choice").pk)
        after = queries.current_run()
        compared(before, after)
        jane = by_cii("A10000001")
        services.state_fact(actor=ana, conviction_id=jane, fact="severity", value="misdemeanor", source="The docket.")
        each = in_the_table(before, after)[jane]
        beside = comparisons.facts_beside(each.before, each.after)
        differing = {fact.label: (fact.before, fact.now) for fact in beside.facts if fact.differs}
        assert differing["Severity"] == ("felony", "misdemeanor")
        assert not beside.not_as_then
        assert not beside.lost


class TestWhichRuns:
    def test_the_run_in_use_is_compared_with_the_one_in_use_before_it_and_others_with_the_one_in_use(self, ana, office):
        read_file(ana, both(JANE))
        first, tried, second = (run_of(ana, "office_choice") for _ in range(3))
        services.use_run(actor=ana, run_id=second.pk)
        for run in (first, tried, second):
            run.refresh_from_db()
        assert comparisons.run_before(second) == first
        assert comparisons.run_before(tried) == second
        assert comparisons.run_before(first) == second

    def test_a_finished_run_is_compared_with_the_one_in_use_without_being_asked(self, ana, office):
        read_file(ana, both(JANE))
        first = run_of(ana, "office_choice")
        assert not RunComparison.objects.exists()
        second = run_of(ana, "contra_costa_2019")
        comparison = RunComparison.objects.get()
        assert (comparison.before, comparison.after) == (first, second)
        services.use_run(actor=ana, run_id=second.pk)
        assert RunComparison.objects.count() == 1

    def test_how_many_changed_is_told_once_it_is_known(self, ana, office):
        read_file(ana, both(JANE))
        first, second = run_of(ana, "office_choice"), run_of(ana, "contra_costa_2019")
        second.refresh_from_db()
        assert comparisons.since_before(ana, second) == comparisons.SinceBefore(first, None)
        compared(first, second)
        assert comparisons.since_before(ana, second) == comparisons.SinceBefore(first, 1)
        assert comparisons.since_before(ana, Run.objects.get(pk=first.pk)) is None

    def test_only_finished_runs_are_compared(self, ana, office):
        read_file(ana, both(JANE))
        run = run_of(ana)
        with pytest.raises(NotFound):
            comparisons.comparison_of(ana, run.pk, run.pk)
        with pytest.raises(NotFound):
            comparisons.comparison_of(ana, run.pk, run.pk + 100)

    def test_a_comparison_that_failed_can_be_started_again_by_readers_alone(self, ana, adam, office):
        read_file(ana, both(JANE))
        first, second = run_of(ana, "office_choice"), run_of(ana, "contra_costa_2019")
        pair = {"before_id": first.pk, "after_id": second.pk}
        with pytest.raises(Conflict):
            comparing.start_again(actor=ana, **pair)
        RunComparison.objects.update(work_state=work.Work.WorkState.FAILED)
        with pytest.raises(NotAllowed):
            comparing.start_again(actor=adam, **pair)
        comparing.start_again(actor=ana, **pair)
        comparing.compare(RunComparison.objects.get().pk)
        assert in_the_table(first, second)
