"""The pages of the wording: for the right person, the wrong role, bad input."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from clearmyrecord.office.models import Office, User, WordingVersion
from clearmyrecord.office.wording_text import digest_of
from petitions.reading import read
from petitions.wording import BLOCKS
from tests.cast import signed_in
from tests.factories import OfficeFactory
from tests.office.test_office import OFFICE
from tests.office.wordings import KEY, OTHER, OWN, approved, change, draft_by


def page(user: User, path: str = "") -> str:
    response = signed_in(user).get(f"/wording/{path}")
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


@pytest.fixture
def draft(theo: User) -> WordingVersion:
    """Theo's, with one block reworded."""
    return change(draft_by(theo), KEY, OWN)


class TestReading:
    def test_everybody_may_read_the_wording(
        self, draft: WordingVersion, ana: User, sam: User, ivy: User, adam: User
    ) -> None:
        for user in (ana, sam, ivy, adam):
            assert "own words" in page(user, f"{draft.pk}/")
            assert "hereby" in page(user, f"{draft.pk}/{KEY}/")

    def test_only_administrators_and_attorneys_are_offered_a_draft(
        self, ana: User, ivy: User, sam: User, adam: User, theo: User
    ) -> None:
        offered = [user for user in (ana, ivy, sam, adam, theo) if "Start a draft" in page(user)]
        assert offered == [adam, theo]

    def test_blocks_are_shown_by_paper_or_only_those_in_own_words(self, draft: WordingVersion, theo: User) -> None:
        assert BLOCKS["letter_en.dear"].title in page(theo, f"{draft.pk}/?kind=letter_en")
        assert BLOCKS[KEY].title not in page(theo, f"{draft.pk}/?kind=letter_en")
        shown = page(theo, f"{draft.pk}/?own=on")
        assert shown.count("blocks__one") == 1

    def test_each_placeholder_is_explained(self, draft: WordingVersion, ana: User) -> None:
        shown = page(ana, f"{draft.pk}/{KEY}/")
        assert "<code>{defendant}</code>" in shown
        assert "the defendant’s name" in shown

    @pytest.mark.parametrize("path", ["999/", "1/unknown.block/", "1/unknown.block/page.png"])
    def test_what_is_not_there_is_said(self, ana: User, path: str) -> None:
        assert signed_in(ana).get(f"/wording/{path}").status_code == 404

    def test_two_versions_are_compared_word_by_word(self, draft: WordingVersion, theo: User, sam: User) -> None:
        first = approved(draft, sam, {})
        second = approved(draft_by(theo), sam, {KEY: OTHER})
        shown = page(theo, f"compare/?before={first.pk}&after={second.pk}")
        assert "<del>hereby</del>" in shown
        assert "<ins>respectfully</ins>" in shown


class TestChanging:
    def send(self, user: User, draft: WordingVersion, text: str, act: str = "save") -> Any:
        seen = digest_of(WordingVersion.objects.get(pk=draft.pk).texts[KEY])
        return signed_in(user).post(f"/wording/{draft.pk}/{KEY}/", {"text": text, "seen": seen, "act": act})

    def test_a_problem_is_named_and_the_typed_text_stays(self, draft: WordingVersion, theo: User) -> None:
        response = self.send(theo, draft, "The People {ask}.")
        assert response.status_code == 422
        shown = response.content.decode()
        assert "There is no placeholder {ask}" in shown
        assert "The People {ask}.</textarea>" in shown

    def test_an_empty_text_is_a_problem_like_others(self, draft: WordingVersion, theo: User) -> None:
        assert "The text is empty." in self.send(theo, draft, " ").content.decode()

    def test_a_look_saves_nothing_and_shows_the_page(self, draft: WordingVersion, theo: User) -> None:
        shown = self.send(theo, draft, OTHER, "look").content.decode()
        assert "It is not saved yet." in shown
        assert "data:image/png;base64," in shown
        assert WordingVersion.objects.get().texts[KEY] == OWN

    def test_what_looks_like_markup_is_shown_as_text(self, draft: WordingVersion, theo: User) -> None:
        markup = OTHER.replace("respectfully", "<b>respectfully</b> &amp;")
        assert self.send(theo, draft, markup).status_code == 302
        assert "&lt;b&gt;respectfully&lt;/b&gt; &amp;amp;" in page(theo, f"{draft.pk}/")

    def test_nobody_else_looks_or_saves(self, draft: WordingVersion, ana: User, adam: User, sam: User) -> None:
        for user in (ana, adam, sam):
            for act in ("look", "save"):
                assert self.send(user, draft, OTHER, act).status_code == 403

    def test_an_approved_version_is_never_changed(self, draft: WordingVersion, theo: User, sam: User) -> None:
        approved(draft, sam, {})
        assert self.send(theo, draft, OTHER).status_code == 422
        assert WordingVersion.objects.get().texts[KEY] == OWN


