"""Policies: drafted by one, signed by another, frozen; and nothing runs under an unsigned one."""

import pytest
from django.db import connection, transaction

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Conflict, Invalid, NotAllowed, NotFound
from clearmyrecord.runs import evaluation, policy_services, policy_text, services
from clearmyrecord.runs.models import Policy
from eligibility import policy as engine
from tests.records.factories import conviction, read_file
from tests.runs.factories import run_of, signed_presets

pytestmark = pytest.mark.django_db

OFFICE_CHOICE = engine.load("office_choice").text
WITHOUT_AUTHORITY = "\n".join(line for line in OFFICE_CHOICE.splitlines() if not line.startswith("authority"))


def draft_of(actor, text=OFFICE_CHOICE, **more) -> Policy:
    return policy_services.draft_policy(actor=actor, text=text, **more)


def change(actor, draft: Policy, text: str) -> Policy:
    return policy_services.change_draft(actor=actor, policy_id=draft.pk, text=text, seen_sha256=draft.sha256)


def sign(actor, draft: Policy) -> Policy:
    return policy_services.sign_policy(actor=actor, policy_id=draft.pk, seen_sha256=draft.sha256)


def acts() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


class TestPresets:
    def test_they_come_as_drafts_by_nobody_and_once(self, db):
        services.install_presets()
        services.install_presets()
        assert list(Policy.objects.order_by("name").values_list("name", "version", "signed_by")) == [
            ("contra_costa_2019", None, None),
            ("office_choice", None, None),
        ]

    def test_a_supervisor_signs_them_at_installation_or_later(self, sam):
        services.install_presets()
        services.install_presets(actor=sam)
        assert set(Policy.objects.values_list("version", "signed_by")) == {(1, sam.pk)}

    def test_a_changed_text_takes_the_place_of_an_unsigned_one(self, sam):
        Policy.objects.create(name="office_choice", title="x", text="an older text", sha256="0" * 64)
        services.install_presets()
        assert Policy.objects.get(sha256="0" * 64).state == Policy.State.DISCARDED
        assert sign(sam, Policy.objects.get(name="office_choice", discarded_at=None)).version == 1

    def test_they_are_what_the_engine_has(self, db):
        for policy in signed_presets():
            assert evaluation.engine_policy(policy.text).sha256 == policy.sha256 == engine.load(policy.name).sha256


class TestDrafting:
    def test_a_draft_is_its_drafters_and_no_version(self, ana):
        draft = draft_of(ana)
        assert (draft.name, draft.version, draft.state, draft.drafted_by) == ("office_choice", None, "draft", ana)
        assert acts() == ["policy.drafted"]

    def test_a_policy_of_its_own_has_its_own_name(self, ana):
        draft = draft_of(ana, own_title="Younger than 30")
        assert (draft.name, draft.title) == ("younger_than_30", "Younger than 30")
        assert engine.load(text=draft.text).name == "younger_than_30"
        with pytest.raises(Conflict, match="of this title already"):
            draft_of(ana, own_title="Younger than 30")

    @pytest.mark.parametrize("who", ["ivy", "adam"])
    def test_auditors_and_administrators_draft_nothing(self, who, request):
        with pytest.raises(NotAllowed):
            draft_of(request.getfixturevalue(who))

    def test_what_goes_beyond_the_statute_needs_an_authority(self, ana):
        with pytest.raises(Invalid, match="the authority: This line can give dismiss beyond the statute"):
            draft_of(ana, WITHOUT_AUTHORITY)

    def test_the_authority_may_be_given_line_by_line(self, ana):
        given = policy_text.parsed(WITHOUT_AUTHORITY)
        beyond = [each.beyond_statute for each in policy_text.shown(given)]
        assert set(beyond) == {True, False}
        for line, is_beyond in zip(given["line"], beyond, strict=True):
            if is_beyond:
                line["authority"] = "Memorandum of May 1"
        draft = draft_of(ana, policy_text.written(given))
        assert draft.authority == ""
        lines = engine.load(text=draft.text).lines
        assert {line.authority for line in lines if line.beyond_statute} == {"Memorandum of May 1"}

    def test_only_the_drafter_changes_a_draft_and_only_as_it_stands(self, ana, theo):
        draft = draft_of(ana)
        text = draft.text + "# more\n"
        with pytest.raises(NotAllowed, match="Only who drafted it"):
            change(theo, draft, text)
        change(ana, draft, text)
        with pytest.raises(Conflict, match="another window"):
            change(ana, draft, text)
        assert acts() == ["policy.drafted", "policy.changed"]

    def test_a_draft_keeps_its_name(self, ana):
        draft = draft_of(ana)
        with pytest.raises(Invalid, match="name of a draft stays office_choice"):
            change(ana, draft, draft.text.replace('"office_choice"', '"another"'))

    @pytest.mark.parametrize(("wrong", "says"), [("name = ", "not TOML"), ("line = 3", r"\[\[line\]\]"), ("", "line")])
    def test_what_is_no_policy_is_not_kept(self, ana, wrong, says):
        draft = draft_of(ana)
        with pytest.raises(Invalid, match=says):
            change(ana, draft, wrong)

    def test_a_draft_is_discarded_by_its_drafter_or_a_supervisor(self, ana, theo, sam):
        one, other = draft_of(ana), draft_of(ana)
        with pytest.raises(NotAllowed):
            policy_services.discard_draft(actor=theo, policy_id=one.pk)
        policy_services.discard_draft(actor=ana, policy_id=one.pk)
        policy_services.discard_draft(actor=sam, policy_id=other.pk)
        with pytest.raises(Conflict, match="discarded"):
            sign(sam, one)
        assert acts().count("policy.discarded") == 2


