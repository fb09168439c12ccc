"""The pages of courts' extracts, as their people see them."""

import csv
import io

import pytest
from django.urls import reverse

from clearmyrecord.audit import queries as trail
from clearmyrecord.records import services
from clearmyrecord.records.models import CourtRow, RecordFile
from tests.cast import signed_in
from tests.factories import CourtFactory
from tests.records import extracts
from tests.records.factories import read_file, uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture
def extract(ana, office):
    read_file(ana, extracts.doj_rows())
    return extracts.every_kind(ana)


def chosen(**changed):
    """What the form of the columns sends."""
    return {
        **extracts.MAPPING.columns,
        "convicted": "Convicted",
        "date_order": "month",
        "surname_last": "no",
        "number_formats": "AANNNN[-x]",
    } | changed


def page(who, name, *args, **query):
    return signed_in(who).get(reverse(f"records:{name}", args=args), query).content.decode()


class TestFromUploadToComparison:
    def test_columns_are_chosen_looked_at_and_then_read(self, ana, office):
        client = signed_in(ana)
        court = CourtFactory(branch="Martinez")
        content = (extracts.HEADER + extracts.MATCHED + extracts.DISMISSED).encode()
        form = {"file": uploaded(content), "court": court.pk, "received_on": "2024-06-01"}
        columns = client.post(reverse("records:court_upload"), form).url
        assert "Case #: CR1001-7, CR8888-7" in client.get(columns).content.decode()

        preview = client.post(columns, chosen()).url
        shown = client.get(preview).content.decode()
        assert "CR1001" in shown
        assert "H&amp;S § 11359" in shown
        assert "no conviction" in shown
        assert not CourtRow.objects.exists()

        file = RecordFile.objects.get()
        assert client.post(preview, {"mapping": file.mapping_id}).url == reverse(
            "records:court_extract", args=[file.pk]
        )
        services.read_file(file.pk)
        assert "Only the court" in client.get(reverse("records:file", args=[file.pk]), follow=True).content.decode()

    def test_usual_names_are_filled_in_and_then_the_courts_last_choice(self, ana, office):
        client = signed_in(ana)
        first = extracts.kept(ana, extracts.MATCHED)
        form = client.get(reverse("records:court_columns", args=[first.pk])).context["form"]
        assert form.initial["case_number"] == "Case #"
        client.post(reverse("records:court_columns", args=[first.pk]), chosen())
        second = extracts.kept(ana, extracts.ONLY_COURT)
        form = client.get(reverse("records:court_columns", args=[second.pk])).context["form"]
        assert (form.initial["convicted"], form.initial["number_formats"]) == ("Convicted", "AANNNN[-x]")

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"case_number": ""}, "required"),
            ({"name": ""}, "whole name"),
            ({"convicted": ""}, "which dispositions"),
            ({"number_formats": "[NN"}, "brackets"),
        ],
    )
    def test_what_is_missing_is_said_beside_its_field(self, ana, office, wrong, says):
        file = extracts.kept(ana, extracts.MATCHED)
        answer = signed_in(ana).post(reverse("records:court_columns", args=[file.pk]), chosen(**wrong))
        assert answer.status_code == 422
        assert says in answer.content.decode()

    def test_a_wrong_file_is_refused_on_the_form(self, ana, office):
        form = {"file": uploaded(b"%PDF-1.7"), "court": CourtFactory().pk, "received_on": "2024-06-01"}
        answer = signed_in(ana).post(reverse("records:court_upload"), form)
        assert answer.status_code == 422
        assert "a court&#x27;s extract" in answer.content.decode()

    def test_without_a_court_the_page_says_what_to_do(self, ana, office):
        assert "No court yet" in page(ana, "court_upload")

    def test_before_it_is_read_there_is_nothing_but_the_choice(self, ana, ivy, office):
        file = extracts.kept(ana, extracts.MATCHED)
        assert "Choose the columns" in page(ana, "court_extract", file.pk)
        assert "Choose the columns" not in page(ivy, "court_extract", file.pk)
        assert "columns to be chosen" in page(ivy, "files")


