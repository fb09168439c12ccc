"""The older tool's eligibility options (JSON): read with its checks and messages, and said as a policy.

Unknown keys are ignored, keys match in any case, what is missing is off. The years have that tool's limits.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NoReturn

LISTED = ("11357", "11358", "11359", "11360")
"""The sections that the older tool knows."""
BLOCKS = ("baselineEligibility", "additionalRelief")
_AUTHORITY = "The District Attorney's eligibility options, made in the older tool's format"


class OptionsError(ValueError):
    """Options that cannot be used."""


@dataclass(frozen=True)
class Options:
    """An office's choice. A number of years of 0 is an option not chosen."""

    dismiss: tuple[str, ...] = ()
    reduce: tuple[str, ...] = ()
    under_21_at_conviction: bool = False
    only_listed: bool = False
    deceased: bool = False
    age: int = 0
    years_since_conviction: int = 0
    years_crime_free: int = 0


def read(text: str) -> Options:
    """Options from JSON. Raises OptionsError; a section's name is not checked, as the older tool doesn't."""
    try:
        given = json.loads(text, parse_constant=_not_json)
    except ValueError as error:
        raise OptionsError(f"this is not JSON: {error}") from None
    whole = _object(given, "the options")
    baseline, relief = (_object(_value(whole, block), block) for block in BLOCKS)
    options = Options(
        dismiss=_sections(baseline, "dismiss"),
        reduce=_sections(baseline, "reduce"),
        under_21_at_conviction=_flag(relief, "subjectUnder21AtConviction"),
        only_listed=_flag(relief, "subjectHasOnlyProp64Charges"),
        deceased=_flag(relief, "subjectIsDeceased"),
        age=_years(relief, "subjectAgeThreshold"),
        years_since_conviction=_years(relief, "yearsSinceConvictionThreshold"),
        years_crime_free=_years(relief, "yearsCrimeFreeThreshold"),
    )
    check(options)
    return options


def check(options: Options) -> None:
    """Raise OptionsError where a number of years is outside the older tool's limits."""
    _within(options.age, "SubjectAgeThreshold", 40, 65)
    _within(options.years_since_conviction, "YearsSinceConvictionThreshold", 1, 15)
    _within(options.years_crime_free, "YearsCrimeFreeThreshold", 1, 15)


def _not_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _value(given: dict[str, Any], key: str) -> Any:
    """The last of the keys that are this one in any case."""
    found = [value for name, value in given.items() if name.lower() == key.lower()]
    return found[-1] if found else None


def _object(value: Any, name: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise OptionsError(f"{name}: an object is needed.")
    return value


def _sections(given: dict[str, Any], key: str) -> tuple[str, ...]:
    value = _value(given, key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise OptionsError(f'{key}: a list of sections such as ["11357"] is needed.')
    return tuple(value)


def _flag(given: dict[str, Any], key: str) -> bool:
    value = _value(given, key)
    if value is not None and not isinstance(value, bool):
        raise OptionsError(f"{key}: true or false is needed.")
    return bool(value)


def _years(given: dict[str, Any], key: str) -> int:
    value = _value(given, key)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise OptionsError(f"{key}: a whole number is needed.")
    return int(value or 0)


def _within(years: int, name: str, least: int, most: int) -> None:
    if years and not least <= years <= most:
        raise OptionsError(f"{name} should be between {least} and {most}, or 0")


def as_policy(text: str) -> str:
    """The options as a policy's TOML, in the order the older tool asks.

    Raises OptionsError; unlike the older tool also for an unknown section, and where neither block of options is there,
    since such a file is hardly an office's choice of nothing.
    """
    options = read(text)
    given = json.loads(text) or {}
    if all(_value(given, block) is None for block in BLOCKS):
        found = f"only {', '.join(map(repr, given))}" if given else "nothing"
        raise OptionsError(f"neither {' nor '.join(map(repr, BLOCKS))} is there, but {found}: is it another file?")
    for section in (*options.dismiss, *options.reduce):
        if section not in LISTED:
            raise OptionsError(f"there is no section {section!r} among {', '.join(LISTED)}.")
    lines = ['rule = "not_a_felony"\noutcome = "dismiss"']
    lines += [_section_line(section, "dismiss") for section in options.dismiss]
    chosen: list[tuple[str, int | bool]] = [
        ("under_age_at_conviction", 21 if options.under_21_at_conviction else 0),
        ("subject_is_at_least", options.age),
        ("convicted_years_ago", options.years_since_conviction),
        ("no_conviction_for", options.years_crime_free),
        ("only_listed_convictions", options.only_listed),
        ("subject_is_deceased", options.deceased),
    ]
    for rule, value in chosen:
        if value:
            years = "" if value is True else f"years = {value}\n"
            lines.append(f'rule = "{rule}"\n{years}outcome = "dismiss"')
    lines += [_section_line(section, "redesignate") for section in options.reduce]
    head = f'name = "eligibility_options"\ntitle = "Eligibility options"\nauthority = "{_AUTHORITY}"\n'
    return head + "".join(f"\n[[line]]\n{line}\n" for line in lines)


def _section_line(section: str, outcome: str) -> str:
    return f'rule = "section_is"\nsections = ["{section}"]\noutcome = "{outcome}"'
