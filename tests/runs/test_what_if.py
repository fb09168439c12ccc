"""What-if: the run's people under other policies, of what stands now, down to the person."""

import pytest
from django.core.files.storage import default_storage
from django.http import QueryDict
from django.urls import reverse

from clearmyrecord import work
from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.records import services as records
from clearmyrecord.records.models import Conviction, Suggestion
from clearmyrecord.runs import evaluation, policy_services, prepared, queries, services, what_if
from clearmyrecord.runs.models import Policy, PreparedHistory
from eligibility import policy as engine
from eligibility.records import sample
from tests.cast import signed_in
from tests.records.factories import arrest, conviction, read_file
from tests.runs.factories import run_of, signed_presets

pytestmark = pytest.mark.django_db

WHAT_IF = "runs:what_if"


@pytest.fixture
def sample_file(ana, office, tmp_path):
    path = tmp_path / "invented.csv"
    sample.write(path, subjects=60, seed=3)
    return read_file(ana, path.read_bytes())


@pytest.fixture
def run(ana, sample_file):
    return gathered(run_of(ana))


def gathered(run):
    """The run, its history gathered as a worker would."""
    prepared.gather(PreparedHistory.objects.get(run=run).pk)
    return run


def asked(run, address: str) -> what_if.Question:
    return what_if.question(QueryDict(address), run, what_if.choices(list(Policy.objects.all())))


def sides(run, address: str) -> list[what_if.SideShown]:
    found = prepared.ready(run)
    assert found is not None
    return what_if.answer(run, found, asked(run, address))[0]


def all_on(run, *, off: tuple[int, ...] = ()) -> str:
    lines = engine.load(text=run.policy.text).lines[1:]
    on = [f"on-{place}=on" for place in range(1, len(lines) + 1) if place not in off]
    return "&".join(["moved=1", *on])


class TestFigures:
    def test_the_runs_own_policy_gives_what_the_run_found(self, run):
        (own,) = sides(run, "")
        impact = own.side.impact
        assert {name: number for name, number in impact.by_outcome.items() if number} == run.counts["outcome"]
        assert impact.people_with_relief == run.counts["people_with_relief"] > 0
        assert impact.people == run.counts["people"]

    def test_a_policy_beside_it_gives_what_a_run_under_it_finds(self, ana, run):
        other = run_of(ana, "office_choice")
        _, beside = sides(run, f"policy={other.policy_id}")
        assert {name: number for name, number in beside.side.impact.by_outcome.items() if number} == (
            other.counts["outcome"]
        )

    @pytest.mark.parametrize("name", sorted({*engine.presets()} - {*policy_services.PRESETS}))
    def test_every_preset_can_be_tried_without_being_installed(self, run, name):
        own, beside = sides(run, f"policy=preset:{name}")
        assert beside.side.policy.name == name
        changed = beside.difference.convictions_compared - beside.difference.convictions_unchanged
        assert changed == beside.difference.table.num_rows
        assert own.side.impact.convictions == run.convictions_in_scope

    def test_every_change_is_in_one_group(self, run):
        _, beside = sides(run, f"policy={Policy.objects.get(name='office_choice').pk}")
        before = {each.conviction_id: each.outcome for each in queries.standing(run)}
        assert beside.difference.table.num_rows == sum(group.convictions for _, group in beside.groups) > 0
        assert len({key for key, _ in beside.groups}) == len(beside.groups)
        known = {(each.source, each.row): each.conviction for each in prepared.ready(run).convictions}
        for row in beside.difference.table.to_pylist():
            was = before.get(known[row["source"], row["row"]], "out_of_scope")
            assert (was, was == row["outcome_after"]) == (row["outcome_before"], False)

    def test_an_option_switched_off_is_said_and_counted(self, run):
        own, moved = sides(run, all_on(run, off=(1,)))
        assert moved.side.impact.by_outcome["not_eligible"] < own.side.impact.by_outcome["not_eligible"]
        assert moved.difference.convictions_gaining > 0 == moved.difference.convictions_losing
        (was, now) = asked(run, all_on(run, off=(1,))).moves
        assert now == ("+", f"Switched off: {was[1]}")

    def test_options_left_as_they_are_move_nothing(self, run):
        assert asked(run, all_on(run)).moves == ()
        assert len(sides(run, all_on(run))) == 1

    def test_years_and_outcomes_move(self, run):
        question = asked(run, f"{all_on(run)}&years-7=3&outcome-5=redesignate")
        assert [words for mark, words in question.moves if mark == "+"] == [
            "Redesignate where the conviction is a misdemeanor or an infraction.",
            "Dismiss where the subject has more than one conviction on record, "
            "and the latest is more than 3 years old.",
        ]

    def test_what_can_not_be_tried_names_the_line(self, run):
        (fault,) = what_if.faults(asked(run, f"{all_on(run)}&years-7="))
        assert (fault.line, fault.key) == (7, "years")


