"""An attorney's decision to oppose relief or not, and the lists of both."""

from __future__ import annotations

import csv
import io
from typing import Any

import pypdfium2
import pytest
from django.db import Error, connection, transaction
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.reviews import opposing, opposing_lists, opposing_queries, queries, services
from clearmyrecord.reviews.models import Attachment, Exhibit, Opposition
from clearmyrecord.reviews.questions import open_questions
from clearmyrecord.runs import services as runs
from clearmyrecord.runs.models import StatedFact
from tests.cast import signed_in
from tests.records.factories import read_file
from tests.reviews.conftest import evaluated, person
from tests.reviews.documents import PDF, upload

pytestmark = pytest.mark.django_db


def asked_of(row: Any) -> list[str]:
    return [question.code for question in open_questions([row])[row.pk]]


@pytest.fixture
def barred(ana: Any, theo: Any, office: Any) -> Any:
    """What stands for a possession for sale after what may be a superstrike."""
    earlier = person(9, section="187 PC-MURDER", order="001002001000", day="20010203", case="CR0900")[1]
    read_file(ana, [earlier, *person(9, section="11359 HS-POSSESS FOR SALE")])
    evaluated(ana)
    return lambda: queries.standing().get()


def text_of(pdf: bytes) -> str:
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def oppose(actor: Any, row: Any, **given: Any) -> Opposition:
    wanted = {"decision": "oppose", "ground": "super_strike", "facts": "Murder in 2001, by the abstract of judgment."}
    return opposing.decide(actor=actor, determination_id=row.pk, **(wanted | given))


def do_not_oppose(actor: Any, row: Any, **given: Any) -> Opposition:
    wanted = {"decision": "do_not_oppose", "facts": "Another person of the same name."}
    return opposing.decide(actor=actor, determination_id=row.pk, **(wanted | given))


class TestDeciding:
    def test_ground_subdivision_facts_exhibits_decider_and_date_are_kept(self, barred, theo):
        exhibits = [opposing.Named("Abstract of judgment", upload(PDF)), opposing.Named("Police report")]
        made = oppose(theo, barred(), exhibits=exhibits)
        assert (made.ground, made.subdivision, made.attorney) == ("super_strike", "HS 11359(c)(1)", theo)
        assert made.decided_at is not None
        named = [(each.number, each.name, each.attachment is not None) for each in made.exhibits.all()]
        assert named == [(1, "Abstract of judgment", True), (2, "Police report", False)]
        event = AuditEvent.objects.get(verb="review.opposed")
        assert event.detail["ground"] == "super_strike"
        assert "Murder" not in str(event.detail)

    def test_an_opposed_conviction_goes_on_no_motion_and_is_not_asked_again(self, barred, theo):
        oppose(theo, barred())
        row = barred()
        assert row.opposition == "oppose"
        assert "opposed" in asked_of(row)
        assert not {"possible_prior", "barred", "decide"} & set(asked_of(row))
        assert not queries.without_open_questions(queries.standing()).exists()

    def test_not_opposing_answers_the_question_and_states_that_no_prior_bars(self, barred, theo):
        do_not_oppose(theo, barred())
        row = barred()
        assert not {"possible_prior", "barred", "opposed"} & set(asked_of(row))
        stated = StatedFact.objects.get(fact="no_prior_bar", superseded_at=None)
        assert (stated.value, stated.source) == ("yes", "Another person of the same name.")

    def test_a_later_decision_takes_its_place_and_the_earlier_one_is_kept(self, barred, theo):
        first = oppose(theo, barred())
        do_not_oppose(theo, barred())
        first.refresh_from_db()
        assert first.superseded_at is not None
        assert Opposition.objects.filter(superseded_at=None).get().decision == "do_not_oppose"
        assert queries.standing().count() == 1
        assert "opposed" not in asked_of(barred())

    def test_deciding_again_on_other_facts_states_nothing_twice(self, barred, theo):
        oppose(theo, barred())
        oppose(theo, barred(), facts="The docket too.")
        assert StatedFact.objects.count() == 1
        assert Opposition.objects.count() == 2

    @pytest.mark.parametrize("who", ["ana", "sam", "ivy", "adam"])
    def test_only_attorneys_decide(self, who, barred, request):
        with pytest.raises(NotAllowed):
            oppose(request.getfixturevalue(who), barred())
        assert not Opposition.objects.exists()

    @pytest.mark.parametrize(
        ("given", "says"),
        [
            ({"facts": "  "}, "facts"),
            ({"ground": ""}, "grounds that the law has"),
            ({"ground": "environmental"}, "grounds that the law has"),
            ({"ground": "danger"}, "grounds that the law has"),
            ({"decision": "perhaps"}, "whether relief is opposed"),
            ({"exhibits": [opposing.Named("Letter", upload(b"<html>"))]}, "not a PDF"),
            ({"exhibits": [opposing.Named(" ")]}, "Exhibit 1 has no name"),
            ({"exhibits": [opposing.Named("x")] * 21}, "At most 20"),
        ],
    )
    def test_what_does_not_hold_is_refused_and_nothing_of_it_kept(self, given, says, barred, theo):
        with pytest.raises(Invalid, match=says):
            oppose(theo, barred(), **given)
        assert not Opposition.objects.exists()
        assert not StatedFact.objects.exists()
        assert not Attachment.objects.exists()

    def test_what_was_determined_again_meanwhile_is_a_conflict(self, barred, theo):
        seen = barred()
        do_not_oppose(theo, seen)
        if barred().pk != seen.pk:
            with pytest.raises(Conflict):
                oppose(theo, seen)

    def test_who_decided_prepared_it(self, barred, theo):
        oppose(theo, barred())
        assert theo.pk in queries.preparers_of([barred().conviction_id])


