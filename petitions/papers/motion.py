"""The People’s motion: notice, motion and memorandum in one paper, completed or serving (H&S § 11361.8(a)-(h))."""

from __future__ import annotations

from typing import Final

from petitions.papers import law, words
from petitions.papers.data import SERVING_STATUSES, CaseFile, ConvictionLine
from petitions.papers.drafts import Draft, Section, drafted
from petitions.papers.words import Alike

ACT: Final = "the Control, Regulate and Tax Adult Use of Marijuana Act (Proposition 64)"
VERBS: Final = {
    ("completed", "dismiss"): "Dismiss and Seal",
    ("completed", "redesignate"): "Redesignate",
    ("serving", "dismiss"): "Recall and Dismiss",
    ("serving", "resentence"): "Recall and Resentence",
}
COMPLETED_LAW: Final = (
    "A person who has completed the sentence for a conviction under Health and Safety Code section 11357, 11358, "
    f"11359, or 11360, and who would have been guilty of no offense or of a lesser offense had {ACT} been in effect at "
    "the time of the offense, may have the conviction dismissed and sealed as legally invalid, or redesignated as a "
    "misdemeanor or infraction. (Health & Saf. Code, § 11361.8(e).) These criteria are presumed to be met unless the "
    "contrary is proved by clear and convincing evidence. (Health & Saf. Code, § 11361.8(f); People v. Banda (2018) 26 "
    "Cal.App.5th 349.) Once they are met, the Court shall grant the relief. (Health & Saf. Code, § 11361.8(f).)"
)
SERVING_LAW: Final = (
    "A person serving a sentence for a conviction, who would have been guilty of no offense or of a lesser offense had "
    f"{ACT} been in effect at the time of the offense, may have the sentence recalled and be resentenced, or have it "
    "dismissed as legally invalid. (Health & Saf. Code, § 11361.8(a), (b).) These criteria are presumed to be met "
    "unless the contrary is proved by clear and convincing evidence. (Health & Saf. Code, § 11361.8(b); People v. "
    "Banda (2018) 26 Cal.App.5th 349.) Once they are met, the Court shall grant the relief unless it would pose an "
    "unreasonable risk of danger to public safety. (Health & Saf. Code, § 11361.8(b).) "
    "The People do not contend that it would."
)
SUPERVISED: Final = (
    "A person under supervision is serving a sentence. "
    "(Cf. People v. Davis (2016) 246 Cal.App.4th 127 [Proposition 47].)"
)
RESENTENCING_LAW: Final = (
    "Resentencing may not result in a term longer than the original sentence or in the reinstatement of charges "
    "dismissed under a negotiated plea. (Health & Saf. Code, § 11361.8(d).) The defendant is given credit for time "
    "served and is supervised for one year, or for the time otherwise required if that is shorter, unless the Court "
    "releases the defendant from supervision. (Health & Saf. Code, § 11361.8(c).)"
)
DOJ_SHOWS: Final = "The record of the California Department of Justice (the DOJ record) shows"
VICTIMS: Final = (
    "Any victim has the rights given by article I, section 28, subdivision (b) of the California Constitution."
)


def subject_of(file: CaseFile) -> str:
    """Every relief asked, as titles name it: Dismiss and Seal Conviction and to Redesignate Convictions."""
    asked = []
    for relief in ("dismiss", "redesignate", "resentence"):
        if groups := words.by_relief(file.case, relief):
            noun = words.plural(groups, "Conviction", "Convictions")
            asked.append(f"{VERBS[file.case.route, relief]} {noun if relief != 'resentence' else ''}".strip())
    return " and to ".join(asked)


def draft(file: CaseFile) -> Draft:
    """The motion of one case and route. The data has passed `law.reasons`."""
    subject = subject_of(file)
    return drafted(
        file,
        kind="motion",
        title=f"People’s Notice of Motion and Motion to {subject}; Memorandum of Points and Authorities "
        "(Health & Saf. Code, § 11361.8)",
        footer=f"People’s Notice of Motion and Motion to {subject}",
        template="motion.html",
        notice=_notice(file),
        sections=_memorandum(file),
        closing=_closing(file),
    )