class TestNeverStale:
    def test_a_fact_stated_since_is_taken_in(self, ana, office):
        read_file(ana, [arrest(), conviction(SENT_LENGTH=""), conviction("2", "A2", case="CR2")])
        run = gathered(run_of(ana))
        old = queries.standing(run).get(route="unknown")
        services.state_fact(
            actor=ana, conviction_id=old.conviction_id, fact="offense_date", value="2020-01-01", source="Complaint"
        )
        run.refresh_from_db()
        (own,) = sides(run, "")
        assert {name: n for name, n in own.side.impact.by_outcome.items() if n} == run.counts["outcome"]
        assert "not_eligible" in run.counts["outcome"]

    def test_who_is_who_changed_since_makes_it_gather_again(self, ana, office):
        read_file(ana, [conviction(), conviction("2", "A2", day="20130601", case="CR2")])
        run = gathered(run_of(ana))
        assert prepared.ready(run) is not None
        first, second = (each.subject_id for each in Conviction.objects.order_by("pk"))
        suggestion = Suggestion.objects.create(kind="subject", first_id=first, second_id=second, why="Asked by hand")
        records.confirm_suggestion(actor=ana, suggestion_id=suggestion.pk, reason="Fingerprint card")
        assert prepared.ready(run) is None
        row = PreparedHistory.objects.get(run=run)
        assert row.work_state == work.Work.WorkState.WAITING
        gathered(run)
        (own,) = sides(run, "")
        assert (own.side.impact.people, own.side.impact.convictions) == (1, 2)

    def test_bytes_that_are_gone_are_gathered_again(self, run):
        default_storage.delete(PreparedHistory.objects.get(run=run).key)
        assert prepared.ready(run) is None
        gathered(run)
        assert prepared.ready(run) is not None

    def test_delivered_twice_it_is_gathered_once(self, run):
        before = PreparedHistory.objects.get(run=run).made_at
        gathered(run)
        assert PreparedHistory.objects.get(run=run).made_at == before

    def test_no_name_and_no_cii_number_is_kept(self, run):
        subjects = prepared.ready(run).history.subjects
        assert subjects["name"].null_count == subjects["cii_number"].null_count == subjects.num_rows > 0

    def test_another_run_in_use_has_its_own(self, ana, run, django_capture_on_commit_callbacks):
        other = run_of(ana, "office_choice")
        older = PreparedHistory.objects.get(run=run).key
        with django_capture_on_commit_callbacks(execute=True):
            services.use_run(actor=ana, run_id=other.pk)
        assert not default_storage.exists(older)
        gathered(other)
        (own,) = sides(queries.current_run(), "")
        assert {name: n for name, n in own.side.impact.by_outcome.items() if n} == other.counts["outcome"]

    def test_the_engine_decides_alike_on_what_is_kept(self, run):
        kept = prepared.ready(run)
        files = evaluation.files_of(run)
        fresh = evaluation.material(files, evaluation.entries_between(files, *prepared.EVERYBODY))
        for name in ("events", "counts", "sentences"):
            assert getattr(kept.history, name).to_pylist() == getattr(fresh.history, name).to_pylist()


