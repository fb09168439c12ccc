"""The pages of policies, as their people see them."""

import io
import re
from typing import Any

import pikepdf
import pypdfium2
import pytest
from django.urls import reverse

from clearmyrecord.runs import policy_services, policy_text, queries, services
from clearmyrecord.runs.models import Policy
from eligibility import policy as engine
from tests.cast import signed_in
from tests.records.factories import arrest, conviction, read_file
from tests.runs.factories import run_of, signed_presets

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(ana) -> Policy:
    return policy_services.draft_policy(
        actor=ana, text=engine.load("office_choice").text, own_title="Trial of the office"
    )


def form_of(policy: Policy, **changed: str) -> dict[str, str]:
    """What the editor sends for a policy as it stands, with some fields changed; an empty change leaves a box open."""
    given = policy_text.parsed(policy.text)
    lines = policy_text.shown(given)
    form: dict[str, Any] = {
        "seen": policy.sha256,
        "lines": str(len(lines)),
        "title": given["title"],
        "authority": given.get("authority", ""),
        "when_unproven": given.get("when_unproven", ""),
    }
    for line in lines:
        number = line.position
        form |= {f"rule-{number}": line.rule, f"outcome-{number}": line.outcome, f"ask-{number}": line.ask}
        form |= {f"reason_in_compatible_files-{number}": line.reason_in_compatible_files}
        form |= {f"question-{number}": line.question, f"authority-{number}": line.authority}
        form |= {f"{blank.name}-{number}": blank.value for blank in line.blanks if blank.name}
        form |= {f"on-{number}": "on"} if line.on else {}
    form |= changed
    return {re.sub(r"_(?=[0-9]+$)", "-", name): value for name, value in form.items()}


def page(client, name: str, *args: Any, query: str = "") -> str:
    return client.get(reverse(f"runs:{name}", args=args) + query).content.decode()


class TestList:
    def test_drafts_and_versions_are_apart(self, ana, draft):
        signed_presets()
        shown = page(signed_in(ana), "policies")
        assert shown.index("Trial of the office, draft") < shown.index("Signed versions") < shown.index(", version 1")

    def test_without_a_signed_policy_it_says_so(self, ana):
        assert "No policy is signed yet" in page(signed_in(ana), "policies")

    def test_an_auditor_reads_and_drafts_nothing(self, ivy, draft):
        assert "Draft a policy" not in page(signed_in(ivy), "policies")
        shown = page(signed_in(ivy), "policy", draft.pk)
        assert "where the conviction is under H&amp;S section 11357." in shown
        assert "Change this draft" not in shown

    def test_an_administrator_sees_none(self, adam, draft):
        assert signed_in(adam).get(reverse("runs:policy", args=[draft.pk])).status_code == 403


class TestNew:
    def test_a_draft_starts_from_a_preset(self, ana):
        answer = signed_in(ana).post(
            reverse("runs:new_policy"), {"source": "preset:office_choice", "own_title": "Office of 2026"}
        )
        made = Policy.objects.get()
        assert (answer.url, made.title) == (reverse("runs:edit_policy", args=[made.pk]), "Office of 2026")

    def test_a_draft_starts_from_a_version_and_remembers_it(self, ana):
        version = signed_presets()[0]
        signed_in(ana).post(reverse("runs:new_policy"), {"source": version.pk})
        assert Policy.objects.get(drafted_by=ana).based_on == version

    @pytest.mark.parametrize("source", ["", "preset:none", "99999", "preset:../x"])
    def test_from_nothing_known_no_draft_starts(self, ana, source):
        assert signed_in(ana).post(reverse("runs:new_policy"), {"source": source}).status_code == 422

    def test_a_title_that_is_taken_is_said_on_the_form(self, ana, draft):
        answer = signed_in(ana).post(
            reverse("runs:new_policy"), {"source": "preset:office_choice", "own_title": "Trial of the office"}
        )
        assert (answer.status_code, "of this title already" in answer.content.decode()) == (422, True)