def _notice(file: CaseFile) -> list[str]:
    """Order sought and grounds first (rule 3.1110(a)), one sentence per relief; then hearing and papers relied on."""
    case = file.case
    name = words.readable_name(case.defendant_name, is_stated=case.name_is_stated)
    asked = []
    for relief in ("dismiss", "redesignate", "resentence"):
        if groups := words.by_relief(case, relief):
            asked += [_asked(file, relief, part) for part in _by_new_offense(groups)]
    opening = f"To the Court, to defendant {name}, and to counsel: The People move for an order {asked[0]}."
    also = [f"The People also move for an order {more}." for more in asked[1:]]
    return [
        " ".join([opening, *also, _grounds(file)]),
        "The motion rests on this notice, the memorandum below, the declaration filed with it, and the Court’s file. "
        + _hearing(file),
    ]


def _grounds(file: CaseFile) -> str:
    """The ground as strong as the weakest basis allows, and no stronger."""
    completed = file.case.route == "completed"
    criteria = f"the criteria of Health and Safety Code section 11361.8({'e' if completed else 'a'})"
    bases = {line.basis for line in file.case.convictions}
    met = f"{criteria} are met" if bases == {"statute"} else f"{criteria} are presumed to be met"
    if "policy" in bases:
        met += ", and that the People concede eligibility under the policy named below"
    return f"The ground is that {'the sentence is completed and that ' if completed else ''}{met}."


def _hearing(file: CaseFile) -> str:
    if file.case.serving:
        return {
            "none": "The People request no hearing.",
            "requested": "The People request a hearing at the time and place stated above.",
            "presence_waived": "The People request a hearing at the time and place stated above; "
            f"according to {file.case.serving.source}, the defendant waives presence.",
        }[file.case.serving.hearing]
    if file.case.hearing_requested:
        return "The People request a hearing at the time and place stated above."
    return "No hearing is requested. (Health & Saf. Code, § 11361.8(g).)"


def _by_new_offense(groups: list[Alike]) -> list[list[Alike]]:
    """Convictions of one relief that become the same offense, so that one sentence can name it."""
    parts: dict[tuple[str | None, ...], list[Alike]] = {}
    for group in groups:
        line = group.first
        old = line.severity if line.relief != "dismiss" else None
        parts.setdefault((line.new_section, line.new_severity, old), []).append(group)
    return list(parts.values())


def _asked(file: CaseFile, relief: str, groups: list[Alike]) -> str:
    named, line = words.the_convictions(groups), groups[0].first
    if relief == "dismiss" and file.case.route == "completed":
        return (
            f"dismissing as legally invalid, and sealing, {named}, and sealing the record of arrest and conviction as "
            f"to {words.plural(groups, 'that conviction', 'those convictions')} only "
            "(Health & Saf. Code, § 11361.8(e), (f))"
        )
    if relief == "dismiss":
        return (
            f"recalling the sentence for {named} and dismissing {words.plural(groups, 'it', 'them')} as legally "
            "invalid (Health & Saf. Code, § 11361.8(a), (b))"
        )
    new = f"{words.a(line.new_severity or '')} under Health and Safety Code section {line.new_section}"
    if relief == "redesignate":
        old = f"from {words.a(line.severity)} to " if line.severity else "as "
        return f"redesignating {named} {old}{new} for all purposes (Health & Saf. Code, § 11361.8(e), (f), (h))"
    old = f", {words.a(line.severity)}," if line.severity else ""
    return (
        f"recalling the sentence for {named}{old} and resentencing the defendant for {new} "
        "(Health & Saf. Code, § 11361.8(a), (b), (h))"
    )


def _memorandum(file: CaseFile) -> list[Section]:
    case = file.case
    law_text = COMPLETED_LAW if case.route == "completed" else SERVING_LAW
    opening = [law_text]
    if case.serving:
        opening.append(_status(file))
    sections = [Section(tuple(opening))]
    reliefs = [relief for relief in ("dismiss", "redesignate", "resentence") if words.by_relief(case, relief)]
    for relief in reliefs:
        paragraphs = _argument(file, words.by_relief(case, relief), first=relief == reliefs[0])
        if len(reliefs) > 1:
            paragraphs[0] = f"To {VERBS[case.route, relief].lower()}: {paragraphs[0]}"
        sections.append(Section(tuple(paragraphs)))
    return sections