class TestPages:
    def test_without_a_run_the_page_says_what_to_do(self, ana):
        assert "No run is in use yet" in signed_in(ana).get(reverse(WHAT_IF)).content.decode()

    def test_until_it_is_gathered_the_page_asks_again_by_itself(self, ana, sample_file):
        run = run_of(ana)
        client = signed_in(ana)
        assert "every 1s" in client.get(reverse(WHAT_IF)).content.decode()
        assert "every 1s" in client.get(reverse("runs:what_if_progress")).content.decode()
        gathered(run)
        assert client.get(reverse("runs:what_if_progress"))["HX-Refresh"] == "true"

    def test_what_failed_can_be_tried_again(self, ana, sample_file):
        run_of(ana)
        PreparedHistory.objects.update(work_state="failed")
        client = signed_in(ana)
        assert "Try again" in client.get(reverse(WHAT_IF)).content.decode()
        client.post(reverse("runs:what_if_prepare"))
        assert PreparedHistory.objects.get().work_state == "waiting"
        assert client.post(reverse("runs:what_if_prepare")).status_code == 409

    def test_the_figures_are_a_table_and_name_nobody(self, ana, run):
        page = signed_in(ana).get(reverse(WHAT_IF) + f"?{all_on(run, off=(1,))}").content.decode()
        assert f"{run.counts['people_with_relief']}" in page
        assert "What you moved" in page
        assert not AuditEvent.objects.filter(verb="subject.viewed").exists()

    def test_a_moved_option_changes_only_the_answer(self, ana, run):
        answer = signed_in(ana).get(reverse(WHAT_IF) + f"?{all_on(run, off=(1,))}", headers={"HX-Request": "true"})
        assert answer.content.decode().strip().startswith('<div id="answer"')

    def test_a_wrong_number_names_its_line(self, ana, run):
        answer = signed_in(ana).get(reverse(WHAT_IF) + f"?{all_on(run)}&years-7=x")
        assert answer.status_code == 422
        assert "Line 7, years" in answer.content.decode()

    def test_a_policy_that_is_not_there_is_refused(self, ana, run):
        assert signed_in(ana).get(reverse(WHAT_IF) + "?policy=999999").status_code == 422

    def test_who_gains_is_shown_with_links_and_written_to_the_trail(self, ivy, run):
        other = Policy.objects.get(name="office_choice")
        _, beside = sides(run, f"policy={other.pk}")
        key, group = beside.groups[0]
        address = f"{reverse('runs:what_if_people')}?policy={other.pk}&side=1&group={key}"
        answer = signed_in(ivy).get(address)
        page = answer.content.decode()
        assert f"{group.people} people, {group.convictions} convictions" in page
        event = AuditEvent.objects.get(verb="subject.viewed")
        assert (event.kind, event.target_id, event.subject_count) == ("list", run.pk, min(group.people, 25))
        assert all(reverse("desk:subject", args=[person]) in page for person in event.subjects)

    @pytest.mark.parametrize("wrong", ["side=9&group=gains", "side=x", "side=0&group=gains", "side=1&group=none"])
    def test_people_of_no_change_are_not_shown(self, ana, run, wrong):
        address = reverse("runs:what_if_people") + f"?policy={Policy.objects.get(name='office_choice').pk}&{wrong}"
        assert signed_in(ana).get(address).status_code in (404, 422)

    def test_moved_options_are_saved_as_a_draft(self, ana, run):
        form = QueryDict(all_on(run, off=(1,))).dict() | {"own_title": "No date of the Act"}
        answer = signed_in(ana).post(reverse("runs:what_if_save"), form)
        draft = Policy.objects.get(name="no_date_of_the_act")
        assert (answer.url, draft.drafted_by, draft.based_on) == (
            reverse("runs:policy", args=[draft.pk]), ana, run.policy,
        )  # fmt: skip
        assert [line.rule.id for line in engine.load(text=draft.text).lines].count("offense_after_act") == 0

    def test_what_can_not_be_a_draft_says_why_and_keeps_the_question(self, ana, run):
        form = QueryDict(f"{all_on(run)}&years-7=x").dict()
        answer = signed_in(ana).post(reverse("runs:what_if_save"), form, follow=True)
        assert "Line 7, years: A whole number" in answer.content.decode()
        assert policy_services.Policy.objects.filter(drafted_by=ana).count() == 0

    def test_an_auditor_saves_nothing(self, ivy, run):
        assert signed_in(ivy).post(reverse("runs:what_if_save"), {}).status_code == 403


def test_presets_that_no_office_has_can_be_tried_too(db):
    known = what_if.choices(signed_presets())
    assert {f"preset:{name}" for name in engine.presets()} - known.keys() == {
        f"preset:{name}" for name in policy_services.PRESETS
    }
