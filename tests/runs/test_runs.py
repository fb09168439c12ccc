"""Runs: every conviction in scope gets one determination, and everything balances."""

from datetime import date

import pytest

from clearmyrecord import work
from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.records import services as records
from clearmyrecord.records.models import Conviction, RecordFile, Suggestion
from clearmyrecord.runs import determining, evaluation, policy_services, queries, services, signals
from clearmyrecord.runs.models import Determination, Policy, Run
from eligibility import policy as policies
from eligibility.records import sample
from tests.records.factories import arrest, conviction, read_file
from tests.runs.factories import AS_OF, run_of, signed_presets

pytestmark = pytest.mark.django_db

MISDEMEANOR = {"severity": "MISDEMEANOR", "section": "11357(B) HS"}


@pytest.fixture
def sample_file(ana, office, tmp_path):
    path = tmp_path / "invented.csv"
    sample.write(path, subjects=60, seed=3)
    return read_file(ana, path.read_bytes())


class TestRun:
    def test_every_conviction_in_scope_has_one_determination_and_the_run_balances(self, ana, sample_file):
        run = run_of(ana)
        assert run.state == Run.State.FINISHED, run.failure
        standing = queries.standing(run)
        assert standing.count() == standing.values("conviction").distinct().count() == run.convictions_in_scope > 50
        assert run.reconciliation["balances"]
        assert run.reconciliation["rows_left_over"] == run.reconciliation["convictions_left_over"] == 0
        assert sum(run.counts["outcome"].values()) == run.convictions_in_scope

    def test_chunks_give_what_one_chunk_gives(self, ana, sample_file, monkeypatch):
        whole = run_of(ana)
        monkeypatch.setattr(services, "SUBJECTS_PER_CHUNK", 7)
        parts = run_of(ana)
        assert parts.chunks.count() > 5
        columns = [name for name in evaluation.FOUND if name != "conviction_id"]
        found = [
            {each.conviction_id: [getattr(each, name) for name in columns] for each in queries.standing(run)}
            for run in (whole, parts)
        ]
        assert found[0] == found[1]

    def test_a_chunk_delivered_twice_writes_once(self, ana, sample_file):
        run = run_of(ana)
        before = Determination.objects.count()
        services.evaluate_chunk(run.chunks.first().pk)
        assert Determination.objects.count() == before
        assert AuditEvent.objects.filter(verb="run.finished").count() == 1

    def test_the_first_run_is_current_by_itself_a_later_one_when_used(self, ana, sample_file):
        first, second = run_of(ana), run_of(ana, "office_choice")
        assert queries.current_run() == first
        services.use_run(actor=ana, run_id=second.pk)
        assert queries.current_run() == second
        with pytest.raises(Conflict):
            services.use_run(actor=ana, run_id=second.pk)

    def test_a_run_that_does_not_balance_fails_with_the_reason(self, ana, sample_file, monkeypatch):
        monkeypatch.setattr(evaluation, "convictions_in_scope", lambda run: 10_000)
        run = run_of(ana)
        assert run.state == Run.State.FAILED
        assert "does not balance" in run.failure
        assert queries.current_run() is None

    def test_a_part_that_fails_for_good_fails_the_run_and_can_be_tried_again(self, ana, sample_file, monkeypatch):
        signed_presets()
        run = services.start_run(actor=ana, policy_id=Policy.objects.first().pk, as_of=AS_OF)
        chunk = run.chunks.get()
        with monkeypatch.context() as broken:
            broken.setattr(determining, "write", lambda *_: 1 / 0)
            for _ in range(work.ATTEMPTS):
                with pytest.raises(ZeroDivisionError):
                    services.evaluate_chunk(chunk.pk)
        run.refresh_from_db()
        assert run.state == Run.State.FAILED
        assert "ZeroDivisionError" in run.failure
        services.try_again(actor=ana, run_id=run.pk)
        services.evaluate_chunk(chunk.pk)
        run.refresh_from_db()
        assert run.state == Run.State.FINISHED

    def test_nothing_is_evaluated_without_a_file_or_while_one_is_read(self, ana, office):
        signed_presets()
        policy = Policy.objects.first().pk
        with pytest.raises(Invalid, match="no record file"):
            services.start_run(actor=ana, policy_id=policy)
        file = read_file(ana, [conviction()])
        work.start_again(file)
        with pytest.raises(Conflict, match="still being read"):
            services.start_run(actor=ana, policy_id=policy)

    @pytest.mark.parametrize("who", ["sam", "ivy", "adam"])
    def test_only_analysts_evaluate(self, who, request, sample_file):
        signed_presets()
        with pytest.raises(NotAllowed):
            services.start_run(actor=request.getfixturevalue(who), policy_id=Policy.objects.first().pk)

    @pytest.mark.parametrize("preset", ["statutory", "pc_1203_4_misdemeanors"])
    def test_a_policy_of_other_offense_families_balances_too(self, ana, sam, sample_file, preset):
        text = policies.load(preset).text.replace("experimental = true\n", "")
        draft = policy_services.draft_policy(actor=ana, text=text)
        policy_services.sign_policy(actor=sam, policy_id=draft.pk, seen_sha256=draft.sha256)
        run = run_of(ana, preset)
        assert run.state == Run.State.FINISHED, run.failure
        assert run.reconciliation["balances"]
        assert run.convictions_in_scope > 50

    def test_another_county_is_not_in_scope(self, ana, office):
        read_file(ana, [conviction(), conviction(order="102002001000", county="ALAMEDA", case="CR2")])
        run = run_of(ana)
        assert [each.conviction.county for each in queries.standing(run)] == ["CONTRA COSTA"]

    def test_the_newest_reading_decides(self, ana, office):
        read_file(ana, [conviction()])
        read_file(ana, [conviction(severity="MISDEMEANOR")])
        determination = queries.standing(run_of(ana)).get()
        assert determination.rule == "not_a_felony"
        assert determination.reading == Conviction.objects.get().newest_reading

    def test_the_newest_by_the_files_own_date_decides_where_the_run_was_started_so(self, ana, office):
        file = read_file(ana, [conviction(severity="MISDEMEANOR")])
        read_file(ana, [conviction()])
        RecordFile.objects.filter(pk=file.pk).update(received_on=date(2024, 6, 15))
        first = run_of(ana)
        assert queries.standing(first).get().rule != "not_a_felony", "the last upload says felony"
        run = run_of(ana, newest_by="received")
        assert Conviction.objects.get().severity == "felony", "until the run is used"
        services.use_run(actor=ana, run_id=run.pk)
        determination = queries.standing(run).get()
        assert determination.rule == "not_a_felony"
        assert determination.reading == Conviction.objects.get().newest_reading
        assert Conviction.objects.get().severity == "misdemeanor"
        read_file(ana, [conviction(), arrest()])
        assert Conviction.objects.get().severity == "misdemeanor", "a later upload of an older file is not newer"
        services.use_run(actor=ana, run_id=first.pk)
        assert Conviction.objects.get().severity == "felony"

    def test_a_file_set_aside_is_left_out(self, ana, office):
        file = read_file(ana, [conviction()])
        read_file(ana, [conviction("2", "A2", case="CR2")])
        records.set_aside(actor=ana, file_id=file.pk, reason="Wrong county")
        assert queries.standing(run_of(ana)).count() == 1

    def test_another_subjects_conviction_counts_only_while_the_two_are_linked(self, ana, office):
        read_file(ana, [conviction(), conviction("2", "A2", day="20130601", case="CR2", section="459 PC-BURGLARY")])
        run = run_of(ana)
        before = queries.standing(run).get().facts_hash
        first, second = (each.subject_id for each in Conviction.objects.order_by("pk"))
        suggestion = Suggestion.objects.create(kind="subject", first_id=first, second_id=second, why="Asked by hand")
        records.confirm_suggestion(actor=ana, suggestion_id=suggestion.pk, reason="Fingerprint card")
        assert queries.standing(run).get().facts_hash != before
        records.undo_suggestion(actor=ana, suggestion_id=suggestion.pk, reason="Another card")
        assert queries.standing(run).get().facts_hash == before

    def test_who_is_who_is_not_answered_while_a_run_is_made(self, ana, office):
        read_file(ana, [conviction("1", "A1"), conviction("2", "A1", case="CR2", day="20120101")])
        signed_presets()
        services.start_run(actor=ana, policy_id=Policy.objects.first().pk)
        with pytest.raises(Conflict, match="being evaluated"):
            records.confirm_suggestion(actor=ana, suggestion_id=Suggestion.objects.get().pk, reason="Same")
        assert Suggestion.objects.get().state == "open"

    def test_linked_subjects_are_evaluated_in_one_chunk(self, ana, office, monkeypatch):
        monkeypatch.setattr(services, "SUBJECTS_PER_CHUNK", 1)
        read_file(
            ana, [conviction("1", "A1"), conviction("2", "A3"), conviction("3", "A1", case="CR2", day="20120101")]
        )
        records.confirm_suggestion(actor=ana, suggestion_id=Suggestion.objects.get().pk, reason="Fingerprint card")
        run = run_of(ana)
        assert (run.chunks.count(), run.state) == (2, Run.State.FINISHED)
        assert queries.standing(run).count() == 3