def _status(file: CaseFile) -> str:
    form = file.case.serving
    if form is None:
        raise ValueError("Someone serving without the form: law.reasons refuses such a case.")
    said = (
        f"According to {form.source}, the defendant {SERVING_STATUSES[form.status]}; the controlling term is "
        f"{form.controlling_term}; the credits are {form.credits}."
    )
    if form.status not in ("prison", "county_jail"):
        said += f" {SUPERVISED}"
    if any(line.relief == "resentence" for line in file.case.convictions):
        said += f" {RESENTENCING_LAW}"
    return f"{said} {VICTIMS}"


def _argument(file: CaseFile, groups: list[Alike], *, first: bool) -> list[str]:
    """Facts of the record, then why relief is due; convictions with the same reasons share a paragraph."""
    by_reason: dict[str, list[Alike]] = {}
    for group in groups:
        by_reason.setdefault(_reason(file, group.first), []).append(group)
    said: list[str] = []
    for reason, part in by_reason.items():
        source = "The DOJ record also shows" if said or not first else DOJ_SHOWS
        said.append(f"{source} {_facts(file, part)} {reason}")
    return said


def _facts(file: CaseFile, groups: list[Alike]) -> str:
    shown = f"{words.the_convictions(groups)}."
    if file.case.route == "serving":
        return shown
    ends = [words.sentence_phrase(group) for group in groups]
    if len(set(ends)) == 1:
        return f"{shown} {ends[0]}"
    return " ".join([shown, *(f"As to {group.phrase}: {end}" for group, end in zip(groups, ends, strict=True))])


def _reason(file: CaseFile, line: ConvictionLine) -> str:
    said = _ground(line) + words.stated_phrases(line)
    if line.relief != "dismiss":
        said.append(
            f"Under present law the offense is {words.a(line.new_severity or '')}. "
            f"(Health & Saf. Code, § {line.new_section}.)"
        )
    elif line.basis == "statute":
        said.append(f"Within those facts the conduct is now lawful. (Health & Saf. Code, {_lawful(line)}.)")
    presumed = "f" if file.case.route == "completed" else "b"
    if line.basis == "presumption":
        said += _presumption(line, presumed)
    elif line.basis == "policy":
        said.append(_policy(file, presumed))
    if law.has_exceptions(line):
        said.append(_no_exception(line))
    return " ".join(said)


def _lawful(line: ConvictionLine) -> str:
    return "§§ 11362.1(a)(3), 11362.2" if words.base_section(line.section) == "11358" else "§ 11362.1(a)"


def _presumption(line: ConvictionLine, subdivision: str) -> list[str]:
    missing = words.missing_phrase(line)
    return ([f"The DOJ record does not state {missing}."] if missing else []) + [
        "Eligibility is presumed, and the People neither have nor offer evidence to rebut it. "
        f"(Health & Saf. Code, § 11361.8({subdivision}).)"
    ]


def _policy(file: CaseFile, subdivision: str) -> str:
    policy = file.policy
    signed = f", signed on {words.long_date(policy.signed_on)}" if policy.signed_on else ""
    authority = f" ({policy.authority.rstrip('.')})" if policy.authority else ""
    return (
        f"The relief is asked under the policy of the District Attorney of {words.county_name(file.office.county)} "
        f"County, “{policy.name}”, version {policy.version}{signed}{authority}. Under that policy the People concede "
        f"eligibility and offer no evidence against it. (Health & Saf. Code, § 11361.8({subdivision}).)"
    )


def _ground(line: ConvictionLine) -> list[str]:
    if words.is_listed(line):
        return []
    if line.ground == law.NO_OFFENSE_GROUND:
        return [
            "Health and Safety Code section 11361.8(a) speaks of a conviction without naming sections; it reaches any "
            "conviction for conduct that would have been no offense."
        ]
    authority = (line.ground_authority or "").rstrip(".")
    return [f"The conviction is treated as one under the sections listed in section 11361.8. ({authority}.)"]


def _no_exception(line: ConvictionLine) -> str:
    exceptions = {"11358": "11358(d)", "11359": "11359(c) or (d)", "11360": "11360(a)(3)"}
    return (
        "The People are aware of no earlier conviction under Penal Code section 667(e)(2)(C)(iv), of none that "
        "requires registration under Penal Code section 290(c), and of no other fact within Health and Safety Code "
        f"section {exceptions[words.base_section(line.section)]}."
    )


def _closing(file: CaseFile) -> str:
    return (
        "The People therefore ask the Court to make the order stated in the notice and to direct the clerk to report "
        "it to the DOJ. (Pen. Code, § 13151.)"
    )
