"""The public defender: what is given to them, what they see of it, what they say, and what the office does with it."""

from __future__ import annotations

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.batches import giving, objecting, objection_queries, queries, services
from clearmyrecord.batches.cautions import cautions
from clearmyrecord.batches.models import Batch, Grant, Objection, ObjectionAnswer, Proposal
from clearmyrecord.errors import Conflict, Invalid, NotAllowed, NotFound
from clearmyrecord.office.models import Office, Role
from clearmyrecord.reviews import services as reviews
from tests.batches.conftest import conviction_id, marked_right, submitted_by
from tests.batches.test_pages import page, post
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in
from tests.factories import UserFactory
from tests.office.test_access import ALL, allowed, rule_of

REASON = "Agreed disclosure of June 2024."


@pytest.fixture
def given(submitted, sam, pat) -> Batch:
    """Submitted, and given to Pat by Sam."""
    giving.give(actor=sam, batch_ids=[submitted.pk], defender_id=pat.pk, reason=REASON)
    return submitted


@pytest.fixture
def objections_block(db) -> None:
    """The office wants objections resolved before an approval."""
    Office.objects.update(objections_block=True)


def first_item(batch: Batch):
    return queries.frozen_items(batch).first()


def objected(pat, batch: Batch, reason: str = "My client pleaded to another count.") -> Objection:
    return objecting.object_to(actor=pat, batch_id=batch.pk, item_id=first_item(batch).pk, reason=reason)


def approve(sam, batch: Batch) -> Batch:
    return services.approve(actor=sam, batch_id=batch.pk, seen_hash=batch.list_hash)


class TestGiving:
    def test_several_are_given_by_name_with_a_reason_each_with_an_event(self, run, ana, theo, sam, pat):
        batches = [
            submitted_by(ana, services.compose(actor=ana, name=section, filter={"section": section}), theo)
            for section in ("11357", "11358")
        ]
        ids = [batch.pk for batch in batches]
        assert post(sam, "defenders", defender=pat.pk, batches=ids, reason=REASON).status_code == 302
        assert set(objection_queries.given(pat)) == set(batches)
        events = AuditEvent.objects.filter(verb="batch.given")
        assert {event.target_id for event in events} == set(ids)
        assert {event.detail["defender"] for event in events} == {pat.pk}
        post(sam, "defenders", defender=pat.pk, batches=ids, reason=REASON)  # once more changes nothing
        assert Grant.objects.count() == events.count() == 2

    @pytest.mark.parametrize("missing", ["defender", "batches", "reason"])
    def test_each_part_is_needed(self, submitted, sam, pat, missing):
        values = {"defender": pat.pk, "batches": [submitted.pk], "reason": REASON}
        assert post(sam, "defenders", **{name: values[name] for name in values if name != missing}).status_code == 422
        assert not Grant.objects.exists()

    def test_only_to_a_public_defender_only_by_a_supervisor_and_only_while_it_waits(
        self, submitted, draft, ana, sam, pat, ivy
    ):
        with pytest.raises(Invalid):
            giving.give(actor=sam, batch_ids=[submitted.pk], defender_id=ivy.pk, reason=REASON)
        for user in (ana, ivy, pat):
            with pytest.raises(NotAllowed):
                giving.give(actor=user, batch_ids=[submitted.pk], defender_id=pat.pk, reason=REASON)
        services.return_batch(actor=sam, batch_id=submitted.pk, comment="Wait.")
        with pytest.raises(Conflict):
            giving.give(actor=sam, batch_ids=[submitted.pk], defender_id=pat.pk, reason=REASON)

    def test_taken_back_with_a_reason_it_is_gone_at_once_and_the_objection_stays(self, given, sam, pat):
        objected(pat, given)
        grant = Grant.objects.get()
        assert post(sam, "end_grant", grant.pk, reason="").status_code == 422
        assert page(pat, "given_batch", given.pk).status_code == 200
        assert post(sam, "end_grant", grant.pk, reason="Conflict of interest.").status_code == 302
        for name, args in (("given_batch", ()), ("given_item", (first_item(given).pk,)), ("propose", ())):
            assert page(pat, name, given.pk, *args).status_code == 404
        with pytest.raises(NotFound):
            objected(pat, given)
        assert objection_queries.open_objections(given).count() == 1
        assert AuditEvent.objects.filter(verb="batch.taken_back").count() == 1
        assert post(sam, "end_grant", grant.pk, reason="Again.").status_code == 404
        giving.give(actor=sam, batch_ids=[given.pk], defender_id=pat.pk, reason="Resolved.")
        assert page(pat, "given_batch", given.pk).status_code == 200

    def test_the_page_teaches_while_there_is_nobody_or_nothing_to_give(self, run, sam):
        assert "No public defender has an account" in page(sam, "defenders").content.decode()
        UserFactory(role=Role.PUBLIC_DEFENDER)
        assert "No batch waits for approval" in page(sam, "defenders").content.decode()


