import pytest
from clearmyrecord.reviews import queries
from clearmyrecord.reviews.questions import open_questions
pytestmark = pytest.mark.django_db

def test_look(run):
    rows = list(queries.standing())
    asked = open_questions(rows)
    for r in rows:
        print(r.conviction.section_text, r.conviction.prop64, r.outcome, r.route, r.basis, r.reason, r.question_kind, r.question, r.outside, r.remarks, r.open_questions, [q.code for q in asked[r.pk]], r.conviction.convicted_on)
    print(queries.open_by_question(queries.standing()))
    print(queries.without_open_questions(queries.standing()).count())
