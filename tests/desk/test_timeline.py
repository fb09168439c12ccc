"""A history laid out on a line of years."""

import itertools
from datetime import date

import pytest

from clearmyrecord.desk.timeline import LEFT, WIDTH, Moment, Term, drawn, summary

TODAY = date(2024, 7, 1)


def moment(kind: str, day: date | None, cycle: str = "1", number: int = 1) -> Moment:
    return Moment(cycle, kind, day, f"{kind} of {day}", number)


def fifty_years() -> tuple[list[Moment], list[Term]]:
    """Sixty cycles of an arrest, a conviction and three years of probation each."""
    moments, terms = [], []
    for place in range(60):
        year, month = 1974 + place * 50 // 60, 1 + place % 12
        convicted = date(year, month, 20)
        moments += [moment("arrest", date(year, month, 1), str(place)), moment("conviction", convicted, str(place))]
        terms.append(Term(str(place), "supervision", convicted, date(year + 3, month, 20), "PROBATION 3 years"))
    return moments, terms


class TestPlaces:
    def test_nothing_is_no_drawing(self):
        assert drawn([], [], today=TODAY) is None

    def test_the_scale_holds_whole_years_from_the_first_event_to_today(self):
        drawing = drawn([moment("arrest", date(2000, 1, 1)), moment("death", date(2024, 12, 31))], [], today=TODAY)
        arrest, death = sorted(drawing.marks, key=lambda mark: mark.x)
        assert (arrest.x, death.x) == (LEFT, LEFT + WIDTH)
        assert LEFT < drawing.today < LEFT + WIDTH

    def test_order_of_what_is_given_changes_nothing(self):
        moments, terms = fifty_years()
        assert drawn(moments, terms, today=TODAY) == drawn(moments[::-1], terms[::-1], today=TODAY)

    def test_events_of_one_cycle_stand_in_one_row_and_arrests_above(self):
        drawing = drawn([moment("arrest", date(2010, 1, 1)), moment("conviction", date(2010, 3, 1))], [], today=TODAY)
        by_kind = {mark.kind: mark for mark in drawing.marks}
        assert by_kind["arrest"].y < by_kind["conviction"].y
        assert len(drawing.lines) == 1

    def test_cycles_that_would_overlap_go_into_rows_of_their_own(self):
        day = date(2010, 1, 1)
        drawing = drawn([moment("arrest", day, "1"), moment("arrest", day, "2")], [], today=TODAY)
        assert len({mark.y for mark in drawing.marks}) == 2

    def test_convictions_of_one_day_in_a_cycle_are_one_mark_with_a_number_in_scope_first(self):
        day = date(2010, 1, 1)
        drawing = drawn([moment("conviction", day, number=2), moment("scope", day)], [], today=TODAY)
        (mark,) = drawing.marks
        assert (mark.kind, mark.number) == ("scope", 3)
        assert "conviction of" in mark.says
        assert "scope of" in mark.says


class TestLongHistory:
    def test_every_mark_is_there_inside_the_drawing_and_marks_of_a_row_do_not_touch(self):
        drawing = drawn(*fifty_years(), today=TODAY)
        assert len(drawing.marks) == 120
        assert all(0 <= mark.x <= 100 and 0 <= mark.y < drawing.axis for mark in drawing.marks)
        for y in {line.y for line in drawing.lines}:
            row = sorted((line.x, line.x + line.width) for line in drawing.lines if line.y == y)
            assert all(after[0] - before[1] > 2 for before, after in itertools.pairwise(row))

    def test_it_stays_low_enough_for_one_screen(self):
        assert drawn(*fifty_years(), today=TODAY).height < 700

    @pytest.mark.parametrize("first", [1901, 1950, 1974, 2000, 2020, 2024])
    def test_labels_of_years_have_room_on_a_telephone(self, first):
        drawing = drawn([moment("arrest", date(first, 5, 1))], [], today=TODAY)
        labelled = [year.x for year in drawing.years if year.label]
        assert 1 <= len(labelled) <= 6
        assert all(after - before > 12 for before, after in itertools.pairwise(labelled))


class TestSentences:
    def test_a_sentence_is_a_bar_of_its_length(self):
        term = Term("1", "custody", date(2010, 1, 1), date(2015, 1, 1), "PRISON 5 years")
        (bar,) = drawn([moment("conviction", date(2010, 1, 1))], [term], today=TODAY).bars
        assert bar.width == pytest.approx(WIDTH / 3, abs=0.1)
        assert not bar.open

    @pytest.mark.parametrize("ends", [None, date(2400, 1, 1), date.max])
    def test_life_and_what_ends_far_ahead_have_an_open_end_at_the_edge(self, ends):
        term = Term("1", "custody", date(2010, 1, 1), ends, "PRISON")
        (bar,) = drawn([moment("conviction", date(2010, 1, 1))], [term], today=TODAY).bars
        assert bar.open
        assert bar.x + bar.width == pytest.approx(LEFT + WIDTH, abs=0.1)


class TestWithoutDate:
    def test_it_stands_below_the_years_and_never_on_them(self):
        drawing = drawn([moment("arrest", date(2010, 1, 1)), moment("scope", None)], [], today=TODAY)
        assert [mark.kind for mark in drawing.marks] == ["arrest"]
        assert [mark.kind for mark in drawing.apart] == ["scope"]
        assert drawing.apart[0].y > drawing.axis
        assert drawing.height > drawing.apart[0].y

    def test_where_nothing_has_a_date_there_are_no_years(self):
        drawing = drawn([moment("arrest", None)] * 40, [], today=TODAY)
        assert (drawing.axis, drawing.years, len(drawing.apart)) == (None, [], 40)
        assert max(mark.x for mark in drawing.apart) <= 100
        assert max(mark.y for mark in drawing.apart) < drawing.height


def test_the_summary_counts_what_is_drawn_and_what_is_not():
    moments = [
        moment("scope", date(2010, 1, 1)), moment("conviction", date(1980, 1, 1), number=2), moment("arrest", None),
    ]  # fmt: skip
    assert summary(moments) == (
        "From 1980 to 2010: 1 conviction in scope, 2 other convictions. Without a date: 1 arrest."
    )