class TestSeeing:
    def test_every_address_but_their_own_refuses_even_with_ids_that_exist(self, given, run, pat):
        """Those of the very batch that is given to them, of its run, its file, a person and a conviction in it."""
        client, conviction = signed_in(pat), first_item(given).conviction
        ids = {
            "/batches/": given.pk, "/filings/": given.pk, "/reviews/": conviction.pk, "/desk/": conviction.subject_id,
            "/runs/": run.pk, "/records/": run.files.get().pk,
        }  # fmt: skip
        own = ("signed in", "public")
        refused = 0
        for path, pattern in ALL:
            rule = rule_of(pattern)
            if str(Role.PUBLIC_DEFENDER) in allowed(rule) or rule in own:
                continue
            known = next((pk for part, pk in ids.items() if path.startswith(part)), 1)
            there = re.sub(r"/1(?=[/.])", f"/{known}", path)
            for response in (client.get(there), client.post(there)):
                assert response.status_code in (403, 404, 405), f"{there}: {response.status_code}"
            refused += 1
        assert refused > 80

    def test_sees_their_pages_home_and_password_and_nothing_else_in_the_menu(self, given, pat):
        own = {path for path, pattern in ALL if str(Role.PUBLIC_DEFENDER) in allowed(rule_of(pattern))}
        assert {path for path in own if "given" not in path} <= {"/", "/sign-out/", "/password/", "/unlock/", *_open()}
        menu = signed_in(pat).get("/").content.decode()
        assert 'href="/batches/given/"' in menu
        for elsewhere in ("/records/", "/reviews/", "/runs/", "/filings/", "/wording/", "/trail/"):
            assert f'href="{elsewhere}"' not in menu

    def test_home_leads_to_what_can_be_objected_to(self, given, pat):
        shown = signed_in(pat).get("/").content.decode()
        assert "Batches to look through" in shown
        assert reverse("batches:given_batch", args=[given.pk]) in shown

    def test_a_batch_of_which_they_know_nothing_is_404(self, run, ana, theo, sam, pat):
        one, other = (
            submitted_by(ana, services.compose(actor=ana, name=section, filter={"section": section}), theo)
            for section in ("11357", "11358")
        )
        giving.give(actor=sam, batch_ids=[one.pk], defender_id=pat.pk, reason=REASON)
        assert other.name not in page(pat, "given").content.decode().replace(one.name, "")
        assert page(pat, "given_batch", other.pk).status_code == 404
        assert page(pat, "given_item", other.pk, first_item(other).pk).status_code == 404
        assert page(pat, "given_item", one.pk, first_item(other).pk).status_code == 404
        assert post(pat, "given_item", one.pk, first_item(other).pk, reason="x").status_code == 404

    def test_another_defender_sees_nothing_of_it_nor_what_was_said(self, given, sam, pat):
        other = UserFactory(role=Role.PUBLIC_DEFENDER)
        assert page(other, "given_batch", given.pk).status_code == 404
        objected(pat, given, "Said by Pat.")
        giving.give(actor=sam, batch_ids=[given.pk], defender_id=other.pk, reason=REASON)
        assert "Said by Pat." not in page(other, "given_item", given.pk, first_item(given).pk).content.decode()

    def test_shows_each_item_with_determination_reason_and_citation(self, given, pat):
        shown = page(pat, "given_batch", given.pk).content.decode()
        for item in queries.frozen_items(given):
            for said in ("defendant_name", "case_number", "reason", "citation"):
                assert item.snapshot[said] in _plain(shown)
            one = _plain(page(pat, "given_item", given.pk, item.pk).content.decode())
            for said in ("defendant_name", "case_number", "reason", "citation"):
                assert item.snapshot[said] in one

    def test_hides_what_people_of_the_office_wrote_for_each_other(self, mixed, ana, theo, sam, pat):
        secret = conviction_id(mixed, "override")
        reviews.comment(actor=ana, conviction_id=secret, text="Weak witness.")
        batch = submitted_by(ana, mixed, theo)
        giving.give(actor=sam, batch_ids=[batch.pk], defender_id=pat.pk, reason=REASON)
        pages = [page(pat, "given_batch", batch.pk).content.decode()]
        pages += [page(pat, "given_item", batch.pk, item.pk).content.decode() for item in batch.items.all()]
        shown = " ".join(pages)
        for hidden in (
            "small", "Weak witness.", "police report", "docket", "Ana Alvarez", "Theo Tran", "Sam Stone", REASON,
            "superstrike", batch.list_hash, "/reviews/", "/desk/",
        ):  # fmt: skip
            assert hidden not in shown, hidden
        assert objection_queries.BY_A_PERSON in shown

    def test_every_view_is_in_the_trail(self, given, pat):
        page(pat, "given_batch", given.pk)
        page(pat, "given_item", given.pk, first_item(given).pk)
        events = AuditEvent.objects.filter(verb="subject.viewed", actor=pat).order_by("pk")
        assert list(events.values_list("kind", "subject_count", "target_id", "role")) == [
            ("list", 3, given.pk, "public_defender"),
            ("page", 1, given.pk, "public_defender"),
        ]

    def test_while_it_is_being_changed_no_list_is_shown(self, given, ana, sam, pat):
        item = first_item(given)
        services.return_batch(actor=sam, batch_id=given.pk, comment="Wait.")
        shown = page(pat, "given_batch", given.pk).content.decode()
        assert "The office is changing this batch" in shown
        assert item.snapshot["defendant_name"] not in shown
        assert page(pat, "given_item", given.pk, item.pk).status_code == 404

    def test_approved_it_can_be_read_and_not_objected_to(self, given, sam, pat):
        marked_right(sam, given)
        approve(sam, given)
        item = first_item(given)
        assert "objections are closed" in page(pat, "given_batch", given.pk).content.decode()
        assert "Object to it" not in page(pat, "given_item", given.pk, item.pk).content.decode()
        assert post(pat, "given_item", given.pk, item.pk, reason="Late.").status_code == 409
        assert page(pat, "propose", given.pk).status_code == 404

    def test_a_closed_account_is_given_nothing(self, given, pat):
        pat.is_active = False
        assert not objection_queries.given(pat).exists()

    def test_queries_do_not_grow_with_the_list(self, given, pat, django_assert_max_num_queries):
        for address in (("given_batch", given.pk), ("given_item", given.pk, first_item(given).pk), ("given",)):
            client = signed_in(pat)
            with django_assert_max_num_queries(12):
                assert client.get(reverse(f"batches:{address[0]}", args=address[1:])).status_code == 200


