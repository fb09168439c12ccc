"""The office page, courts, court texts and accounts."""

from __future__ import annotations

import pytest

from clearmyrecord.errors import Conflict, NotAllowed, NotFound
from clearmyrecord.office import queries, services
from clearmyrecord.office.models import Court, CourtText, Office, Role, User
from tests.cast import PASSWORD, signed_in
from tests.factories import CourtFactory, CourtTextFactory, OfficeFactory

OFFICE = {
    "county": "contra costa", "name": "Office of the District Attorney", "district_attorney": "Diana Example",
    "street": "1 Street", "city": "Martinez", "zip_code": "94553", "phone": "(925) 555-0100",
    "email": "da@office.example", "sample_confidence": "95", "sample_most_wrong": "1", "second_review_share": "0",
}  # fmt: skip
COURT = {
    "name": "Superior Court of California", "branch": "Martinez", "street": "2 Street", "city": "Martinez",
    "zip_code": "94553", "answer_days": "60", "case_number_pattern": "[0-9]+", "case_number_example": "123",
}  # fmt: skip


class TestOfficePage:
    def test_the_administrator_fills_it(self, adam: User) -> None:
        assert signed_in(adam).post("/office/", OFFICE).status_code == 302
        assert Office.objects.get().county == "CONTRA COSTA"

    def test_a_missing_field_is_named_and_nothing_is_saved(self, adam: User) -> None:
        response = signed_in(adam).post("/office/", OFFICE | {"name": ""})
        assert response.status_code == 422
        assert not Office.objects.exists()

    def test_other_roles_may_not(self, sam: User) -> None:
        with pytest.raises(NotAllowed):
            services.save_office(actor=sam, values=OFFICE)

    def test_saving_again_changes_the_one_office(self, adam: User) -> None:
        OfficeFactory()
        signed_in(adam).post("/office/", OFFICE | {"name": "Another name"})
        assert [office.name for office in Office.objects.all()] == ["Another name"]


class TestCourts:
    def test_a_court_is_added(self, adam: User) -> None:
        assert signed_in(adam).post("/office/courts/new/", COURT).status_code == 302
        assert Court.objects.get().branch == "Martinez"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"case_number_pattern": "["},
            {"case_number_example": "CR1"},
            {"case_number_pattern": "([0-9]+)+"},
            {"case_number_pattern": "[0-9]*[0-9]*[0-9]*[0-9]*[0-9]*"},
            {"case_number_pattern": r"([0-9])(?=\1)"},
        ],
    )
    def test_a_pattern_must_work_and_fit_its_example(self, adam: User, wrong: dict[str, str]) -> None:
        assert signed_in(adam).post("/office/courts/new/", COURT | wrong).status_code == 422
        assert not Court.objects.exists()

    @pytest.mark.parametrize(
        ("pattern", "example"),
        [
            (r"[A-Z]{0,3}[0-9][0-9A-Z-]{3,14}", "CR74687"),
            (r"(CR)?\d{2}-?\d{5,6}", "CR01-12345"),
            (r"[+*()]?\(1\)", "(1)"),
        ],
    )
    def test_ordinary_patterns_are_taken(self, adam: User, pattern: str, example: str) -> None:
        fields = {"case_number_pattern": pattern, "case_number_example": example}
        assert signed_in(adam).post("/office/courts/new/", COURT | fields).status_code == 302

    @pytest.mark.parametrize("court", ["", "x", "²", "9" * 30])
    def test_a_text_stays_unmapped_when_no_court_was_chosen(self, adam: User, court: str) -> None:
        text = CourtTextFactory(court=None)
        signed_in(adam).post(f"/office/courts/texts/{text.pk}/", {"court": court})
        assert queries.unmapped_court_texts().exists()

    def test_a_text_is_mapped_once_and_can_be_changed(self, adam: User) -> None:
        court, text = CourtFactory(), CourtTextFactory(court=None)
        client = signed_in(adam)
        client.post(f"/office/courts/texts/{text.pk}/", {"court": str(court.pk)})
        assert CourtText.objects.get().court == court
        assert not queries.unmapped_court_texts().exists()
        client.post(f"/office/courts/texts/{text.pk}/", {"court": "none"})
        assert CourtText.objects.get().court is None
        assert not queries.unmapped_court_texts().exists()

    def test_texts_without_an_answer_come_first(self, adam: User) -> None:
        CourtTextFactory(text="A", court=None, not_ours=True)
        CourtTextFactory(text="B")
        CourtTextFactory(text="C", court=None)
        page = signed_in(adam).get("/office/courts/texts/").content.decode()
        assert page.index("that C means") < page.index("that A means") < page.index("that B means")

    def test_an_unknown_court_is_refused(self, adam: User) -> None:
        with pytest.raises(NotFound):
            services.map_court_text(actor=adam, text_id=CourtTextFactory().pk, court_id=999)

    def test_texts_are_noted_once(self, db: None) -> None:
        first = services.note_court_texts(texts=["A", "B", ""])
        assert services.note_court_texts(texts=["B", "C"])["B"] == first["B"]
        assert CourtText.objects.count() == 3


class TestAccounts:
    values = {
        "username": "una", "first_name": "Una", "last_name": "Usher", "email": "", "role": Role.ANALYST,
        "is_attorney": False, "bar_number": "", "title": "", "phone": "", "is_active": True,
    }  # fmt: skip

    def test_an_account_is_made_and_can_sign_in(self, adam: User) -> None:
        signed_in(adam).post("/office/accounts/new/", self.values | {"password": PASSWORD, "is_active": "on"})
        assert services.check_password(username="una", password=PASSWORD, address=None) is not None

    def test_a_short_password_is_refused(self, adam: User) -> None:
        response = signed_in(adam).post("/office/accounts/new/", self.values | {"password": "short"})
        assert response.status_code == 422
        assert not User.objects.filter(username="una").exists()

    def test_an_attorney_needs_a_bar_number(self, adam: User) -> None:
        posted = self.values | {"password": PASSWORD, "is_attorney": "on"}
        assert signed_in(adam).post("/office/accounts/new/", posted).status_code == 422

    def test_nobody_gives_themselves_another_role(self, adam: User) -> None:
        with pytest.raises(Conflict):
            services.save_user(actor=adam, user_id=adam.pk, values=self.values | {"role": Role.SUPERVISOR})

    def test_a_changed_role_ends_the_sessions(self, adam: User, ana: User) -> None:
        client = signed_in(ana)
        values = {name: getattr(ana, name) for name in self.values} | {"role": Role.AUDITOR}
        services.save_user(actor=adam, user_id=ana.pk, values=values)
        assert client.get("/office/").status_code == 302

    def test_extra_posted_fields_are_ignored(self, adam: User) -> None:
        posted = self.values | {"password": PASSWORD, "is_active": "on", "is_superuser": "on", "is_staff": "on"}
        signed_in(adam).post("/office/accounts/new/", posted)
        assert not User.objects.get(username="una").is_superuser
