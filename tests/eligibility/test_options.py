"""The older tool's eligibility options: what is read, what is refused, and the policy they make in own mode."""

import pytest

from eligibility import options
from eligibility import policy as policies


def test_keys_match_in_any_case_and_unknown_ones_are_ignored():
    read = options.read('{"BASELINEeligibility": {"Dismiss": ["11357"], "other": 1}, "more": true}')
    assert read == options.Options(dismiss=("11357",))


@pytest.mark.parametrize(
    "text", ["{}", "null", '{"additionalRelief": null}', '{"additionalRelief": {"subjectIsDeceased": null}}']
)
def test_what_is_missing_is_off(text):
    assert options.read(text) == options.Options()


@pytest.mark.parametrize(
    ("key", "years", "message"),
    [
        ("subjectAgeThreshold", 39, "SubjectAgeThreshold should be between 40 and 65, or 0"),
        ("subjectAgeThreshold", 66, "SubjectAgeThreshold should be between 40 and 65, or 0"),
        ("yearsSinceConvictionThreshold", 16, "YearsSinceConvictionThreshold should be between 1 and 15, or 0"),
        ("yearsSinceConvictionThreshold", -1, "YearsSinceConvictionThreshold should be between 1 and 15, or 0"),
        ("yearsCrimeFreeThreshold", 16, "YearsCrimeFreeThreshold should be between 1 and 15, or 0"),
    ],
)
def test_years_out_of_range_are_refused_in_the_older_words(key, years, message):
    with pytest.raises(options.OptionsError) as caught:
        options.read(f'{{"additionalRelief": {{"{key}": {years}}}}}')
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text",
    [
        "{", "[]", '{"additionalRelief": {"subjectAgeThreshold": 50.0}}',
        '{"additionalRelief": {"subjectIsDeceased": 1}}',
        '{"baselineEligibility": {"dismiss": "11357"}}', '{"additionalRelief": {"subjectAgeThreshold": NaN}}',
    ],
)  # fmt: skip
def test_wrong_types_and_bad_json_are_refused(text):
    with pytest.raises(options.OptionsError):
        options.read(text)


def test_options_are_a_policy_in_own_mode(tmp_path):
    path = tmp_path / "options.json"
    path.write_text(
        '{"baselineEligibility": {"dismiss": ["11358"], "reduce": ["11360"]},'
        ' "additionalRelief": {"subjectAgeThreshold": 50, "subjectIsDeceased": true}}'
    )
    lines = [(line.rule.id, line.outcome) for line in policies.load(path).lines[1:]]
    assert lines == [
        ("not_a_felony", "dismiss"), ("section_is", "dismiss"), ("subject_is_at_least", "dismiss"),
        ("subject_is_deceased", "dismiss"), ("section_is", "redesignate"),
    ]  # fmt: skip


def test_an_unknown_section_is_no_policy(tmp_path):
    path = tmp_path / "options.json"
    path.write_text('{"baselineEligibility": {"dismiss": ["11357(a)"]}}')
    with pytest.raises(policies.PolicyError, match=r"11357\(a\)"):
        policies.load(path)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{}", "but nothing"),
        ("null", "but nothing"),
        ('{"baselineEligibility": null}', "but only 'baselineEligibility'"),
        ('{"dismiss": ["11357"], "baseline": {}}', "but only 'dismiss', 'baseline'"),
    ],
)
def test_a_file_with_neither_block_of_options_is_no_policy(tmp_path, text, found):
    path = tmp_path / "options.json"
    path.write_text(text)
    with pytest.raises(policies.PolicyError) as caught:
        policies.load(path)
    assert str(path) in str(caught.value)
    assert "neither 'baselineEligibility' nor 'additionalRelief' is there" in str(caught.value)
    assert found in str(caught.value)


@pytest.mark.parametrize("text", ['{"baselineEligibility": {}}', '{"ADDITIONALRELIEF": {}}'])
def test_one_block_is_enough_even_with_every_option_off(text):
    assert [line.rule.id for line in policies.load(text=options.as_policy(text)).lines[1:]] == ["not_a_felony"]