class TestWhatWasFound:
    def test_the_numbers_add_up(self, ivy, extract):
        answer = signed_in(ivy).get(reverse("records:court_extract", args=[extract.pk]))
        assert answer.context["left_over"] == 0
        assert [(line.kind, line.number, line.open) for line in answer.context["lines"]] == [
            ("matched", 1, 0), ("contradicting", 1, 1), ("suggested", 1, 1), ("only_court", 1, 0)
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("query", "rows"),
        [
            ({}, [1, 2, 3, 4]),
            ({"kind": "contradicting"}, [2]),
            ({"state": "open"}, [2, 3]),
            ({"section": "11358"}, [4]),
            ({"section": "other"}, []),
            ({"differs": "case_number"}, [3]),
            ({"likely": "yes", "state": "open"}, [2, 3]),
        ],
    )
    def test_rows_are_filtered_and_downloaded_as_shown(self, ana, extract, query, rows):
        client = signed_in(ana)
        shown = client.get(reverse("records:court_rows", args=[extract.pk]), query)
        assert [row.row for row in shown.context["page_obj"]] == rows
        sent = client.get(reverse("records:court_rows_download", args=[extract.pk]), query)
        lines = list(csv.reader(io.StringIO(b"".join(sent.streaming_content).decode("utf-8-sig"))))
        assert [int(line[0]) for line in lines[1:]] == rows

    def test_what_only_the_doj_shows_is_listed_and_downloaded(self, ivy, extract):
        assert "MOE,MAX" in page(ivy, "court_only_doj", extract.pk)
        assert "MOE,MAX" not in page(ivy, "court_only_doj", extract.pk, section="11358")
        sent = signed_in(ivy).get(reverse("records:court_only_doj_download", args=[extract.pk]))
        assert b"CR1004" in b"".join(sent.streaming_content)

    def test_whom_a_list_shows_stands_in_the_trail(self, ivy, extract):
        page(ivy, "court_rows", extract.pk, kind="suggested")
        known = CourtRow.objects.get(kind="suggested").conviction.subject_id
        event = trail.events(subject_id=known)[0]
        assert (event.actor, event.kind, event.subjects) == (ivy, "list", [known])

    def test_the_lists_take_as_many_queries_for_many_rows(self, ana, office, django_assert_max_num_queries):
        read_file(ana, extracts.doj_rows())
        many = [extracts.line(f"CR{5000 + number}-7", f"Coe, Carl {number}") for number in range(60)]
        file = extracts.read(ana, *many)
        client = signed_in(ana)
        for name in ("court_rows", "court_extract", "court_only_doj"):
            with django_assert_max_num_queries(12):
                client.get(reverse(f"records:{name}", args=[file.pk]))


class TestOneRow:
    def test_the_two_stand_side_by_side_with_what_differs(self, ivy, extract):
        shown = page(ivy, "court_row", CourtRow.objects.get(kind="contradicting").pk)
        for said in ("ROE,RICK", "Roe, Rick", "misdemeanor", "felony", "<strong>different</strong>"):
            assert said in shown
        assert "They are the same" not in shown

    def test_an_answer_leads_to_the_next_and_is_shown(self, ana, extract):
        client = signed_in(ana)
        row = CourtRow.objects.get(kind="suggested")
        address = reverse("records:court_row_answer", args=[row.pk])
        shown = client.post(address, {"answer": "confirm", "reason": "The docket"}, follow=True).content.decode()
        assert "they are one conviction" in shown
        shown = page(ana, "court_row", row.pk)
        assert "The same, said Ana Alvarez" in shown
        assert "Take the answer back" in shown

    def test_without_a_reason_it_is_asked_again(self, ana, extract):
        row = CourtRow.objects.get(kind="suggested")
        client = signed_in(ana)
        client.post(reverse("records:court_row_answer", args=[row.pk]), {"answer": "confirm", "reason": ""})
        assert CourtRow.objects.get(pk=row.pk).state == "open"

    def test_a_refused_row_shows_its_own_subject(self, ana, extract):
        row = CourtRow.objects.get(kind="suggested")
        client = signed_in(ana)
        client.post(reverse("records:court_row_answer", args=[row.pk]), {"answer": "refuse", "reason": "Another case"})
        row.refresh_from_db()
        assert reverse("desk:subject", args=[row.own.subject_id]) in page(ana, "court_row", row.pk)

    def test_others_may_not_answer(self, sam, ivy, extract):
        row = CourtRow.objects.get(kind="suggested")
        for who in (sam, ivy):
            sent = signed_in(who).post(reverse("records:court_row_answer", args=[row.pk]), {"answer": "confirm"})
            assert sent.status_code == 403

    def test_a_row_that_is_not_there_is_404(self, ana):
        assert signed_in(ana).get(reverse("records:court_row", args=[404])).status_code == 404
