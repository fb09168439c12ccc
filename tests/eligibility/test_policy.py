"""Policies: what a text must hold, and errors that name line and key."""

import pytest

from eligibility import policy as policies
from eligibility.policy import PolicyError, line_descriptions, load, presets

HEAD = 'name = "p"\ntitle = "P"\nauthority = "Invented"\n'
FAMILY_LINE = '[[line]]\nrule = "offense_in_family"\noutcome = "hand_review"\nfamilies = ["cannabis"]\n'
LINE = '[[line]]\nrule = "not_a_felony"\noutcome = "dismiss"\n'
REFUSAL = '[[line]]\nrule = "offense_after_act"\noutcome = "not_eligible"\n'
SECTIONS = '[[line]]\nrule = "section_is"\nsections = ["{}"]\noutcome = "dismiss"\n'


def test_every_preset_loads_under_its_own_name():
    assert {*presets()} >= {
        "contra_costa_2019",
        "dismiss_all",
        "dismiss_all_and_related",
        "los_angeles_2019",
        "office_choice",
        "pc_1203_4_misdemeanors",
        "sacramento_2019",
        "san_francisco_2018",
        "san_joaquin_2019",
        "statutory",
    }
    assert [load(name).name for name in presets()] == presets()


def test_the_juvenile_guard_stands_before_the_first_line_of_every_policy():
    for name in presets():
        first = line_descriptions(load(name))[0]
        assert (first.position, first.rule, first.outcome, first.question_kind) == (1, "juvenile", "hand_review", "law")


def test_lines_are_described_in_plain_english_with_their_numbers():
    described = line_descriptions(load("contra_costa_2019"))
    assert len(described) == 11
    assert described[7].sentence == (
        "The subject has more than one conviction on record, and the latest is more than 5 years old."
    )
    assert described[6].sentence == "The conviction is under H&S section 11357."
    assert all(
        each.sentence.endswith(".") and "{" not in each.sentence and "\n" not in each.sentence for each in described
    )


def test_a_line_that_is_off_takes_no_part():
    assert len(load("office_choice").lines) == 6


def test_several_sections_read_as_a_choice():
    text = HEAD + '[[line]]\nrule = "section_is"\nsections = ["11357", "11358", "11359"]\noutcome = "dismiss"\n'
    assert (
        line_descriptions(load(text=text))[1].sentence == "The conviction is under H&S section 11357, 11358 or 11359."
    )


@pytest.mark.parametrize(
    ("said", "families"),
    [
        ("", ("prop64",)),
        ('scope = "prop64"\n', ("prop64",)),
        ('scope = "prop64_and_related"\n', ("prop64", "related")),
        ('families = ["misdemeanors"]\n', ("misdemeanors",)),
    ],
)
def test_a_policy_names_its_offense_families_or_the_older_scope(said, families):
    assert load(text=HEAD + said + LINE).families == families


def test_only_experimental_presets_say_so():
    assert [name for name in presets() if load(name).experimental] == ["pc_1203_4_misdemeanors"]


def test_a_policy_is_known_by_the_hash_of_its_text():
    assert load(text=HEAD + LINE).sha256 != load(text=HEAD + LINE + "\n").sha256
    assert load(text=HEAD + LINE).text == HEAD + LINE