class TestEditor:
    def send(self, client, draft, act, **changed):
        return client.post(reverse("runs:edit_policy", args=[draft.pk]), {**form_of(draft, **changed), "act": act})

    def test_saving_it_as_it_is_says_the_same(self, ana, draft):
        answer = self.send(signed_in(ana), draft, "save")
        assert answer.url == reverse("runs:policy", args=[draft.pk])
        assert engine.load(text=Policy.objects.get().text).lines == engine.load(text=draft.text).lines

    @pytest.mark.parametrize("name", engine.presets())
    def test_every_preset_is_saved_as_it_is(self, ana, name):
        preset = engine.load(name)
        made = policy_services.draft_policy(actor=ana, text=preset.text)
        assert self.send(signed_in(ana), made, "save").status_code == 302
        again = engine.load(text=Policy.objects.get().text)
        for each in ("lines", "families", "relief", "experimental", "county", "authority", "when_unproven"):
            assert getattr(again, each) == getattr(preset, each), each

    def test_years_outcomes_questions_and_authorities_are_kept(self, ana, draft):
        self.send(
            signed_in(ana), draft, "save", years_5="65", on_5="on", outcome_10="hand_review", question_10="law",
            ask_10="Who decides?", authority_1="Memorandum", when_unproven="dismiss",
        )  # fmt: skip
        lines = policy_text.parsed(Policy.objects.get().text)["line"]
        assert (lines[4]["years"], "on" in lines[4], lines[0]["authority"]) == (65, False, "Memorandum")
        assert (lines[9]["outcome"], lines[9]["question"], lines[9]["ask"]) == ("hand_review", "law", "Who decides?")
        assert engine.load(text=Policy.objects.get().text).when_unproven == "dismiss"

    def test_while_somebody_types_the_line_at_fault_is_named(self, ana, draft):
        answer = self.send(signed_in(ana), draft, "check", years_4="abc")
        assert 'href="#line-4">Line 4, years</a>: A whole number of years' in answer.content.decode()
        assert "Every line can be used" in self.send(signed_in(ana), draft, "check").content.decode()

    def test_what_can_not_be_used_is_not_saved_and_stays_in_the_form(self, ana, draft):
        answer = self.send(signed_in(ana), draft, "save", sections_2="11357, 11399")
        shown = answer.content.decode()
        assert answer.status_code == 422
        assert "editor__line--wrong" in shown
        assert 'value="11357, 11399"' in shown
        assert Policy.objects.get().sha256 == draft.sha256

    def test_without_any_authority_each_line_that_needs_one_is_named(self, ana, draft):
        shown = self.send(signed_in(ana), draft, "check", authority="").content.decode()
        assert "Line 1, the authority" in shown
        assert "beyond the statute" in shown

    def test_lines_move_go_and_come(self, ana, draft):
        client = signed_in(ana)
        up = self.send(client, draft, "up:3").content.decode()
        assert up.index('value="11358"') < up.index('value="11357"')
        assert self.send(client, draft, "remove:1").content.decode().count('class="editor__line"') == 10
        answer = self.send(client, draft, "add", add="subject_is_at_least").content.decode()
        assert "Line 12, years" in answer

    @pytest.mark.parametrize("wrong", [{"act": "up:99"}, {"act": "x"}, {"lines": "x"}, {"rule-1": "none"}])
    def test_what_no_page_sends_is_refused(self, ana, draft, wrong):
        answer = signed_in(ana).post(reverse("runs:edit_policy", args=[draft.pk]), form_of(draft) | wrong)
        assert answer.status_code == 422

    def test_the_return_key_saves_and_moves_no_line(self, ana, draft):
        shown = page(signed_in(ana), "edit_policy", draft.pk)
        first = shown[shown.index('name="act"') :]
        assert first.startswith('name="act" value="save"')

    def test_two_windows_do_not_overwrite_one_another(self, ana, draft):
        client = signed_in(ana)
        self.send(client, draft, "save", years_5="65")
        answer = self.send(client, draft, "save", years_5="70")
        assert (answer.status_code, "another window" in answer.content.decode()) == (422, True)

    def test_another_person_does_not_change_it(self, theo, draft):
        assert signed_in(theo).get(reverse("runs:edit_policy", args=[draft.pk])).status_code == 403

    def test_a_signed_one_is_not_changed(self, ana, sam, draft):
        policy_services.sign_policy(actor=sam, policy_id=draft.pk, seen_sha256=draft.sha256)
        assert self.send(signed_in(ana), draft, "save").status_code == 409

    def test_the_text_is_changed_by_its_drafter_and_read_by_others(self, ana, ivy, draft):
        address = reverse("runs:policy_text", args=[draft.pk])
        text = draft.text.replace("years = 50", "years = 55")
        wrong = signed_in(ana).post(address, {"text": "name =", "seen": draft.sha256})
        assert (wrong.status_code, "not TOML" in wrong.content.decode()) == (422, True)
        signed_in(ana).post(address, {"text": text.replace("\n", "\r\n"), "seen": draft.sha256})
        assert Policy.objects.get().text == text
        assert "years = 55" in page(signed_in(ivy), "policy_text", draft.pk)
        assert signed_in(ivy).post(address, {"text": text}).status_code == 403