class TestStatedFacts:
    @pytest.fixture
    def run(self, ana, office):
        read_file(ana, [arrest(), conviction(SENT_LENGTH=""), conviction("2", "A2", case="CR2")])
        return run_of(ana)

    def unknown_route(self, run: Run) -> Determination:
        return queries.standing(run).get(route="unknown")

    def state(self, actor, determination, fact="sentence_ended_on", value="2011-01-01", source="Minute order"):
        return services.state_fact(
            actor=actor, conviction_id=determination.conviction_id, fact=fact, value=value, source=source
        )

    def test_a_stated_fact_determines_the_subject_again_at_once(self, ana, run):
        told = []

        def remember(*, changes, **_):
            told.extend(changes)

        signals.redetermined.connect(remember)
        old = self.unknown_route(run)
        other = queries.standing(run).exclude(pk=old.pk).get()
        self.state(ana, old)
        signals.redetermined.disconnect(remember)

        new = queries.determination_of(old.conviction_id)
        assert new.route == "completed"
        assert queries.previous_determinations(new) == [old]
        assert [(each.conviction_id, each.old_id, each.new_id) for each in told] == [
            (old.conviction_id, old.pk, new.pk)
        ]
        assert queries.standing(run).filter(pk=other.pk).exists()
        assert AuditEvent.objects.get(verb="fact.stated").subjects == [new.conviction.subject_id]
        run.refresh_from_db()
        assert run.counts["route"] == {"completed": 2}

    def test_withdrawing_it_brings_the_old_answer_back(self, ana, run):
        old = self.unknown_route(run)
        stated = self.state(ana, old)
        services.withdraw_fact(actor=ana, stated_fact_id=stated.pk, reason="Another person's order")
        assert queries.determination_of(old.conviction_id).route == "unknown"
        event = AuditEvent.objects.get(verb="fact.withdrawn")
        assert (event.reason, event.detail["stated_fact"]) == ("", stated.pk), "the reason stays with the fact"
        assert Determination.objects.filter(run=run, conviction=old.conviction).count() == 3
        with pytest.raises(Conflict):
            services.withdraw_fact(actor=ana, stated_fact_id=stated.pk, reason="Again")

    def test_a_new_value_supersedes_the_one_before(self, ana, run):
        old = self.unknown_route(run)
        self.state(ana, old)
        self.state(ana, old, value="2030-01-01")
        assert queries.stated_fact(old.conviction_id, "sentence_ended_on").value == "2030-01-01"
        assert queries.determination_of(old.conviction_id).route == "serving"

    def test_the_same_twice_is_a_conflict_and_writes_no_second_event(self, ana, run):
        old = self.unknown_route(run)
        self.state(ana, old)
        with pytest.raises(Conflict):
            self.state(ana, old)
        assert AuditEvent.objects.filter(verb="fact.stated").count() == 1

    @pytest.mark.parametrize(
        "wrong",
        [{"value": "yesterday"}, {"value": ""}, {"source": " "}, {"fact": "favourite_colour"}, {"value": "x" * 500}],
    )
    def test_what_can_not_be_read_is_refused(self, ana, run, wrong):
        with pytest.raises(Invalid):
            self.state(ana, self.unknown_route(run), **wrong)

    def test_a_prior_bar_is_for_attorneys(self, ana, theo, run):
        old = self.unknown_route(run)
        with pytest.raises(NotAllowed):
            self.state(ana, old, fact="no_prior_bar", value="yes")
        self.state(theo, old, fact="no_prior_bar", value="yes")

    @pytest.mark.parametrize("who", ["sam", "ivy", "adam"])
    def test_others_state_nothing(self, who, request, run):
        with pytest.raises(NotAllowed):
            self.state(request.getfixturevalue(who), self.unknown_route(run))

    def test_a_fact_stated_while_a_run_is_made_is_in_it(self, ana, run, monkeypatch):
        """The fact comes after the chunk has looked at the stated facts and before it writes."""
        second = services.start_run(actor=ana, policy_id=Policy.objects.get(name="office_choice").pk, as_of=AS_OF)
        old = self.unknown_route(run)
        looked = evaluation.evaluate

        def late(*arguments):
            found = looked(*arguments)
            monkeypatch.setattr(evaluation, "evaluate", looked)
            self.state(ana, old)
            return found

        monkeypatch.setattr(evaluation, "evaluate", late)
        services.evaluate_chunk(second.chunks.get().pk)
        assert queries.determination_of(old.conviction_id, second).route == "completed"

    def test_a_fact_stated_after_a_run_is_in_it_when_it_is_used(self, ana, run):
        second = run_of(ana, "office_choice")
        old = self.unknown_route(run)
        self.state(ana, old)
        assert queries.determination_of(old.conviction_id, second).route == "unknown"
        services.use_run(actor=ana, run_id=second.pk)
        assert queries.determination_of(old.conviction_id, second).route == "completed"


