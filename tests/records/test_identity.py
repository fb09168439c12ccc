"""Who is who across files: joined only where nothing contradicts it, else a person is asked, once."""

import pytest

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.records import queries, services
from clearmyrecord.records.models import Conviction, FileSubject, Reading, Subject, SubjectLink, Suggestion
from tests.records.factories import arrest, conviction, read_file

pytestmark = pytest.mark.django_db


class TestSubjects:
    def test_one_subject_id_in_two_files_is_two_people(self, ana, office):
        read_file(ana, [conviction("10000001", "A1")])
        read_file(ana, [conviction("10000001", "A2", name="ROE,RITA")])
        assert Subject.objects.count() == 2
        assert not Suggestion.objects.exists()
        for subject in Subject.objects.all():
            assert len(queries.history_of(queries.person_ids(subject.pk))) == 1

    def test_one_cii_number_in_two_files_is_one_person(self, ana, office):
        read_file(ana, [conviction("1", "A1")])
        read_file(ana, [conviction("7", "A1", section="11357(A) HS", case="CR2", order="102002001000", day="20120101")])
        assert Subject.objects.get().convictions.count() == 2

    def test_one_cii_number_under_two_subject_ids_of_a_file_gives_one_suggestion(self, ana, office):
        read_file(ana, [conviction("1", "A1"), conviction("2", "A1", case="CR2")])
        assert Subject.objects.count() == 2
        suggestion = Suggestion.objects.get()
        assert suggestion.why == "One file has this CII number under two SUBJECT_IDs."
        assert set(queries.under_suggestion()) == set(Conviction.objects.values_list("pk", flat=True))

    def test_one_cii_number_with_two_birth_dates_is_asked_not_merged(self, ana, office):
        read_file(ana, [conviction("1", "A1", born="19800101")])
        read_file(ana, [conviction("1", "A1", born="19810101", case="CR2")])
        assert Subject.objects.count() == 2
        assert Suggestion.objects.get().why == "The same CII number with two birth dates."

    def test_a_birth_date_that_one_file_lacks_contradicts_nothing_and_is_taken(self, ana, office):
        read_file(ana, [conviction(born="")])
        read_file(ana, [conviction(born="19800101", case="CR2", order="102002001000")])
        assert Subject.objects.get().birth_date.year == 1980

    def test_a_missing_cii_number_is_asked_where_name_and_birth_date_agree(self, ana, office):
        read_file(ana, [conviction("1", "A1"), conviction("2", "", case="CR2"), conviction("3", "", name="ELSE,ELLA")])
        assert Subject.objects.count() == 3
        assert Suggestion.objects.get().why == "The same name and birth date; one of them has no CII number."

    def test_a_new_reading_of_a_number_in_question_makes_its_own_subject_and_joins_the_question(self, ana, office):
        read_file(ana, [conviction("1", "A1"), conviction("2", "A1", case="CR2")])
        read_file(ana, [conviction("5", "A1", case="CR3")])
        assert Subject.objects.count() == 3
        assert Suggestion.objects.count() == 2


class TestConvictions:
    def test_a_second_extract_of_the_same_people_updates_without_doubling(self, ana, office):
        people = [(str(n), f"A{n}") for n in range(1, 6)]
        read_file(ana, [conviction(*who, severity="MISDEMEANOR") for who in people])
        before = set(Conviction.objects.values_list("pk", flat=True))
        read_file(ana, [row for who in people for row in (arrest(*who), conviction(*who, severity="FELONY"))])
        assert set(Conviction.objects.values_list("pk", flat=True)) == before
        assert set(Conviction.objects.values_list("severity", flat=True)) == {"felony"}
        assert Reading.objects.filter(convicted=True).count() == 10
        assert not Suggestion.objects.exists()

    def test_two_like_counts_of_one_case_stay_two_and_keep_their_order(self, ana, office):
        rows = [conviction(order="101002001000"), conviction(order="101002002000")]
        read_file(ana, rows)
        read_file(ana, [*rows, arrest()])
        assert Conviction.objects.count() == 2
        for each in Conviction.objects.all():
            assert each.readings.values_list("count_order", flat=True).distinct().count() == 1

    @pytest.mark.parametrize(
        ("correction", "why"),
        [
            ({"day": "20100204"}, "The conviction date differs"),
            ({"case": "CR9"}, "The case numbers differ"),
            ({"section": "11360(A) HS"}, "The code section differs"),
            ({"county": "ALAMEDA"}, "The county differs"),
        ],
    )
    def test_a_near_match_is_asked_and_neither_enters_a_batch(self, ana, office, correction, why):
        read_file(ana, [conviction()])
        read_file(ana, [conviction(**correction)])
        assert Conviction.objects.count() == 2
        assert Suggestion.objects.get().why.startswith(why)
        assert set(queries.under_suggestion()) == set(Conviction.objects.values_list("pk", flat=True))

    def test_two_differing_fields_are_two_convictions(self, ana, office):
        read_file(ana, [conviction()])
        read_file(ana, [conviction(day="20120101", case="CR9")])
        assert Conviction.objects.count() == 2
        assert not Suggestion.objects.exists()

    def test_a_conviction_absent_from_the_newest_file_stays_and_says_so(self, ana, office):
        read_file(
            ana, [conviction(), conviction(section="11357(A) HS", order="103002001000", case="CR2", day="20150101")]
        )
        read_file(ana, [conviction()])
        there, absent = Conviction.objects.order_by("convicted_on")
        assert not queries.not_in_newest_file(there)
        assert queries.not_in_newest_file(absent)

    def test_a_confirmed_near_match_is_one_conviction_and_can_be_parted_again(self, ana, office):
        read_file(ana, [conviction()])
        read_file(ana, [conviction(day="20100204"), arrest()])
        suggestion = Suggestion.objects.get()
        services.confirm_suggestion(actor=ana, suggestion_id=suggestion.pk, reason="Same minute order")
        first, second = Conviction.objects.order_by("pk")
        assert (first.readings.count(), second.newest_reading) == (2, None)
        assert first.convicted_on.day == 4

        services.undo_suggestion(actor=ana, suggestion_id=suggestion.pk, reason="Two counts after all")
        first, second = Conviction.objects.order_by("pk")
        assert first.convicted_on.day == 3
        assert second.newest_reading is not None
        assert Suggestion.objects.get().state == "open"

    def test_either_date_of_a_confirmed_conviction_joins_it_later(self, ana, office):
        read_file(ana, [conviction()])
        read_file(ana, [conviction(day="20100204")])
        services.confirm_suggestion(actor=ana, suggestion_id=Suggestion.objects.get().pk, reason="Same minute order")
        read_file(ana, [conviction(), arrest()])
        assert Conviction.objects.exclude(newest_reading=None).count() == 1


