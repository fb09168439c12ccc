"""The office's own words: drafted by one, approved by another, frozen."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.office import wording_queries, wording_services, wording_text
from clearmyrecord.office.models import Role, User, WordingVersion
from petitions.wording import BLOCKS, STANDARD
from tests.factories import OfficeFactory, UserFactory
from tests.office.wordings import KEY, OTHER, OWN, approved, change, draft_by

STANDARD_TEXT = BLOCKS[KEY].text


class TestDrafting:
    def test_a_draft_starts_with_the_words_in_force(self, theo: User, sam: User) -> None:
        first = draft_by(theo)
        assert first.texts == STANDARD.in_full()
        approved(first, sam, {KEY: OWN})
        assert draft_by(theo).texts == STANDARD.in_full() | {KEY: OWN}

    def test_administrators_and_attorneys_draft(self, adam: User, theo: User) -> None:
        for actor in (adam, theo):
            assert wording_services.start_draft(actor=actor).state == WordingVersion.State.DRAFT

    @pytest.mark.parametrize("role", [Role.ANALYST, Role.SUPERVISOR, Role.AUDITOR])
    def test_others_without_the_attorneys_mark_do_not(self, role: Role, db: None) -> None:
        with pytest.raises(NotAllowed):
            wording_services.start_draft(actor=UserFactory(role=role))

    def test_a_closed_account_does_not(self, db: None) -> None:
        with pytest.raises(NotAllowed):
            wording_services.start_draft(actor=UserFactory(role=Role.ADMINISTRATOR, is_active=False))

    def test_one_person_has_one_draft_open(self, theo: User) -> None:
        draft = draft_by(theo)
        with pytest.raises(Conflict, match="You have a draft already"):
            wording_services.start_draft(actor=theo)
        wording_services.discard_draft(actor=theo, draft_id=draft.pk)
        assert wording_services.start_draft(actor=theo).pk != draft.pk

    def test_nobody_starts_from_the_draft_of_another(self, theo: User, adam: User) -> None:
        with pytest.raises(Conflict, match="nobody approves their own words"):
            wording_services.start_draft(actor=adam, version_id=draft_by(theo).pk)

    def test_a_block_is_reworded(self, theo: User) -> None:
        draft = change(draft_by(theo), KEY, f"  {OWN}\r\n")
        assert draft.texts == STANDARD.in_full() | {KEY: OWN}
        assert draft.sha256 == wording_text.digest(draft.texts)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "empty"),
            (f"{STANDARD_TEXT} {{unheard_of}}", "{unheard_of}"),
            (STANDARD_TEXT.replace("{defendant}", "the defendant"), "{defendant} is missing"),
            (STANDARD_TEXT.replace("move for an order", "want an order"), "move for an order"),
            (f"{STANDARD_TEXT} \u202e", "RIGHT-TO-LEFT OVERRIDE"),
            (f"{STANDARD_TEXT}\nA second line.", "line break"),
        ],
    )
    def test_a_text_that_papers_may_not_use_is_refused_with_the_reason(self, theo: User, text: str, said: str) -> None:
        draft = draft_by(theo)
        with pytest.raises(Invalid, match=said):
            change(draft, KEY, text)
        assert WordingVersion.objects.get(pk=draft.pk).texts == STANDARD.in_full()

    def test_only_its_author_changes_a_draft(self, theo: User, adam: User) -> None:
        draft = draft_by(theo)
        with pytest.raises(NotAllowed):
            change(draft, KEY, OWN, actor=adam)

    def test_a_block_changed_in_another_window_is_not_written_over(self, theo: User) -> None:
        draft = draft_by(theo)
        seen = wording_text.digest_of(draft.texts[KEY])
        change(draft, KEY, OWN)
        with pytest.raises(Conflict):
            wording_services.change_block(actor=theo, draft_id=draft.pk, key=KEY, text=OTHER, seen=seen)

    def test_two_blocks_may_be_changed_in_two_windows(self, theo: User) -> None:
        draft = draft_by(theo)
        stale = WordingVersion.objects.get(pk=draft.pk)
        change(draft, KEY, OWN)
        key = "motion.also"
        assert change(stale, key, "The People move for an order {order} as well.").texts[KEY] == OWN

    def test_a_supervisor_discards_a_draft_left_behind_and_others_do_not(
        self, theo: User, adam: User, sam: User
    ) -> None:
        draft = draft_by(theo)
        with pytest.raises(NotAllowed):
            wording_services.discard_draft(actor=adam, draft_id=draft.pk)
        wording_services.discard_draft(actor=sam, draft_id=draft.pk)
        with pytest.raises(Conflict):
            change(draft, KEY, OWN)


class TestApproval:
    def test_a_draft_becomes_the_next_version_and_is_in_force(self, theo: User, adam: User, sam: User) -> None:
        first = approved(draft_by(theo), sam, {KEY: OWN})
        second = approved(draft_by(adam), theo, {KEY: OTHER})
        assert (first.number, second.number) == (1, 2)
        assert wording_queries.in_force() == second

    def test_nobody_approves_their_own_words(self, theo: User) -> None:
        with pytest.raises(NotAllowed, match="You drafted these words"):
            approved(draft_by(theo), theo, {KEY: OWN})

    @pytest.mark.parametrize("role", [Role.ANALYST, Role.ADMINISTRATOR, Role.AUDITOR])
    def test_only_attorneys_and_supervisors_approve(self, role: Role, theo: User) -> None:
        with pytest.raises(NotAllowed):
            approved(draft_by(theo), UserFactory(role=role), {KEY: OWN})

    def test_what_was_changed_since_it_was_read_is_not_approved(self, theo: User, sam: User) -> None:
        draft = change(draft_by(theo), KEY, OWN)
        seen = draft.sha256
        change(draft, KEY, OTHER)
        with pytest.raises(Conflict, match="changed while you had it open"):
            wording_services.approve(actor=sam, draft_id=draft.pk, seen=seen, against=None)

    def test_what_was_compared_with_an_older_version_is_not_approved(self, theo: User, adam: User, sam: User) -> None:
        draft = change(draft_by(theo), KEY, OWN)
        approved(draft_by(adam), sam, {KEY: OTHER})
        with pytest.raises(Conflict, match="the version in force, changed"):
            wording_services.approve(actor=sam, draft_id=draft.pk, seen=draft.sha256, against=None)

    def test_a_draft_that_changes_nothing_is_not_approved(self, theo: User, sam: User) -> None:
        with pytest.raises(Invalid, match="in force already"):
            approved(draft_by(theo), sam, {})

    def test_words_that_break_a_paper_are_not_approved(self, theo: User, sam: User) -> None:
        key = "letter_en.dear"
        long = f"{BLOCKS[key].text} " + "We are glad to write to you. " * 100
        with pytest.raises(Invalid, match="Tried on invented data"):
            approved(draft_by(theo), sam, {key: long.strip()})

    def test_an_older_version_is_restored_by_a_new_draft(self, theo: User, sam: User) -> None:
        first = approved(draft_by(theo), sam, {KEY: OWN})
        approved(draft_by(theo), sam, {KEY: OTHER})
        draft = wording_services.start_draft(actor=theo, version_id=first.pk)
        third = approved(draft, sam, {})
        assert (third.number, third.texts) == (3, first.texts)
        assert third.based_on == first

    def test_the_trail_names_blocks_and_hashes_and_no_text(self, theo: User, sam: User) -> None:
        version = approved(draft_by(theo), sam, {KEY: OWN})
        events = AuditEvent.objects.filter(verb__startswith="wording.").order_by("id")
        assert [event.verb for event in events] == ["wording.drafted", "wording.changed", "wording.approved"]
        assert events[1].detail == {"block": KEY, "sha256": version.sha256}
        assert events[2].detail == {"version": 1, "sha256": version.sha256}


class TestTheDatabase:
    """What it refuses whatever the services do."""

    @pytest.fixture
    def draft(self, theo: User) -> WordingVersion:
        return draft_by(theo)

    def refuses(self, sql: str, *values: object) -> None:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)

    def test_the_authors_own_approval(self, draft: WordingVersion, theo: User) -> None:
        self.refuses(
            "UPDATE office_wordingversion SET number = 1, approved_by_id = %s, approved_at = now() WHERE id = %s",
            theo.pk, draft.pk,
        )  # fmt: skip

    def test_the_approval_by_somebody_who_may_not(self, draft: WordingVersion, adam: User) -> None:
        self.refuses(
            "UPDATE office_wordingversion SET number = 1, approved_by_id = %s, approved_at = now() WHERE id = %s",
            adam.pk, draft.pk,
        )  # fmt: skip

    def test_a_text_changed_by_its_approval(self, draft: WordingVersion, sam: User) -> None:
        self.refuses(
            "UPDATE office_wordingversion SET number = 1, approved_by_id = %s, approved_at = now(), texts = '{}'"
            " WHERE id = %s",
            sam.pk, draft.pk,
        )  # fmt: skip

    def test_an_author_who_changes(self, draft: WordingVersion, sam: User) -> None:
        self.refuses("UPDATE office_wordingversion SET drafted_by_id = %s WHERE id = %s", sam.pk, draft.pk)

    def test_half_an_approval(self, draft: WordingVersion) -> None:
        self.refuses("UPDATE office_wordingversion SET number = 1 WHERE id = %s", draft.pk)

    def test_any_change_of_an_approved_version(self, draft: WordingVersion, sam: User) -> None:
        version = approved(draft, sam, {KEY: OWN})
        self.refuses("UPDATE office_wordingversion SET texts = '{}' WHERE id = %s", version.pk)

    def test_any_change_of_a_standard_wording(self, db: None) -> None:
        kept = wording_services.for_papers()
        self.refuses("UPDATE office_wordingversion SET texts = '{}' WHERE id = %s", kept.pk)

    def test_a_wording_that_starts_approved(self, theo: User, sam: User) -> None:
        self.refuses(
            "INSERT INTO office_wordingversion (texts, sha256, drafted_by_id, drafted_at, number, approved_by_id,"
            " approved_at) VALUES ('{}', '', %s, now(), 1, %s, now())",
            theo.pk, sam.pk,
        )  # fmt: skip


class TestWhatPapersUse:
    def test_the_standard_wording_while_the_office_has_none_of_its_own(self, db: None) -> None:
        first, second = wording_services.for_papers(), wording_services.for_papers()
        assert first == second
        kept = wording_queries.as_frozen(wording_queries.frozen(first, OfficeFactory()))
        assert (kept.version, kept.texts) == ("standard", STANDARD.in_full())

    def test_the_version_in_force_by_county_and_number(self, theo: User, sam: User) -> None:
        version = approved(draft_by(theo), sam, {KEY: OWN})
        frozen = wording_queries.frozen(wording_services.for_papers(), OfficeFactory())
        assert frozen == {"id": version.pk, "version": "Contra Costa 1", "sha256": version.sha256}
        assert wording_queries.as_frozen(frozen).texts[KEY] == OWN

    def test_a_block_that_came_later_has_its_standard_text_in_an_older_version(self) -> None:
        assert wording_text.in_full({KEY: OWN}) == STANDARD.in_full() | {KEY: OWN}

    def test_a_heading_from_before_wordings_were_kept_has_the_standard_one(self) -> None:
        assert wording_queries.as_frozen(None) is STANDARD


class TestDifferences:
    @pytest.mark.parametrize(
        ("before", "after", "pieces"),
        [
            ("The People move.", "The People move.", [(" ", "The People move.")]),
            ("The People move.", "The People ask.", [(" ", "The People "), ("-", "move."), ("+", "ask.")]),
            ("for {order}", "now for {order}", [("+", "now "), (" ", "for {order}")]),
        ],
    )
    def test_are_shown_word_by_word(self, before: str, after: str, pieces: list[tuple[str, str]]) -> None:
        assert wording_text.compared(before, after) == pieces

    def test_only_blocks_that_differ_are_listed(self) -> None:
        (change,) = wording_text.changes(STANDARD.in_full(), STANDARD.in_full() | {KEY: OWN})
        assert (change.block.key, change.paper) == (KEY, "Notice of motion and motion")