def _open() -> set[str]:
    """Addresses for anybody or for everybody signed in."""
    return {path for path, pattern in ALL if rule_of(pattern) in ("public", "signed in")}


def _plain(html: str) -> str:
    return html.replace("&amp;", "&").replace("&#x27;", "'")


class TestSaying:
    def test_an_objection_needs_a_reason_and_is_filed_once(self, given, pat):
        item = first_item(given)
        assert post(pat, "given_item", given.pk, item.pk, reason=" ").status_code == 422
        assert post(pat, "given_item", given.pk, item.pk, reason="Another count.").status_code == 302
        assert post(pat, "given_item", given.pk, item.pk, reason="Another count.").status_code == 409
        objection = Objection.objects.get()
        assert (objection.by, objection.version, objection.conviction_id) == (pat, 1, item.conviction_id)
        event = AuditEvent.objects.get(verb="batch.objected")
        assert event.subjects == [item.snapshot["person"]]
        assert "Another count" not in str(event.detail)

    @pytest.mark.parametrize(
        ("written", "status"),
        [
            ({"case_number": "CR1", "section": "H&S 11358", "reason": "Same facts."}, 302),
            ({"name": "Doe, Jo", "what": "sale, 2009", "reason": "Same facts."}, 302),
            ({"case_number": "CR1", "reason": "Same facts."}, 422),
            ({"name": "Doe, Jo", "reason": "Same facts."}, 422),
            ({"case_number": "CR1", "section": "H&S 11358"}, 422),
        ],
    )
    def test_an_addition_is_a_case_and_section_or_a_person_and_what_and_why(self, given, pat, written, status):
        assert post(pat, "propose", given.pk, **written).status_code == status
        assert Proposal.objects.count() == (status == 302)
        if status == 302:
            assert "Doe" not in str(AuditEvent.objects.get(verb="batch.addition_proposed").detail)

    def test_the_office_sees_what_was_said_literally(self, given, sam, ivy, pat):
        objected(pat, given, "Not <b>this</b> count.")
        objecting.propose(
            actor=pat, batch_id=given.pk, case_number="", section="", name="Doe, Jo", what="sale", reason="Same facts."
        )
        for user in (sam, ivy):
            shown = page(user, "batch", given.pk).content.decode()
            assert "Not &lt;b&gt;this&lt;/b&gt; count." in shown
            assert "Doe, Jo, sale" in shown

    def test_the_database_hears_nobody_else(self, given, ana, pat):
        item = first_item(given)
        values = {"batch": given, "version": 1, "conviction_id": item.conviction_id, "reason": "x"}
        stranger = UserFactory(role=Role.PUBLIC_DEFENDER)
        for wrong in ({"by": stranger}, {"by": ana}, {"by": pat, "version": 2}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Objection.objects.create(**values | wrong)
        Objection.objects.create(**values | {"by": pat})
        for change in ("UPDATE batches_objection SET reason = 'y'", "DELETE FROM batches_grant"):
            with pytest.raises(Exception, match="permission denied"), transaction.atomic():
                connection.cursor().execute(change)


class TestResolving:
    def test_where_the_office_wants_it_an_open_objection_stops_the_approval(self, given, objections_block, sam, pat):
        objected(pat, given)
        marked_right(sam, given)
        with pytest.raises(Conflict, match="resolves every objection"):
            approve(sam, given)
        shown = page(sam, "batch", given.pk).content.decode()
        assert "Objections to resolve first: 1" in shown
        assert "Approve 3 convictions" not in shown

    def test_the_database_itself_refuses_it(self, given, objections_block, sam, pat):
        objected(pat, given)
        marked_right(sam, given)
        with pytest.raises(IntegrityError, match="resolves every objection"), transaction.atomic():
            Batch.objects.filter(pk=given.pk).update(state="approved", approved_by=sam)

    def test_elsewhere_it_is_a_warning_to_the_approver(self, given, sam, pat):
        objected(pat, given)
        marked_right(sam, given)
        shown = " ".join(page(sam, "batch", given.pk).content.decode().split())
        assert "1 objection of the public defender is open." in shown
        assert "Approve 3 convictions" in shown
        assert approve(sam, given).state == "approved"

    def test_an_attorneys_answer_resolves_it_and_the_defender_reads_it(self, given, objections_block, theo, sam, pat):
        objection = objected(pat, given)
        marked_right(sam, given)
        assert post(theo, "objection", given.pk, objection.pk, text="").status_code == 422
        assert post(theo, "objection", given.pk, objection.pk, text="The docket shows count 1.").status_code == 302
        assert "The docket shows count 1." in page(pat, "given_item", given.pk, first_item(given).pk).content.decode()
        assert approve(sam, given).state == "approved"
        assert AuditEvent.objects.filter(verb="batch.objection_answered").count() == 1

    def test_taken_out_the_batch_is_returned_without_it_and_the_attorney_prepared_a_part(
        self, given, objections_block, ana, theo, sam, sue, pat
    ):
        sue.is_attorney, sue.bar_number = True, "900002"
        sue.save()
        objection, item = objected(pat, given), first_item(given)
        response = post(sue, "objection", given.pk, objection.pk, text="True, count 2.", then="take_out")
        assert response.status_code == 302
        given.refresh_from_db()
        assert (given.state, given.comment) == ("returned", objecting.HELD)
        assert not given.items.filter(conviction=item.conviction_id).exists()
        shown = page(ana, "batch", given.pk).content.decode()
        assert "Came back with a comment: 1" in shown
        assert "True, count 2." in shown
        again = submitted_by(ana, given, theo)
        assert again.items.count() == 2
        marked_right(sam, again)
        with pytest.raises(NotAllowed):
            approve(sue, again)
        assert approve(sam, again).state == "approved"

    def test_an_objection_outlives_a_return_until_it_is_answered(self, given, objections_block, ana, theo, sam, pat):
        objected(pat, given)
        services.return_batch(actor=sam, batch_id=given.pk, comment="Wait.")
        again = submitted_by(ana, given, theo)
        marked_right(sam, again)
        with pytest.raises(Conflict):
            approve(sam, again)
        assert "to version 1" in page(sam, "batch", again.pk).content.decode()

    def test_is_for_attorneys_once_and_while_the_batch_waits(self, given, ana, theo, sam, ivy, pat):
        objection = objected(pat, given)
        for user in (ana, sam, ivy, pat):
            assert page(user, "objection", given.pk, objection.pk).status_code == 403
            assert post(user, "objection", given.pk, objection.pk, text="x").status_code == 403
        assert page(theo, "objection", given.pk, objection.pk).status_code == 200
        assert post(theo, "objection", given.pk, 999999, text="x").status_code == 404
        assert post(theo, "objection", given.pk, objection.pk, text="It stays.").status_code == 302
        assert post(theo, "objection", given.pk, objection.pk, text="Again.").status_code == 409
        assert ObjectionAnswer.objects.count() == 1

    def test_the_database_takes_an_answer_from_attorneys_alone(self, given, ana, pat):
        objection = objected(pat, given)
        for user in (ana, pat):
            with pytest.raises(IntegrityError, match="An attorney"), transaction.atomic():
                ObjectionAnswer.objects.create(objection=objection, text="x", by=user)

    def test_attorneys_find_it_at_home_and_the_analyst_before_submitting(self, given, ana, theo, sam, pat):
        objected(pat, given)
        assert "Objections to resolve" in signed_in(theo).get("/").content.decode()
        services.return_batch(actor=sam, batch_id=given.pk, comment="Wait.")
        assert "objected" in {each.code for each in cautions(given, queries.candidates(given), actor=ana)}


def test_the_office_turns_it_on_and_an_administrator_makes_the_account(adam):
    form = signed_in(adam).get("/office/accounts/new/").content.decode()
    assert "Public defender" in form
    values = {
        "username": "pat", "first_name": "Pat", "last_name": "Park", "role": "public_defender", "is_active": "on",
        "password": "quiet river under stone",
    }  # fmt: skip
    marked = values | {"is_attorney": "on", "bar_number": "900009"}
    assert signed_in(adam).post("/office/accounts/new/", marked).status_code == 422
    assert signed_in(adam).post("/office/accounts/new/", values).status_code == 302
    assert "objections_block" in signed_in(adam).get("/office/").content.decode()