def test_a_policy_is_read_from_a_path(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text(HEAD + LINE)
    assert load(path).name == "p"


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        ("name = ", None, None, "not TOML"),
        (LINE, None, "name", "a text is needed"),
        ('name = "p"\ntitle = " "\n' + LINE, None, "title", "a text is needed"),
        (HEAD + 'colour = "red"\n' + LINE, None, "colour", "no such key"),
        (HEAD + "county = 7\n" + LINE, None, "county", "a text is needed"),
        (HEAD + 'scope = "all"\n' + LINE, None, "scope", "prop64_and_related"),
        (HEAD + 'families = ["prop64", "prop65"]\n' + LINE, None, "families", "prop64_open_law"),
        (HEAD + 'families = "prop64"\n' + LINE, None, "families", "a list of offense families"),
        (HEAD + 'families = ["prop64"]\nscope = "prop64"\n' + LINE, None, "scope", "leave this key out"),
        (HEAD + 'relief = "pc_17b"\n' + LINE, None, "relief", "hs_11361_8, pc_1203_4"),
        (HEAD + 'experimental = "yes"\n' + LINE, None, "experimental", "true or false"),
        (HEAD + FAMILY_LINE, 1, "families", "prop64_not_named"),
        (HEAD + 'when_unproven = "guess"\n' + LINE, None, "when_unproven", "hand_review"),
        ('name = "p"\ntitle = "P"\nwhen_unproven = "dismiss"\n' + LINE, None, "authority", "needs an authority"),
        (HEAD, None, "line", "at least one"),
        (HEAD + "line = [1]\n", None, "line", "at least one"),
        (HEAD + '[[line]]\nrule = "felonious"\noutcome = "dismiss"\n', 1, "rule", "not_a_felony"),
        (HEAD + LINE + '[[line]]\nrule = "not_a_felony"\noutcome = "resentence"\n', 2, "outcome", "redesignate"),
        (HEAD + LINE + "years = 5\n", 1, "years", "no such key for rule not_a_felony"),
        (HEAD + LINE + 'on = "yes"\n', 1, "on", "true or false"),
        (HEAD + LINE + 'ask = "Why?"\n', 1, "ask", "only a line that leads to hand_review"),
        (HEAD + '[[line]]\nrule = "not_a_felony"\noutcome = "hand_review"\nquestion = "taste"\n', 1, "question", "law"),
        (HEAD + '[[line]]\nrule = "not_a_felony"\noutcome = "hand_review"\nask = 1\n', 1, "ask", "a text"),
        (HEAD + '[[line]]\nrule = "no_conviction_for"\noutcome = "dismiss"\n', 1, "years", "whole number"),
        (
            HEAD + '[[line]]\nrule = "no_conviction_for"\nyears = true\noutcome = "dismiss"\n',
            1,
            "years",
            "whole number",
        ),
        (HEAD + '[[line]]\nrule = "no_conviction_for"\nyears = 0\noutcome = "dismiss"\n', 1, "years", "whole number"),
        (HEAD + '[[line]]\nrule = "section_is"\nsections = []\noutcome = "dismiss"\n', 1, "sections", "a list"),
        (HEAD + '[[line]]\nrule = "section_is"\nsections = ["11361"]\noutcome = "dismiss"\n', 1, "sections", "11357"),
        ('name = "p"\ntitle = "P"\n' + LINE, 1, "authority", "beyond the statute"),
        (HEAD + LINE + 'question = "law"\n', 1, "question", "only a line that leads to hand_review"),
        (HEAD + REFUSAL + 'ask = "Why?"\n', 1, "ask", "only a line that leads to hand_review"),
        (HEAD + REFUSAL + 'question = "taste"\n', 1, "question", "record, law"),
        (HEAD + LINE + "reason_in_compatible_files = 5\n", 1, "reason_in_compatible_files", "a text is needed"),
        (HEAD + SECTIONS.format("11357A"), 1, "sections", "Write it as '11357(a)'"),
        (HEAD + SECTIONS.format("11357(A)"), 1, "sections", "Write it as '11357(a)'"),
        (HEAD + SECTIONS.format("HS 11360 (a)(2)"), 1, "sections", "Write it as '11360(a)(2)'"),
        (HEAD + SECTIONS.format("11361(a)"), 1, "sections", "such as '11357(a)' is needed, not '11361(a)'."),
        (HEAD + SECTIONS.format("111357"), 1, "sections", "is needed, not '111357'."),
    ],
)
def test_an_error_names_line_and_key(text, line, key, says):
    with pytest.raises(PolicyError) as error:
        load(text=text)
    assert (error.value.line, error.value.key) == (line, key)
    assert says in str(error.value)
    assert key is None or repr(key) in str(error.value)