class TestOnPaper:
    def test_a_block_is_a_picture_of_a_whole_page(self, draft: WordingVersion, ana: User) -> None:
        response = signed_in(ana).get(f"/wording/{draft.pk}/{KEY}/page.png")
        image = Image.open(io.BytesIO(response.content))
        assert image.height / image.width == pytest.approx(11 / 8.5, abs=0.01)

    def test_the_paper_is_a_watermarked_pdf_to_download(self, draft: WordingVersion, ana: User) -> None:
        response = signed_in(ana).get(f"/wording/{draft.pk}/{KEY}/paper.pdf")
        assert response.content.startswith(b"%PDF")
        assert "attachment" in response["Content-Disposition"]

    def test_a_letter_has_the_offices_letterhead(self, adam: User) -> None:
        OfficeFactory()
        headed = {"letterhead": "County of Contra Costa\r\n\r\n Justice for all "}
        assert signed_in(adam).post("/office/", OFFICE | headed).status_code == 302
        assert Office.objects.get().letterhead == "County of Contra Costa\nJustice for all"
        pages, _ = read(signed_in(adam).get("/office/letter.pdf").content)
        assert "Justice for all" in pages[0].text

    @pytest.mark.parametrize(
        ("letterhead", "said"), [("\n".join("abcdef"), "at most 5 lines"), ("\u202e", "RIGHT-TO-LEFT OVERRIDE")]
    )
    def test_a_letterhead_that_letters_cannot_print_is_refused(self, adam: User, letterhead: str, said: str) -> None:
        response = signed_in(adam).post("/office/", OFFICE | {"letterhead": f"Office {letterhead}"})
        assert response.status_code == 422
        assert said in response.content.decode()


class TestApproving:
    def test_shows_what_changes_and_approves_exactly_that(self, draft: WordingVersion, sam: User) -> None:
        shown = page(sam, f"{draft.pk}/approve/")
        assert "1 text block." in shown
        seen = {"seen": draft.sha256, "against": ""}
        assert signed_in(sam).post(f"/wording/{draft.pk}/approve/", seen).status_code == 302
        assert WordingVersion.objects.get().number == 1

    def test_is_for_attorneys_and_supervisors(self, draft: WordingVersion, ana: User, adam: User, ivy: User) -> None:
        for user in (ana, adam, ivy):
            assert signed_in(user).get(f"/wording/{draft.pk}/approve/").status_code == 403

    def test_a_draft_changed_meanwhile_is_to_be_read_again(self, draft: WordingVersion, sam: User) -> None:
        seen = {"seen": draft.sha256, "against": ""}
        change(draft, KEY, OTHER)
        assert signed_in(sam).post(f"/wording/{draft.pk}/approve/", seen).status_code == 409

    def test_a_post_that_does_not_say_what_it_showed_is_refused(self, draft: WordingVersion, sam: User) -> None:
        assert signed_in(sam).post(f"/wording/{draft.pk}/approve/", {}).status_code == 422
        assert WordingVersion.objects.get().number is None