class TestSigning:
    def test_a_supervisor_reads_what_it_changes_and_signs(self, sam, draft):
        signed = signed_presets()[1]
        other = policy_services.draft_policy(actor=draft.drafted_by, text=signed.text.replace("= 50", "= 55"))
        client = signed_in(sam)
        shown = page(client, "sign_policy", other.pk)
        assert f"What it changes against {signed}" in shown
        assert "+ only after" in shown
        client.post(reverse("runs:sign_policy", args=[other.pk]), {"seen": other.sha256})
        other.refresh_from_db()
        assert (other.version, other.signed_by) == (2, sam)

    def test_its_drafter_is_offered_no_signature(self, sam):
        own = policy_services.draft_policy(actor=sam, text=engine.load("office_choice").text)
        client = signed_in(sam)
        assert "You drafted this policy" in page(client, "sign_policy", own.pk)
        assert client.post(reverse("runs:sign_policy", args=[own.pk]), {"seen": own.sha256}).status_code == 403

    def test_the_run_form_offers_signed_ones_only(self, ana, sam, office, draft):
        read_file(ana, [conviction()])
        assert "Trial of the office" not in page(signed_in(ana), "start")
        policy_services.sign_policy(actor=sam, policy_id=draft.pk, seen_sha256=draft.sha256)
        assert "Trial of the office, version 1" in page(signed_in(ana), "start")

    def test_without_a_signed_policy_the_run_form_says_what_to_do(self, ana, office, draft):
        read_file(ana, [conviction()])
        assert "A supervisor reads and signs one" in page(signed_in(ana), "start")

    def test_a_discarded_draft_can_still_be_read(self, ana, draft):
        client = signed_in(ana)
        client.post(reverse("runs:discard_policy", args=[draft.pk]))
        assert "discarded" in page(client, "policy", draft.pk)
        assert "1 discarded draft" in page(client, "policies")

    def test_what_waits_for_a_signature_is_on_the_supervisors_home_page(self, sam, draft):
        assert "Policies to sign" in signed_in(sam).get("/").content.decode()


class TestTexts:
    def test_two_policies_are_compared(self, ivy):
        one, other = signed_presets()
        shown = page(signed_in(ivy), "compare_policies", query=f"?before={one.pk}&after={other.pk}")
        assert "only before" in shown
        assert "only after" in shown
        assert "Both say the same" in page(signed_in(ivy), "compare_policies", query=f"?before={one.pk}&after={one.pk}")

    def test_a_policy_that_is_not_there_can_not_be_compared(self, ivy):
        assert signed_in(ivy).get(reverse("runs:compare_policies") + "?before=99&after=98").status_code == 422


class TestRuleBook:
    @pytest.mark.parametrize("preset", engine.presets())
    def test_every_preset_has_one(self, ana, preset):
        made = policy_services.draft_policy(actor=ana, text=engine.load(preset).text)
        shown = page(signed_in(ana), "rule_book", made.pk)
        assert "How it decides" in shown
        assert shown.count("<h3>") == len(engine.load(preset).lines)

    def test_the_pdf_is_tagged_titled_and_repeatable(self, ana, draft):
        address = reverse("runs:rule_book_pdf", args=[draft.pk])
        first, second = (signed_in(ana).get(address) for _ in range(2))
        assert first["Content-Type"] == "application/pdf"
        assert first.content == second.content
        with pikepdf.open(io.BytesIO(first.content)) as pdf:
            assert pdf.Root.MarkInfo.Marked
            assert str(pdf.docinfo["/Title"]).startswith("Rule book of Trial of the office")
        text = pypdfium2.PdfDocument(first.content)[0].get_textpage().get_text_range()
        assert "A draft: nothing runs under it." in " ".join(text.split())


class TestTrace:
    """What a run found, line by line, now and before."""

    @pytest.fixture
    def restated(self, ana, office):
        read_file(ana, [arrest(), conviction(SENT_LENGTH=""), conviction("2", "A2", case="CR2")])
        run = run_of(ana)
        old = queries.standing(run).get(route="unknown")
        services.state_fact(
            actor=ana, conviction_id=old.conviction_id, fact="offense_date", value="2020-01-01", source="Complaint"
        )
        return old, queries.determination_of(old.conviction_id)

    def test_each_lines_answer_is_the_traces(self, restated):
        for determination in restated:
            lines = queries.lines_of_trace(determination)
            assert "".join(line.answer[0] for line in lines) == determination.trace
            decided = [line.rule for line in lines if line.decided]
            assert decided == ([] if determination.rule == "record_unclear" else [determination.rule])

    def test_lines_facts_and_what_was_found_before_are_shown(self, ana, restated):
        old, new = restated
        shown = page(signed_in(ana), "trace", new.pk)
        assert "stated: Complaint" in shown
        assert shown.count("<strong>(decided)</strong>") == 1  # before, the record left open what decides
        assert shown.index(new.reason) < shown.index("Found before") < shown.index(old.reason)
        assert "State or withdraw a fact" in shown

    def test_a_superseded_one_can_be_looked_up_by_itself(self, ivy, restated):
        shown = page(signed_in(ivy), "trace", restated[0].pk)
        assert restated[0].reason in shown
        assert "State or withdraw" not in shown

    def test_the_subjects_page_opens_it_in_place(self, ana, restated):
        _, new = restated
        subject = signed_in(ana).get(reverse("desk:subject", args=[new.conviction.subject_id])).content.decode()
        assert reverse("runs:trace", args=[new.pk]) in subject

    def test_one_that_is_not_there_is_404(self, ana):
        assert signed_in(ana).get(reverse("runs:trace", args=[10**6])).status_code == 404