@pytest.mark.parametrize(
    ("text", "text_line"),
    [
        ('name = "p"\ntitle = "P"\n\nscope "all"\n', 4),  # no TOML
        (HEAD + '# "scope" is narrow\nscope = "all"\n' + LINE, 5),
        (HEAD + LINE + "\n" + LINE + "years = 5\n", 11),  # the second line's own key, not a namesake's
        (HEAD + LINE + '"years" = 5\n', 7),
        (HEAD + LINE + '[[line]]\nrule = "no_conviction_for"\noutcome = "dismiss"\n', 7),  # missing: where it belongs
        (HEAD + LINE + '[[ line ]]\nrule = "no_conviction_for"\nyears = 0\noutcome = "dismiss"\n', 9),
        ('name = "p"\ntitle = "P"\n' + LINE, 3),
        (LINE, None),  # no name anywhere
        (HEAD + 'line = [{rule = "not_a_felony", outcome = "left"}]\n', None),
    ],
)
def test_an_error_names_the_line_of_the_text(text, text_line):
    with pytest.raises(PolicyError) as error:
        load(text=text)
    assert error.value.text_line == text_line
    assert (f"text line {text_line}" in str(error.value)) == (text_line is not None)


def test_the_older_tools_words_stand_beside_the_reason():
    line = load(text=HEAD + LINE + 'reason_in_compatible_files = "Lesser"\n').lines[1]
    assert (line.reason, line.reason_in_compatible_files) == ("Misdemeanor or Infraction", "Lesser")
    assert load(text=HEAD + LINE).lines[1].reason_in_compatible_files == ""


def test_a_refusal_that_the_record_may_leave_open_says_whose_question_it_is():
    assert load(text=HEAD + REFUSAL).lines[1].question_kind == ""
    assert load(text=HEAD + REFUSAL + 'question = "law"\n').lines[1].question_kind == "law"


def test_an_unknown_preset_lists_those_there_are():
    with pytest.raises(PolicyError, match=r"contra_costa_2019, .*office_choice"):
        load("contra_costa")


def test_redesignating_felonies_needs_no_authority_since_the_statute_gives_it():
    line = '[[line]]\nrule = "section_is"\nsections = ["11359", "11360"]\noutcome = "redesignate"\n'
    assert load(text='name = "p"\ntitle = "P"\n' + line).authority == ""


def test_leaving_a_conviction_to_a_person_needs_no_authority():
    line = '[[line]]\nrule = "not_a_felony"\noutcome = "hand_review"\n'
    assert (
        load(text='name = "p"\ntitle = "P"\n' + line).lines[1].ask == "Misdemeanor or Infraction: which relief, if any?"
    )


def test_a_line_that_is_off_needs_no_authority():
    assert load(text='name = "p"\ntitle = "P"\n' + LINE + "on = false\n").lines == (policies.GUARD,)


def test_a_policy_file_that_is_no_text_is_refused_by_name(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_bytes(b"%PDF-1.4\n\xe2\xe3")
    with pytest.raises(PolicyError, match=r"policy\.toml: this is not text in UTF-8"):
        load(path)


@pytest.mark.parametrize("text", ["name = ", HEAD, HEAD + LINE + "years = 5\n"])
def test_an_error_in_a_policy_file_names_the_file(tmp_path, text):
    path = tmp_path / "ours.toml"
    path.write_text(text)
    with pytest.raises(PolicyError) as error:
        load(path)
    assert error.value.file == str(path)
    assert str(error.value).startswith(f"Policy {path}")


def test_an_error_in_a_text_of_no_file_names_none():
    with pytest.raises(PolicyError, match=r"^Policy, key 'line': at least one"):
        load(text=HEAD)


def test_a_misspelled_rule_is_answered_with_the_nearest_one():
    with pytest.raises(PolicyError, match=r"not 'section_iss'\. Did you mean 'section_is'\?"):
        load(text='name = "p"\ntitle = "P"\n[[line]]\nrule = "section_iss"\noutcome = "dismiss"\n')
