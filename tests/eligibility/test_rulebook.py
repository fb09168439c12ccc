"""The rule book: what the rules say of themselves, complete and the same every time."""

import pytest

from eligibility import policy as policies
from eligibility.__main__ import main
from eligibility.law import contents, tables
from eligibility.rulebook import LEADS_TO, WHEN_UNPROVEN, rulebook
from eligibility.rules import RULES
from tests.eligibility.case_tables import AS_OF

HEAD = 'name = "p"\ntitle = "P"\nauthority = "Invented"\n'


def clause(line, head=HEAD):
    """The clause of a policy of this one line."""
    return rulebook(policies.load(text=f"{head}[[line]]\n{line}\n")).clauses[1]


@pytest.mark.parametrize("name", policies.presets())
class TestEveryPreset:
    def test_every_line_is_there_in_order(self, name):
        policy = policies.load(name)
        found = rulebook(policy).clauses
        assert [(each.position, each.rule, each.outcome) for each in found] == [
            (position, line.rule.id, line.outcome) for position, line in enumerate(policy.lines, start=1)
        ]

    def test_the_text_says_all_of_each_line(self, name):
        book = rulebook(policies.load(name))
        text = book.text()
        for each in book.clauses:
            for said in (each.sentence, each.note, each.reason, each.citation, each.leads_to, each.question):
                assert said in text
        for number in book.limits:
            assert number.says in text
            assert number.source in text
        assert book.authority in text
        assert book.policy_sha256 in text
        assert "{" not in text

    def test_the_same_policy_gives_the_same_text(self, name):
        assert rulebook(policies.load(name)).text() == rulebook(policies.load(name)).text()


def test_a_line_reads_with_its_own_parameters():
    found = clause('rule = "convicted_years_ago"\nyears = 7\noutcome = "dismiss"')
    assert found.sentence == "The conviction is 7 or more years old on the as-of date."
    assert found.reason == "Conviction occurred 7 or more years ago"
    assert found.leads_to == "Dismissal; with sealing where the sentence is completed"


def test_what_else_a_rule_says_follows_its_first_sentence():
    found = clause('rule = "offense_after_act"\noutcome = "not_eligible"')
    assert found.sentence.endswith("when the Act took effect.")
    assert found.note.startswith("An arrest before that day makes the offense earlier;")


def test_what_unknown_does_depends_on_the_outcome():
    relief = clause('rule = "not_a_felony"\noutcome = "dismiss"')
    assert relief.unknown_for == ("severity",)
    assert relief.if_unknown == (
        "Where the record leaves open the severity, a line below decides only if it also leads to dismissal; "
        "otherwise a person decides."
    )
    asked = clause('rule = "not_a_felony"\noutcome = "hand_review"')
    assert asked.if_unknown == "Where the record leaves open the severity, a person decides."
    sure = clause('rule = "subject_is_deceased"\noutcome = "dismiss"')
    assert (sure.unknown_for, sure.if_unknown) == ((), "The line always has an answer.")


def test_a_presumed_amount_is_never_unknown():
    line = 'rule = "amount_is_lawful"\noutcome = "dismiss"'
    assert clause(line).unknown_for == ("amount",)
    assert clause(line, HEAD + 'when_unproven = "dismiss"\n').unknown_for == ()


def test_a_question_is_printed_with_its_kind():
    text = rulebook(policies.load("contra_costa_2019")).text()
    assert "is there any ground to relieve this related charge? (question of law, for an attorney)" in text


def test_redesignation_is_explained_where_a_line_redesignates():
    assert rulebook(policies.load("office_choice")).redesignations == contents.redesignations()
    assert "| H&S § 11358 | felony | H&S § 11358(c) | misdemeanor |" in rulebook(policies.load("office_choice")).text()
    assert rulebook(policies.load("contra_costa_2019")).redesignations == ()


def test_scope_and_county_are_said():
    assert "Related charges" in rulebook(policies.load("contra_costa_2019")).scope
    assert "Related charges" not in rulebook(policies.load("office_choice")).scope
    assert "- County: Contra Costa\n" in rulebook(policies.load("contra_costa_2019")).text()
    assert "- County: any\n" in rulebook(policies.load("office_choice")).text()


def test_every_number_of_the_law_is_dated_and_sourced():
    for number in contents.limits():
        assert number.values[-1][1] == tables.limit(number.name, max(number.values[-1][0], AS_OF))
    assert {each.name for each in contents.lists()} >= {
        "basis",
        "exceptions",
        "super strikes",
        "sections: redesignation",
    }


def test_every_outcome_and_presumption_has_its_words():
    assert set(LEADS_TO) == set(policies.LINE_OUTCOMES)
    assert set(WHEN_UNPROVEN) == set(policies.WHEN_UNPROVEN)


def test_every_rule_can_be_asked_about_nobody():
    for rule in RULES.values():
        given = {
            name: 5 if kind in (int, float) else ["prop64"] if name == "families" else ["11357"]
            for name, kind in rule.parameters.items()
        }
        keys = "".join(f"{name} = {str(value).replace(chr(39), chr(34))}\n" for name, value in given.items())
        assert clause(f'rule = "{rule.id}"\noutcome = "dismiss"\n{keys}').if_unknown


class TestTheCommand:
    def test_it_prints_the_book(self, capsys):
        assert main(["rulebook", "--policy", "office_choice"]) == 0
        assert capsys.readouterr().out == rulebook(policies.load("office_choice")).text()

    def test_it_writes_a_file(self, tmp_path, capsys):
        assert main(["rulebook", "--policy", "office_choice", "--out", str(tmp_path / "book.md")]) == 0
        assert capsys.readouterr().out == ""
        assert (tmp_path / "book.md").read_text(encoding="utf-8").startswith("# Office choice\n")

    def test_an_unknown_policy_is_wrong_usage(self, capsys):
        assert main(["rulebook", "--policy", "mine"]) == 2
        assert "Presets:" in capsys.readouterr().err


def test_a_line_with_an_authority_of_its_own_says_it():
    line = 'rule = "section_is"\nsections = ["11359"]\noutcome = "dismiss"\nauthority = "Memorandum of May 1"'
    text = rulebook(policies.load(text=f"{HEAD}[[line]]\n{line}\n")).text()
    assert text.count("- Authority of this line: Memorandum of May 1.\n") == 1


@pytest.mark.parametrize("name", policies.presets())
def test_nothing_but_law_and_policy_is_given_as_a_source(name):
    assert "notes" not in rulebook(policies.load(name)).text()
