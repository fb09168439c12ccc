"""Whole record files of realistic variety: who of one file may meet whom of another, and what a correction keeps."""

import csv
import gzip
import io
from pathlib import Path

import pytest

from clearmyrecord.records import queries
from clearmyrecord.records.models import Conviction, FileSubject, RecordFile, Subject, SubjectLink, Suggestion
from clearmyrecord.reviews import queries as reviews
from clearmyrecord.reviews import second_person
from clearmyrecord.reviews import services as review
from clearmyrecord.runs import services as runs
from eligibility.records import sample
from eligibility.records.layout import COLUMNS
from tests.records.factories import arrest, conviction, csv_bytes, read_file
from tests.reviews.conftest import evaluated

pytestmark = pytest.mark.django_db
GIVEN = Path(__file__).resolve().parents[3] / "shared" / "samples" / "doj"
"""Two invented files that come with the task, beside the checkout; a fresh clone has none."""


@pytest.fixture
def two_files(tmp_path: Path) -> tuple[bytes, bytes]:
    """Two files whose people share SUBJECT_IDs and nothing else: the second's CII numbers are moved out of the way."""
    contents = []
    for seed in (1, 2):
        path = tmp_path / f"{seed}.csv"
        sample.write(path, subjects=40, seed=seed)
        contents.append(path.read_bytes())
    return contents[0], _other_numbers(contents[1])


def _other_numbers(content: bytes) -> bytes:
    rows = list(csv.reader(io.StringIO(content.decode("latin-1"))))
    number = COLUMNS.index("CII_NUMBER")
    for row in rows[1:]:
        if len(row) > number and row[number]:
            row[number] = f"X{row[number][1:]}"
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("latin-1")


def nobody_is_in_both(first: RecordFile, second: RecordFile) -> None:
    """No subject, and nobody's whole history, draws on both files."""
    of = {
        file.pk: set(FileSubject.objects.filter(file=file).values_list("subject_id", flat=True))
        for file in (first, second)
    }
    assert of[first.pk]
    assert of[second.pk]
    assert not of[first.pk] & of[second.pk]
    assert not SubjectLink.objects.exists()
    for subject in Subject.objects.all():
        files = {line.file.pk for line in queries.history_of(queries.person_ids(subject.pk))}
        assert len(files) <= 1


def test_two_files_that_share_subject_ids_share_nobody(ana, office, two_files):
    first, second = (read_file(ana, content) for content in two_files)
    ids = [
        set(FileSubject.objects.filter(file=file).values_list("doj_subject_id", flat=True)) for file in (first, second)
    ]
    assert len(ids[0] & ids[1]) >= 30
    nobody_is_in_both(first, second)


@pytest.mark.skipif(not GIVEN.exists(), reason="the two given sample files lie outside the repository")
def test_nobody_of_one_given_file_appears_in_the_history_of_the_other(ana, office):
    first, second = (
        read_file(ana, gzip.decompress((GIVEN / f"{name}.csv.gz").read_bytes()), f"{name}.csv")
        for name in ("typical", "dirty")
    )
    for file in (first, second):
        assert file.rows_read > 1000
        kinds = ("counts", "added_to_one", "registrations", "deaths", "other_events", "set_aside")
        assert file.rows_read == sum(file.reconciliation.get(f"rows_{kind}", 0) for kind in kinds)
    nobody_is_in_both(first, second)


def test_one_cii_number_under_two_subject_ids_among_many_people_gives_one_suggestion(ana, office):
    others = [row for n in range(10, 30) for row in (arrest(f"{n}", f"A{n}"), conviction(f"{n}", f"A{n}"))]
    twice = [conviction("1", "A1"), conviction("2", "A1", case="CR2", day="20120101")]
    read_file(ana, [*others, *twice])
    suggestion = Suggestion.objects.get()
    assert suggestion.state == Suggestion.State.OPEN
    assert queries.under_suggestion().count() == 2


def test_a_corrected_extract_updates_without_doubling_and_keeps_overrides_and_acceptances(ana, theo, office):
    people = [(str(number), f"A{number}") for number in range(1, 7)]
    sections = {"1": "11358 HS-CULTIVATE MARIJUANA"}

    def extract(**correction: str) -> bytes:
        rows = [
            row
            for subject, cii in people
            for row in (
                arrest(subject, cii, PRI_NAME=f"DOE,P{subject}"),
                conviction(
                    subject, cii, PRI_NAME=f"DOE,P{subject}", case=f"CR100{subject}",
                    section=sections.get(subject, "11359 HS-POSSESS FOR SALE"),
                    **(correction if subject == "6" else {}),
                ),
            )
        ]  # fmt: skip
        return csv_bytes(rows)

    read_file(ana, extract(severity="MISDEMEANOR"))
    evaluated(ana)
    numbered = {row.conviction.subject.cii_number: row for row in reviews.standing()}
    review.override(actor=ana, determination_ids=[numbered["A1"].pk], outcome="not_eligible", reason="Sold to a minor.")
    overridden = reviews.standing_of(numbered["A1"].conviction_id)
    second_person.confirm(actor=theo, determination_id=overridden.pk, override_id=overridden.override_id)
    review.accept(actor=ana, determination_ids=[numbered["A2"].pk])
    convictions = set(Conviction.objects.values_list("pk", flat=True))

    read_file(ana, extract(severity="FELONY"))
    run = evaluated(ana)
    runs.use_run(actor=ana, run_id=run.pk)
    assert set(Conviction.objects.values_list("pk", flat=True)) == convictions
    assert (Subject.objects.count(), Suggestion.objects.count()) == (6, 0)
    assert Conviction.objects.get(subject__cii_number="A6").severity == "felony"
    again = {row.conviction.subject.cii_number: row for row in reviews.standing()}
    assert len(again) == 6
    assert (again["A1"].standing_outcome, again["A1"].review_state) == ("not_eligible", "overridden")
    assert again["A1"].override_reason == "Sold to a minor."
    assert again["A2"].review_state == "accepted"
    assert not again["A1"].needs_confirmation