class TestAnswers:
    @pytest.fixture
    def suggestion(self, ana, office):
        read_file(ana, [conviction("1", "A1"), conviction("2", "A1", case="CR2", day="20120101")])
        return Suggestion.objects.get()

    def test_confirming_links_both_without_rewriting_either(self, ana, suggestion):
        services.confirm_suggestion(actor=ana, suggestion_id=suggestion.pk, reason="Fingerprint card")
        first, second = Subject.objects.order_by("pk")
        assert (first.same_as, second.same_as) == (None, first)
        assert queries.person_ids(first.pk) == queries.person_ids(second.pk) == [first.pk, second.pk]
        assert (first.convictions.count(), second.convictions.count()) == (1, 1)
        assert not queries.under_suggestion().exists()

    def test_a_confirmed_number_is_one_person_in_later_files(self, ana, suggestion):
        services.confirm_suggestion(actor=ana, suggestion_id=suggestion.pk, reason="Fingerprint card")
        read_file(ana, [conviction("9", "A1", case="CR3", day="20150101", order="105002001000")])
        assert Subject.objects.count() == 2
        assert FileSubject.objects.latest("pk").subject_id == Subject.objects.order_by("pk").first().pk

    def test_undoing_parts_them_and_asks_again(self, ana, suggestion):
        services.confirm_suggestion(actor=ana, suggestion_id=suggestion.pk, reason="Fingerprint card")
        services.undo_suggestion(actor=ana, suggestion_id=suggestion.pk, reason="Another card")
        assert not Subject.objects.exclude(same_as=None).exists()
        assert SubjectLink.objects.get().undo_reason == "Another card"
        assert Suggestion.objects.get().reasons == ["Fingerprint card", "Another card"]
        told = [event for event in AuditEvent.objects.all() if event.verb.startswith("suggestion.")]
        assert [(event.detail, event.reason) for event in told] == [({"reason": 1}, ""), ({"reason": 2}, "")]
        assert Suggestion.objects.get().state == "open"

    def test_a_refusal_is_remembered(self, ana, suggestion):
        services.refuse_suggestion(actor=ana, suggestion_id=suggestion.pk, reason="Different prints")
        assert not queries.under_suggestion().exists()
        with pytest.raises(Conflict):
            services.confirm_suggestion(actor=ana, suggestion_id=suggestion.pk, reason="Same")

    def test_three_linked_are_one_person_and_parting_one_leaves_two(self, ana, suggestion):
        read_file(ana, [conviction("5", "A1", case="CR3", day="20150101")])
        for each in Suggestion.objects.order_by("pk"):
            services.confirm_suggestion(actor=ana, suggestion_id=each.pk, reason="Fingerprint card")
        first = Subject.objects.order_by("pk").first()
        assert len(queries.person_ids(first.pk)) == 3
        services.undo_suggestion(actor=ana, suggestion_id=suggestion.pk, reason="Another card")
        assert len(queries.person_ids(first.pk)) == 2

    def test_the_same_conviction_under_two_linked_subjects_is_asked(self, ana, office):
        read_file(ana, [conviction("1", "A1"), conviction("2", "A1")])
        services.confirm_suggestion(actor=ana, suggestion_id=Suggestion.objects.get().pk, reason="Fingerprint card")
        assert Suggestion.objects.get(kind="conviction").why == "The same conviction under two linked subjects."

    def test_convictions_joined_over_a_link_must_be_parted_before_it(self, ana, office):
        read_file(ana, [conviction("1", "A1"), conviction("2", "A1")])
        people = Suggestion.objects.get()
        services.confirm_suggestion(actor=ana, suggestion_id=people.pk, reason="Fingerprint card")
        convictions = Suggestion.objects.get(kind="conviction")
        services.confirm_suggestion(actor=ana, suggestion_id=convictions.pk, reason="Same order")
        with pytest.raises(Conflict, match="joined since"):
            services.undo_suggestion(actor=ana, suggestion_id=people.pk, reason="Another card")
        services.undo_suggestion(actor=ana, suggestion_id=convictions.pk, reason="Two after all")
        services.undo_suggestion(actor=ana, suggestion_id=people.pk, reason="Another card")

    def test_a_reason_is_needed_and_an_analyst(self, ana, ivy, suggestion):
        with pytest.raises(Invalid):
            services.confirm_suggestion(actor=ana, suggestion_id=suggestion.pk, reason="")
        with pytest.raises(NotAllowed):
            services.confirm_suggestion(actor=ivy, suggestion_id=suggestion.pk, reason="Same")