class TestDatabase:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE reviews_opposition SET facts = 'x'",
            "UPDATE reviews_opposition SET decision = 'do_not_oppose', ground = '', subdivision = ''",
            "DELETE FROM reviews_opposition",
            "UPDATE reviews_exhibit SET name = 'x'",
            "DELETE FROM reviews_exhibit",
            "INSERT INTO reviews_opposition (conviction_id, determination_id, decision, ground, subdivision, facts,"
            " attorney_id, decided_at, superseded_at) SELECT conviction_id, determination_id, 'oppose', '', '', 'x',"
            " attorney_id, now(), now() FROM reviews_opposition",
            "INSERT INTO reviews_opposition (conviction_id, determination_id, decision, ground, subdivision, facts,"
            " attorney_id, decided_at) SELECT conviction_id, determination_id, decision, ground, subdivision, facts,"
            " attorney_id, now() FROM reviews_opposition",
        ],
    )
    def test_it_refuses(self, statement, barred, theo):
        oppose(theo, barred(), exhibits=[opposing.Named("Docket")])
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    def test_a_decision_that_stands_no_more_gets_no_exhibits(self, barred, theo):
        first = oppose(theo, barred())
        do_not_oppose(theo, barred())
        with pytest.raises(Error), transaction.atomic():
            Exhibit.objects.create(opposition=first, number=1, name="Late")


class TestLists:
    def test_every_conviction_is_on_one_list_or_found_not_eligible(self, standing_of, ana, theo):
        oppose(theo, standing_of("cultivation"))
        do_not_oppose(theo, standing_of("sale"))
        services.override(
            actor=ana, determination_ids=[standing_of("possession").pk], outcome="not_eligible", reason="x"
        )
        rows = queries.standing()
        lists = {
            name: set(rows.filter(on).values_list("pk", flat=True)) for name, on in opposing_queries.which().items()
        }
        assert lists["opposed"] == {standing_of("cultivation").pk}
        assert standing_of("sale").pk in lists["unopposed"]
        assert standing_of("possession").pk in lists["open"]
        assert sum(map(len, lists.values())) == len(set.union(*lists.values()))
        line = opposing_queries.totals()[-1]
        assert (line.convictions, line.opposed) == (rows.count(), 1)
        assert line.not_eligible == rows.filter(standing_outcome="not_eligible").count()

    def test_a_possible_ground_that_nobody_answered_is_on_neither_list(self, barred, theo):
        assert opposing_queries.totals()[-1].open == 1
        if barred().standing_outcome == "hand_review":
            do_not_oppose(theo, barred())
        assert opposing_queries.totals()[-1].opposed == 0

    def test_totals_add_up_by_court(self, standing_of, theo):
        oppose(theo, standing_of("cultivation"))
        *courts, everything = opposing_queries.totals()
        for name in ("convictions", "opposed", "unopposed", "open", "not_eligible"):
            assert sum(getattr(line, name) for line in courts) == getattr(everything, name)
        by_court = queries.standing().order_by().values("conviction__court_text__court").annotate(n=Count("pk"))
        assert len(courts) == len(by_court)

    def test_two_queries_however_many(self, run, django_assert_num_queries):
        with django_assert_num_queries(3):  # the current run, the courts' names, the counts
            opposing_queries.totals()