class TestExplanation:
    def test_every_line_is_answered_and_the_deciding_one_is_marked(self, ana, office):
        read_file(ana, [arrest(), conviction(**MISDEMEANOR)])
        determination = queries.standing(run_of(ana)).get()
        explained = queries.explanation(determination)
        assert "".join(line.answer[0] for line in explained.lines) == determination.trace
        assert [line.rule for line in explained.lines if line.decided] == [determination.rule] == ["not_a_felony"]
        assert all(line.sentence and line.citation for line in explained.lines)

    def test_facts_say_where_they_are_known_from(self, ana, office):
        read_file(ana, [arrest(), conviction(SENT_LENGTH="")], name="june.csv")
        determination = queries.standing(run_of(ana)).get()
        services.state_fact(
            actor=ana,
            conviction_id=determination.conviction_id,
            fact="sentence_ended_on",
            value="2011-01-01",
            source="Minute order of March 3",
        )
        facts = {
            each.fact: each for each in queries.explanation(queries.determination_of(determination.conviction_id)).facts
        }
        assert facts["severity"].value == "felony"
        assert facts["severity"].where == "june.csv, row 2"
        assert facts["route"].where == "stated: Minute order of March 3"

    def test_the_source_rows_are_the_counts_own(self, ana, office):
        read_file(ana, [arrest(), conviction(), conviction("2", "A2"), conviction(SENT_LENGTH="010")])
        determination = queries.standing(run_of(ana)).get(conviction__subject__cii_number="A10000001")
        rows = queries.source_rows(determination)
        assert [row.row for row in rows] == [2, 4]
        assert ("OFFENSE_DESCR", "11359 HS-POSSESS FOR SALE") in rows[0].columns
        assert all(text.strip() for row in rows for _, text in row.columns)


def test_as_of_is_today_in_the_office(ana, office):
    read_file(ana, [conviction()])
    signed_presets()
    run = services.start_run(actor=ana, policy_id=Policy.objects.first().pk)
    assert isinstance(run.as_of, date)
    assert run.county == "CONTRA COSTA"