class TestSigning:
    def test_a_signature_makes_it_the_next_version(self, ana, sam):
        first, second = sign(sam, draft_of(ana)), sign(sam, draft_of(ana))
        assert (first.version, second.version, second.state) == (1, 2, "signed")
        assert acts().count("policy.signed") == 2

    def test_who_drafted_it_never_signs_it(self, sam, sue):
        draft = draft_of(sam)
        with pytest.raises(NotAllowed, match="Another supervisor"):
            sign(sam, draft)
        assert sign(sue, draft).signed_by == sue

    @pytest.mark.parametrize("who", ["theo", "ivy", "adam"])
    def test_only_supervisors_sign(self, who, ana, request):
        with pytest.raises(NotAllowed):
            sign(request.getfixturevalue(who), draft_of(ana))

    def test_exactly_what_was_shown_is_signed(self, ana, sam):
        draft = draft_of(ana)
        change(ana, draft, draft.text + "# more\n")
        with pytest.raises(Conflict, match="Read it again"):
            sign(sam, draft)

    def test_a_second_signature_is_a_conflict_and_no_second_event(self, ana, sam, sue):
        draft = draft_of(ana)
        sign(sam, draft)
        with pytest.raises(Conflict, match="is signed"):
            sign(sue, draft)
        assert acts().count("policy.signed") == 1

    def test_an_experimental_policy_is_tried_but_not_signed(self, ana, sam):
        text = "experimental = true\n" + OFFICE_CHOICE
        draft = Policy.objects.create(name="x", title="x", text=text, sha256="0", drafted_by=ana)
        with pytest.raises(Conflict, match="experimental"):
            sign(sam, draft)

    def test_what_is_not_there_is_not_found(self, sam):
        with pytest.raises(NotFound):
            policy_services.sign_policy(actor=sam, policy_id=10**6, seen_sha256="")


class TestRunsUnderPolicies:
    def test_nothing_runs_under_a_draft(self, ana, office):
        read_file(ana, [conviction()])
        with pytest.raises(Conflict, match="after a supervisor has signed it"):
            services.start_run(actor=ana, policy_id=draft_of(ana).pk)

    def test_nothing_runs_under_a_discarded_draft(self, ana, office):
        draft = draft_of(ana)
        policy_services.discard_draft(actor=ana, policy_id=draft.pk)
        with pytest.raises(NotFound):
            services.start_run(actor=ana, policy_id=draft.pk)

    def test_a_used_policy_says_so(self, ana, office):
        read_file(ana, [conviction()])
        assert run_of(ana).policy.state == Policy.State.USED


SIGNED = "UPDATE runs_policy SET signed_by_id = {%s}, signed_at = now(), version = 1 WHERE id = {%s}"
ANOTHER_RUN = (
    "INSERT INTO runs_run (policy_id, county, as_of, state, started_by_id, started_at, engine_version, is_current,"
    " failure, convictions_in_scope, counts, reconciliation) SELECT {draft}, county, as_of, state, started_by_id,"
    " started_at, engine_version, false, failure, convictions_in_scope, counts, reconciliation FROM runs_run"
)
BORN_SIGNED = (
    "INSERT INTO runs_policy (name, title, text, sha256, authority, drafted_at, signed_at, signed_by_id, version)"
    " VALUES ('x', 'x', 'x', 'x', '', now(), now(), {sam}, 1)"
)