class TestPages:
    def test_the_decision_is_made_on_the_page_with_documents(self, barred, ana, theo):
        row = barred()
        url = f"/reviews/{row.conviction_id}/oppose/"
        filled = {
            "determination": row.pk,
            "opposition-decision": "oppose",
            "opposition-ground": "super_strike",
            "opposition-facts": "Murder in 2001.",
            "opposition-exhibit_1": "Abstract",
            "opposition-document_1": upload(PDF),
        }
        assert signed_in(ana).post(url, filled).status_code == 403
        lacking = {name: value for name, value in filled.items() if name not in ("opposition-ground",)}
        assert signed_in(theo).post(url, lacking | {"opposition-document_1": upload(PDF)}).status_code == 422
        response = signed_in(theo).post(url, filled | {"opposition-document_1": upload(PDF)})
        assert response.status_code == 302, response.content.decode()
        text = signed_in(ana).get(reverse("reviews:conviction", args=[row.conviction_id])).content.decode()
        for words in ("H&amp;S § 11359(c)(1)", "Murder in 2001.", "Abstract", "Theo Tran", "goes on no motion"):
            assert words in text
        assert reverse("reviews:attachment", args=[Attachment.objects.get().pk]) in text

    def test_a_page_with_everything_decided_on_it_takes_no_more_than_twelve_queries(self, standing_of, ana, theo):
        row = standing_of("cultivation")
        oppose(theo, row, exhibits=[opposing.Named("Docket", upload(PDF))])
        services.override(
            actor=ana,
            determination_ids=[standing_of("cultivation").pk],
            outcome="not_eligible",
            reason="x",
            attachment=upload(PDF),
        )
        runs.state_fact(actor=ana, conviction_id=row.conviction_id, fact="still_serving", value="yes", source="Letter")
        client, address = signed_in(theo), f"/reviews/{row.conviction_id}/?state=overridden"
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            text = client.get(address).content.decode()
        assert "Changed since the decision" in text
        assert sum("SAVEPOINT" not in each["sql"] for each in captured.captured_queries) <= 12, [
            each["sql"][:90] for each in captured.captured_queries
        ]

    def test_the_form_is_for_attorneys_and_offers_the_grounds_of_the_section(self, standing_of, ana, theo):
        address = reverse("reviews:conviction", args=[standing_of("sale").conviction_id])
        assert "/oppose/" not in signed_in(ana).get(address).content.decode()
        text = signed_in(theo).get(address).content.decode()
        assert 'value="employed_under_21"' in text
        assert 'value="environmental"' not in text

    def test_the_overview_and_a_list_say_who_is_on_it_and_are_in_the_trail(self, standing_of, ana, theo, ivy, adam):
        oppose(theo, standing_of("cultivation"))
        overview = signed_in(ivy).get("/reviews/opposition/")
        assert b"All courts" in overview.content
        assert not AuditEvent.objects.filter(verb="subject.viewed").exists()
        page = signed_in(ivy).get("/reviews/opposition/opposed/?for=defender")
        text = page.content.decode()
        assert "H&amp;S § 11358(d)(1)" in text
        assert "Murder in 2001" in text
        assert "Murder" not in signed_in(ivy).get("/reviews/opposition/opposed/?for=court").content.decode()
        assert AuditEvent.objects.filter(verb="subject.viewed", kind="list").count() == 2
        assert signed_in(adam).get("/reviews/opposition/opposed/").status_code == 403
        for address in ("nonsense/", "opposed/?court=999", "opposed/?for=anybody"):
            assert signed_in(ana).get(f"/reviews/opposition/{address}").status_code == 404

    def test_the_list_of_one_court_and_of_none(self, standing_of, ana, theo):
        oppose(theo, standing_of("cultivation"))
        for line in opposing_queries.totals():
            page = signed_in(ana).get(f"/reviews/opposition/opposed/?court={line.court}")
            assert page.context["page_obj"].paginator.count == line.opposed

    @pytest.mark.parametrize(("reader", "columns"), [("court", 9), ("defender", 11)])
    def test_as_csv_file_without_formulas(self, reader, columns, standing_of, ana, theo):
        oppose(theo, standing_of("cultivation"), facts="=HYPERLINK(1)", exhibits=[opposing.Named("+Docket")])
        response = signed_in(ana).get(f"/reviews/opposition/opposed/download/?for={reader}")
        lines = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
        assert [len(line) for line in lines] == [columns, columns]
        assert not any(cell.startswith(("=", "+")) for line in lines for cell in line)
        assert AuditEvent.objects.filter(verb="subject.viewed", kind="download").count() == 1

    @pytest.mark.parametrize("reader", ["court", "defender"])
    def test_as_pdf_in_volumes(self, reader, standing_of, ana, theo, monkeypatch):
        monkeypatch.setattr(opposing_lists, "VOLUME", 1)
        facts = "Line one,\nline two: <b>“bold”</b> \u2067"
        oppose(theo, standing_of("cultivation"), facts=facts, exhibits=[opposing.Named("Docket, People’s file")])
        oppose(theo, standing_of("sale"), ground="minor", facts=facts)
        response = signed_in(ana).get(f"/reviews/opposition/opposed/pdf/?volume=2&for={reader}")
        assert response["Content-Disposition"] == 'attachment; filename="relief-opposed-2.pdf"'
        text = text_of(response.content)
        assert "volume 2 of 2" in text
        assert ("line two" in text) is (reader == "defender")
        event = AuditEvent.objects.get(verb="subject.viewed", kind="pdf")
        assert event.subject_count == 1

    def test_the_number_of_queries_does_not_grow_with_the_list(self, standing_of, ana, theo):
        client = signed_in(ana)

        def queries_of_the_list() -> int:
            with CaptureQueriesContext(connection) as captured:
                assert client.get("/reviews/opposition/opposed/?for=defender").status_code == 200
            return sum("SAVEPOINT" not in each["sql"] for each in captured.captured_queries)

        oppose(theo, standing_of("cultivation"), exhibits=[opposing.Named("Docket")])
        client.get("/reviews/opposition/opposed/")
        few = queries_of_the_list()
        oppose(theo, standing_of("sale"), exhibits=[opposing.Named("Docket")])
        assert queries_of_the_list() == few <= 12
