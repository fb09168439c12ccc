"""The rule book: what the rules say of themselves, complete and the same every time."""

import re

import pytest

from eligibility import fact_words
from eligibility import policy as policies
from eligibility.__main__ import main
from eligibility.fact_values import VALUES
from eligibility.law import contents, offense_families, tables
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
        for number in book.numbers:
            assert f"| {number.value} | {number.since} | {number.says} | {number.source} |" in text
        for each in book.lists:
            for said in (each.title, each.says, each.source, *each.entries):
                assert said in text
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
    assert asked.if_unknown == (
        "Where the record leaves open the severity, a person decides (question of the record, for an analyst)."
    )
    refused = clause('rule = "superstrike_came_before"\noutcome = "not_eligible"\nquestion = "law"')
    assert refused.if_unknown == (
        "Where the record leaves open whether an earlier conviction is a superstrike, a line below decides only if it "
        "also leads to no relief; otherwise a person decides (question of law, for an attorney)."
    )
    sure = clause('rule = "every_listed_conviction"\noutcome = "dismiss"')
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
        assert number.says.endswith(".")
        assert number.source


def test_every_list_has_a_meaning_and_a_source():
    found = [each for law in tables.reliefs() for each in contents.lists(law, offense_families.names())]
    assert {each.title for each in found} >= {
        "What a relief rests on",
        "Exceptions that keep felony exposure",
        "Possible superstrikes",
        "What a redesignated conviction becomes",
        "The related charges",
    }
    for each in found:
        assert each.says.endswith(".")
        assert each.source
        assert all(entry[:1].isupper() for entry in each.entries)


def test_a_list_is_printed_entry_by_entry():
    entries = {each.title: each.entries for each in rulebook(policies.load("statutory")).lists}
    assert entries["The offenses that the statute does not name"] == (
        "H&S §§ 11357.5, 11361, 11366, 11366.5, 11379.6; PC §§ 182, 4573, 4573.5, 4573.6, 4573.8, 4573.9; "
        "Veh. Code § 23222(b)",
    )
    assert (
        "H&S § 11358: cultivation of any number of plants; felony"
        in entries["The offenses as they were before the Act"]
    )
    assert (
        "Clause (IV), homicide or attempted homicide: PC § 187 through § 191.5, attempts too"
        in (entries["Possible superstrikes"])
    )
    assert (
        "At least 2 prior convictions under the same section's misdemeanor subdivision: H&S §§ 11358, 11359, 11360"
        in entries["Exceptions that keep felony exposure"]
    )


def test_only_what_matters_under_the_policys_law_is_printed():
    other = rulebook(policies.load("pc_1203_4_misdemeanors"))
    assert [each.title for each in other.lists] == ["The misdemeanors", "The relief asked for"]
    assert len(other.numbers) == 4
    assert not any("cannabis" in each.says for each in other.numbers)
    here = rulebook(policies.load("office_choice"))
    assert not any(each.title in ("The related charges", "The misdemeanors") for each in here.lists)


def test_what_happens_where_no_line_decides_fits_the_policy():
    redesignating = [each.rule for each in rulebook(policies.load("office_choice")).endings]
    assert redesignating == ["no_rule_applies", "record_unclear", "severity_not_lowered", "record_unclear"]
    dismissing = [each.rule for each in rulebook(policies.load("contra_costa_2019")).endings]
    assert dismissing == ["no_rule_applies", "record_unclear"]


def test_the_years_of_another_law_are_said():
    *_, relief = rulebook(policies.load("pc_1203_4_misdemeanors")).lists
    assert "Without probation: 1 year or more after judgment" in relief.entries


def test_a_family_is_named_in_words():
    line = 'rule = "offense_in_family"\nfamilies = ["prop64_not_named", "related"]\noutcome = "not_eligible"'
    found = clause(line)
    assert (
        found.sentence
        == "The conviction is of one of the offenses that the statute does not name or the related charges."
    )
    assert found.reason == "One of the offenses that the statute does not name or the related charges"


def test_what_was_not_compared_with_the_code_is_said_apart_from_its_source():
    book = rulebook(policies.load("statutory"))
    assert any(each.endswith("(H&S § 11360(a)(3)(D)): the figure") for each in book.to_confirm)
    assert any(each.startswith("Possible superstrikes") for each in book.to_confirm)
    assert "## To confirm on the day of filing" in book.text()


def test_every_fact_has_words():
    assert fact_words.LOOKED_AT.keys() == VALUES.keys()


_CODE_NAME = re.compile(r"\b[a-z0-9]+_[a-z0-9_]+\b|`|\.toml|\(verify|[{}]")
_NAMES = re.compile(
    r"^The rule book of policy \w+, made|\((?:hand_review|not_eligible)\)|^- Name in result files: \w+\."
)


@pytest.mark.parametrize("name", policies.presets())
def test_no_name_of_the_code_is_printed_but_where_it_is_said_to_be_one(name):
    for line in rulebook(policies.load(name)).text().splitlines():
        assert not _CODE_NAME.search(_NAMES.sub("", line)), line


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
