"""One person's history, told once however many files tell it."""

from datetime import date

import pytest

from clearmyrecord.errors import NotFound
from clearmyrecord.records import histories, services
from clearmyrecord.records.histories import SentencePart, sentence_parts
from clearmyrecord.records.models import Subject
from tests.records.factories import arrest, conviction, read_file

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("", []),
        ("JAIL 30 days", [SentencePart("JAIL 30 days", 30, "days")]),
        ("30 days", [SentencePart("30 days", 30, "days")]),
        (
            "PROBATION 3 years, JAIL 30 days",
            [SentencePart("PROBATION 3 years", 3, "years"), SentencePart("JAIL 30 days", 30, "days")],
        ),
        ("LIFE life", [SentencePart("LIFE life", 0, "life")]),
        ("FINE 0 days", [SentencePart("FINE 0 days", 0, "days")]),
        ("JAIL XX D", [SentencePart("JAIL XX D", 0, "")]),
        ("JAIL", [SentencePart("JAIL", 0, "")]),
    ],
)
def test_the_parts_of_a_sentence_are_read_back_and_none_is_guessed(sentence, parts):
    assert sentence_parts(sentence) == parts


class TestSteps:
    def test_they_come_by_date_and_what_has_none_last(self, ana):
        read_file(ana, [arrest(), conviction(), conviction(order="102001001000", day="")])
        steps = histories.steps_of([Subject.objects.get().pk])
        assert [step.day for step in steps] == [date(2009, 12, 24), date(2010, 2, 3), None]
        assert [count.convicted for count in steps[1].counts] == [True]

    def test_what_two_files_say_alike_is_told_once_with_both_rows(self, ana):
        read_file(ana, [arrest(), conviction()], "old.csv")
        read_file(
            ana, [arrest(), conviction(), conviction(order="102001001000", day="20120101", case="CR7")], "new.csv"
        )
        steps = histories.steps_of([Subject.objects.get().pk])
        assert [step.seen_in for step in steps] == [
            [("new.csv", 1), ("old.csv", 1)],
            [("new.csv", 2), ("old.csv", 2)],
            [("new.csv", 3)],
        ]

    def test_a_conviction_that_only_the_older_file_has_is_not_lost(self, ana):
        both = [conviction(), conviction(order="101002002000", section="11358 HS-CULTIVATE", case="CR1001")]
        read_file(ana, both, "old.csv")
        read_file(ana, [conviction(SENT_LENGTH="060")], "new.csv")
        (step,) = histories.steps_of([Subject.objects.get().pk])
        assert sorted(count.code_section for count in step.counts) == ["HS 11358", "HS 11359"]

    def test_two_alike_in_one_file_stay_two(self, ana):
        read_file(ana, [arrest(), arrest(CNT_ORDER="102001001000")])
        assert len(histories.steps_of([Subject.objects.get().pk])) == 2

    def test_a_file_set_aside_tells_nothing(self, ana):
        file = read_file(ana, [arrest(), conviction()])
        services.set_aside(actor=ana, file_id=file.pk, reason="Sent twice.")
        assert histories.steps_of([Subject.objects.get().pk]) == []

    def test_it_is_one_query(self, ana, django_assert_num_queries):
        read_file(ana, [arrest(), conviction()])
        pk = Subject.objects.get().pk
        with django_assert_num_queries(1):
            histories.steps_of([pk])


class TestWholePerson:
    def test_an_administrator_knows_of_nobody(self, ana, adam):
        read_file(ana, [conviction()])
        with pytest.raises(NotFound):
            histories.whole_person(adam, Subject.objects.get().pk)

    def test_everybody_confirmed_to_be_the_person_belongs_to_it(self, ana):
        read_file(ana, [conviction(), conviction("10000002", "A10000002", case="CR2")])
        first, second = Subject.objects.order_by("pk")
        assert histories.whole_person(ana, second.pk) == (second, [second.pk])
        Subject.objects.filter(pk=second.pk).update(same_as=first)
        shown, people = histories.whole_person(ana, second.pk)
        assert (shown, people) == (second, [first.pk, second.pk])