class TestTheDatabaseItselfRefuses:
    """Whatever a service may have forgotten; each statement as the application's own role."""

    @pytest.mark.parametrize(
        ("statement", "says"),
        [
            (SIGNED % ("theo", "draft"), "Only a supervisor"),
            (SIGNED % ("sam", "sams"), "never signs"),
            ("UPDATE runs_policy SET signed_at = now(), version = 1 WHERE id = {draft}", "Only a supervisor"),
            ("UPDATE runs_policy SET signed_by_id = {sam}, signed_at = now() WHERE id = {draft}", "signature_whole"),
            ("UPDATE runs_policy SET version = 1 WHERE id = {draft}", "Only its signature"),
            ("UPDATE runs_policy SET drafted_by_id = {sam} WHERE id = {draft}", "Whose draft"),
            ((SIGNED % ("sam", "draft")).replace("SET", "SET text = 'x',"), "what stood before"),
            ("UPDATE runs_policy SET text = 'x' WHERE id = {signed}", "frozen"),
            ("UPDATE runs_policy SET signed_by_id = {theo} WHERE id = {signed}", "frozen"),
            ("UPDATE runs_policy SET discarded_at = now() WHERE id = {signed}", "frozen"),
            ("DELETE FROM runs_policy WHERE id = {draft}", "permission denied"),
            (BORN_SIGNED, "starts as a draft"),
            (ANOTHER_RUN, "unsigned policy"),
            ("UPDATE runs_run SET policy_id = {signed}", "stays under its policy"),
        ],
    )
    def test_it(self, statement, says, ana, theo, sam, sue, office):
        read_file(ana, [conviction()])
        run_of(ana)
        ids = {"theo": theo.pk, "sam": sam.pk, "draft": draft_of(ana).pk, "sams": draft_of(sam).pk}
        ids["signed"] = sign(sue, draft_of(ana)).pk
        with pytest.raises(Exception, match=says), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format(**ids))


class TestText:
    @pytest.mark.parametrize("name", engine.presets())
    def test_a_preset_written_anew_says_the_same(self, name):
        preset = engine.load(name)
        again = engine.load(text=policy_text.written(policy_text.parsed(preset.text)))
        assert again.lines == preset.lines
        assert (again.authority, again.when_unproven) == (preset.authority, preset.when_unproven)

    @pytest.mark.parametrize("text", ['say "yes"', "back\\slash", "two\nlines", "§ – ’ ñ", "\x7f", "\t", "'''"])
    def test_any_text_survives(self, text):
        given = {"name": "x", "title": text, "line": [{"rule": "section_is", "sections": [text], "outcome": "dismiss"}]}
        assert policy_text.parsed(policy_text.written(given)) == given

    def test_every_wrong_line_is_named_not_only_the_first(self):
        given = policy_text.parsed(OFFICE_CHOICE)
        given["line"][3]["years"] = "abc"
        given["line"][1]["sections"] = []
        assert [(each.line, each.key) for each in policy_text.faults(given)] == [(2, "sections"), (4, "years")]

    def test_more_lines_than_a_trace_has_room_for_are_refused(self):
        given = policy_text.parsed(OFFICE_CHOICE)
        given["line"] *= 6
        assert [each.message for each in policy_text.faults(given)] == ["At most 59 lines are possible."]

    def test_lines_read_as_sentences(self):
        lines = policy_text.shown(policy_text.parsed(OFFICE_CHOICE))
        assert lines[1].sentence == "Dismiss where the conviction is under H&S section 11357."
        off = "Switched off: Dismiss where the subject is at least 50 years old on the as-of date."
        assert lines[4].sentence == off

    def test_two_texts_are_compared_sentence_by_sentence(self):
        other = OFFICE_CHOICE.replace("years = 50", "years = 60")
        changed = [each for each in policy_text.compared(OFFICE_CHOICE, other) if each[0] != " "]
        assert changed == [
            ("-", "Switched off: Dismiss where the subject is at least 50 years old on the as-of date."),
            ("+", "Switched off: Dismiss where the subject is at least 60 years old on the as-of date."),
        ]
