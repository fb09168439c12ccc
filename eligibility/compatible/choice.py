"""Which flow a policy asks for: the older options, a policy of their shape, or a county's preset."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from eligibility import options, policy
from eligibility.compatible import flows
from eligibility.options import Options

# Rules in the order the older tool asks them, with the sections' dismissals before and reductions after.
_ORDER = (
    "not_a_felony", "dismiss", "under_age_at_conviction", "subject_is_at_least", "convicted_years_ago",
    "no_conviction_for", "only_listed_convictions", "subject_is_deceased", "redesignate",
)  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """A flow, and the options whose sections the figures count; those of a county's flow are empty."""

    flow: flows.Flow
    options: Options


class NotExpressible(policy.PolicyError):
    """A policy that the older tool could not carry out."""


def of(name_or_path: str) -> Choice:
    """Raises OptionsError for options, PolicyError for a policy, that cannot be used."""
    if name_or_path in flows.OF_PRESET:
        return Choice(_with_years(name_or_path), Options())
    path = Path(name_or_path)
    if path.suffix.lower() == ".json" and path.is_file():
        chosen = options.read(path.read_text(encoding="utf-8", errors="replace"))
    else:
        try:
            chosen = _options(policy.load(name_or_path))
        except NotExpressible as error:
            raise NotExpressible(error.message, line=error.line, key=error.key, file=name_or_path) from None
    return Choice(flows.configurable(chosen), chosen)


def _with_years(name: str) -> flows.Flow:
    """The preset's flow; Los Angeles' has two numbers of its own, which the preset says."""
    if name == "los_angeles_2019" and name in policy.presets():
        years = {line.rule.id: line.parameters.get("years") for line in policy.load(name).lines}
        return partial(
            flows.los_angeles,
            age=years.get("subject_is_at_least") or 50,
            years=years.get("no_conviction_for") or 10,
        )
    return flows.OF_PRESET[name]


def _options(chosen: policy.Policy) -> Options:
    if chosen.families != ("prop64",):
        raise NotExpressible("compatible mode has related charges only in a county's own preset.", key="scope")
    dismiss: list[str] = []
    reduce: list[str] = []
    years: dict[str, int] = {}
    reached = -1
    for number, line in enumerate(chosen.lines[1:], start=1):
        step = line.outcome if line.rule.id == "section_is" else line.rule.id
        if step not in _ORDER or (line.rule.id != "section_is" and line.outcome != "dismiss"):
            raise NotExpressible(
                f"the older tool has no line {line.rule.id} leading to {line.outcome}.", line=number, key="rule"
            )
        if _ORDER.index(step) < reached or (step in years and line.rule.id != "section_is"):
            raise NotExpressible(f"the older tool asks {line.rule.id} earlier, and once.", line=number, key="rule")
        reached = _ORDER.index(step)
        if line.rule.id == "section_is":
            (dismiss if line.outcome == "dismiss" else reduce).extend(line.parameters["sections"])
        else:
            years[step] = line.parameters.get("years", 1)
    if "not_a_felony" not in years:
        raise NotExpressible("the older tool always dismisses what is not a felony first.", line=1, key="rule")
    if years.get("under_age_at_conviction", 21) != 21:
        raise NotExpressible("the older tool knows no other age at conviction than 21.", key="years")
    made = Options(
        dismiss=tuple(dismiss), reduce=tuple(reduce), under_21_at_conviction="under_age_at_conviction" in years,
        only_listed="only_listed_convictions" in years, deceased="subject_is_deceased" in years,
        age=years.get("subject_is_at_least", 0), years_since_conviction=years.get("convicted_years_ago", 0),
        years_crime_free=years.get("no_conviction_for", 0),
    )  # fmt: skip
    try:
        options.check(made)
    except options.OptionsError as error:
        raise NotExpressible(str(error), key="years") from None
    return made
