"""The impact report against an independent recount, person by person, and against the batches to the unit."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date

import pytest

from clearmyrecord.batches import services as batches
from clearmyrecord.filings import receipts
from clearmyrecord.filings.models import Filing
from clearmyrecord.records.models import Conviction, Subject
from clearmyrecord.relief import impact, services
from clearmyrecord.relief.impact import Line, age_band, kept_back
from clearmyrecord.relief.models import Asked, CourtAnswer
from clearmyrecord.relief.people_told import Told, told_of_people
from clearmyrecord.reviews import queries as reviews
from petitions import reading
from tests.batches.conftest import approved_by, submitted_by
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.cast import signed_in
from tests.filings.conftest import sign
from tests.records.factories import read_file
from tests.relief.conftest import denied, granted, today
from tests.reviews.conftest import person
from tests.runs.conftest import office

__all__ = ["office"]


def recounted(effects: dict[int, str]) -> dict[str, int]:
    """The figures on people by plain loops over every conviction on record."""
    histories: dict[int, list[Conviction]] = defaultdict(list)
    for conviction in Conviction.objects.exclude(newest_reading=None).select_related("subject"):
        histories[conviction.subject.same_as_id or conviction.subject_id].append(conviction)
    people = no_felony = no_conviction = 0
    for convictions in histories.values():
        people += any(each.pk in effects for each in convictions)
        had_felony = any(each.severity == "felony" for each in convictions)
        may_be = [each.pk for each in convictions if each.severity in ("felony", "")]
        keeps = [pk for pk in may_be if effects.get(pk) in (None, "resentenced")]
        no_felony += had_felony and not keeps
        no_conviction += all(effects.get(each.pk) in ("sealed", "dismissed") for each in convictions)
    return {"convictions": len(effects), "people": people, "no_felony": no_felony, "no_conviction": no_conviction}


def figures(stage: impact.Stage) -> dict[str, int]:
    return {name: getattr(stage, name) for name in ("convictions", "people", "no_felony", "no_conviction")}


@pytest.fixture
def answered(filed, item, ana):
    """One case granted, one denied, the others still with the court."""
    services.answer(actor=ana, item_ids=[item("CR0001").pk], told=granted())
    services.answer(actor=ana, item_ids=[item("CR0002").pk], told=denied())
    return filed


def test_the_figures_are_those_of_an_independent_recount(answered):
    report = impact.report()
    potential = {}
    for row in reviews.standing():
        if row.standing_outcome == "dismiss":
            potential[row.conviction_id] = "sealed" if row.standing_sealing else "dismissed"
        elif row.standing_outcome in ("redesignate", "resentence"):
            potential[row.conviction_id] = row.standing_new_severity
    filed = {each.conviction_id: each.relief for each in Asked.objects.all()}
    grants = {each.item.conviction_id: each.granted_as for each in CourtAnswer.objects.filter(decision="granted")}
    assert len(filed) == 4
    assert len(grants) == 1
    for stage, effects in (("potential", potential), ("filed", filed), ("granted", grants)):
        assert figures(report.stages[stage]) == recounted(effects), stage
    assert report.family_convictions == reviews.standing().count()


def test_every_stage_adds_up_to_its_convictions_and_to_the_batches(answered):
    report = impact.report()
    for stage in report.stages.values():
        parts = (stage.sealed_felonies, stage.sealed_misdemeanors, stage.dismissed, stage.to_misdemeanor,
                 stage.to_infraction, stage.resentenced)  # fmt: skip
        assert sum(parts) == stage.convictions
    assert sum(row[3] for row in report.batches) == report.stages["filed"].convictions
    assert sum(row[4] for row in report.batches) == report.stages["granted"].convictions
    for name in ("year", "section", "severity"):
        for stage, figure in report.stages.items():
            assert sum(line.numbers[stage] or 0 for line in report.chart(name).lines) == figure.convictions
    assert report.days_to_grant == 0


def test_what_is_withdrawn_or_sent_back_is_not_filed_and_what_is_taken_back_not_granted(answered, item, ana):
    before = impact.report().stages
    services.undo(actor=ana, item_id=item("CR0001").pk, reason="Entered for the wrong case.")
    after = impact.report().stages
    assert after["granted"].convictions == before["granted"].convictions - 1 == 0
    assert after["filed"] == before["filed"]


def test_what_was_denied_and_is_asked_again_is_filed_once(answered, ana, theo, sam):
    before = impact.report()
    drafted = batches.compose(actor=ana, name="Again", filter={"section": "11358"})
    again = approved_by(sam, submitted_by(ana, drafted, theo))
    again.filings.update(state=Filing.State.DRAFTED)
    sign(theo, again)
    again.filings.update(state=Filing.State.SIGNED)
    for filing in again.filings.all():
        receipts.enter(actor=ana, filing_id=filing.pk, filed_on=today(), number="E9")
    after = impact.report()
    assert Asked.objects.count() == 5
    assert after.stages["filed"] == before.stages["filed"]
    assert {pk: filed for pk, _, _, filed, _ in after.batches} == {answered.pk: 3, again.pk: 1}


def test_two_subjects_confirmed_to_be_one_person_are_one(answered):
    before = impact.report().stages["filed"].people
    one, other = sorted(set(Asked.objects.values_list("subject_id", flat=True)))[:2]
    Subject.objects.filter(pk=other).update(same_as=one)
    assert impact.report().stages["filed"].people == before - 1


def test_race_and_gender_are_the_newest_words_of_a_record_file(ana, office):
    told = {"RACE_DESCR": "BLACK", "GENDER": "F"}
    read_file(ana, [*person(1, **told), *person(2, RACE_DESCR="WHITE")], "older.csv")
    read_file(ana, person(1, RACE_DESCR="HISPANIC", GENDER="X"), "newer.csv")
    one, two = (Subject.objects.get(cii_number=f"A{number:08d}").pk for number in (1, 2))
    assert told_of_people() == {one: Told("Hispanic", "Nonbinary"), two: Told("White", "")}


def test_few_people_of_one_race_or_gender_are_kept_back_in_the_report(answered):
    for name in ("race", "gender", "age"):
        chart = impact.report().chart(name)
        assert chart.has_kept_back
        assert {number for line in chart.lines for number in line.numbers.values()} <= {None, 0}


class TestKeepingBack:
    def shown(self, *numbers: int) -> list[int | None]:
        lines = [Line(str(place), dict.fromkeys(impact.STAGES, number)) for place, number in enumerate(numbers)]
        return [line.numbers["filed"] for line in kept_back(lines)]

    @pytest.mark.parametrize(
        ("numbers", "shown"),
        [
            ((50, 40), [50, 40]),
            ((50, 0), [50, 0]),
            ((50, 40, 3), [50, None, None]),  # the total would give the 3 away
            ((50, 40, 10, 10), [50, 40, None, None]),
            ((50, 40, 4, 5), [50, None, None, None]),  # nine people are too few for two cells
            ((11, 200), [11, 200]),
            ((4,), [None]),
        ],
    )
    def test_small_cells_are_kept_back_so_that_no_total_gives_them_away(self, numbers, shown):
        assert self.shown(*numbers) == shown


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (None, "Unknown"),
        (date(2001, 11, 24), "25 to 34"),  # 25 today
        (date(2001, 11, 25), "24 and younger"),  # 25 tomorrow
        (date(1961, 11, 24), "65 and older"),
        (date(1700, 1, 1), "Unknown"),
        (date(2030, 1, 1), "Unknown"),
    ],
)
def test_ages_are_counted_in_whole_years(born, band):
    assert age_band(born, date(2026, 11, 24)) == band


class TestPages:
    def test_screen_pdf_and_csv_show_the_same_figures(self, answered, ana):
        client = signed_in(ana)
        report = impact.report()
        screen = " ".join(client.get("/relief/impact/?minutes=20").content.decode().split())
        assert f"At 20 minutes each, reading {report.family_convictions} convictions" in screen
        pdf = client.get("/relief/impact/report.pdf")
        text = " ".join(" ".join(page.text for page in reading.read(pdf.content)[0]).split())
        listed = csv.reader(io.StringIO(b"".join(client.get("/relief/impact/figures.csv")).decode("utf-8-sig")))
        rows = {row[0]: row[1:4] for row in listed}
        for name, (words, means) in impact.MEANS.items():
            numbers = [str(getattr(report.stages[stage], name)) for stage in impact.STAGES]
            assert rows[words] == numbers
            assert means.split(".")[0] in text
            cells = "".join(f'<td class="number">{each}</td>' for each in numbers)
            assert f"{means}</span></th>{cells}" in screen.replace("> <", "><").replace("</span> </th>", "</span></th>")
        batches = client.get("/relief/impact/batches.csv")
        assert answered.name in b"".join(batches).decode()
        for chart in report.charts:
            assert chart.title in text
            assert chart.title in b"".join(client.get(f"/relief/impact/{chart.name}.csv")).decode()
        assert client.get("/relief/impact/nonsense.csv").status_code == 404
        assert client.get("/relief/impact/?minutes=x").status_code == 404

    def test_before_anything_is_found_it_says_what_comes(self, ana, office):
        assert "Nothing to report yet" in signed_in(ana).get("/relief/impact/").content.decode()
        assert signed_in(ana).get("/relief/impact/report.pdf").status_code == 200
