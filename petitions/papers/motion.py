"""The People’s motion: notice, motion and memorandum in one paper, completed or serving (H&S § 11361.8(a)-(h))."""

from __future__ import annotations

from typing import Final

from petitions.papers import law, words
from petitions.papers.data import CaseFile, ConvictionLine, PolicyNote, Route
from petitions.papers.drafts import Draft, drafted
from petitions.papers.words import Alike
from petitions.wording import Wording

ACT: Final = "the Control, Regulate and Tax Adult Use of Marijuana Act (Proposition 64)"
VERBS: Final = {
    ("completed", "dismiss"): "Dismiss and Seal",
    ("completed", "redesignate"): "Redesignate",
    ("serving", "dismiss"): "Recall Sentence and Dismiss",
    ("serving", "resentence"): "Recall Sentence and Resentence",
}
EXCEPTIONS: Final = {"11358": "11358(d)", "11359": "11359(c) or (d)", "11360": "11360(a)(3)"}


def subject_of(file: CaseFile) -> str:
    """Every relief asked, as titles name it: Dismiss and Seal Conviction and to Redesignate Convictions."""
    asked: list[str] = []
    for relief in ("dismiss", "redesignate", "resentence"):
        if groups := words.by_relief(file.case, relief):
            noun = words.plural(groups, "Conviction", "Convictions")
            if relief == "resentence":
                asked.append("Resentence" if asked else VERBS["serving", relief])  # it is recalled in the title once
            else:
                asked.append(f"{VERBS[file.case.route, relief]} {noun}")
    return " and to ".join(asked)


def draft(file: CaseFile) -> Draft:
    """The motion of one case and route. The data has passed `law.reasons`."""
    subject = subject_of(file)
    apart = len(words.all_alike(file.case)) == 1  # then its notice fills page 1 alone, and the law is the same for many
    return drafted(
        file,
        kind="motion",
        title=f"People’s Notice of Motion and Motion to {subject}; Memorandum of Points and Authorities",
        footer=f"People’s Notice of Motion and Motion to {subject}",
        template="motion.html",
        shared_template="memorandum_apart.html" if apart else "",
        apart=apart,
        notice=_notice(file),
        memorandum=_memorandum(file),
        closing=file.wording.say("memorandum.closing"),
    )


def _notice(file: CaseFile) -> list[str]:
    """Order sought and grounds first (rule 3.1110(a)), one sentence per relief; then hearing and papers relied on."""
    case, say = file.case, file.wording.say
    name = words.readable_name(case.defendant_name, is_stated=case.name_is_stated)
    asked = []
    for relief in ("dismiss", "redesignate", "resentence"):
        if groups := words.by_relief(case, relief):
            asked += [_asked(file, relief, part) for part in _by_new_offense(groups)]
    opening = say("motion.opening", defendant=name, order=asked[0])
    also = [say("motion.also", order=more) for more in asked[1:]]
    return [
        " ".join([opening, *also, _grounds(file)]),
        f"{say('motion.rests_on')} {_hearing(file)}",
        _facts(file),
    ]


def _grounds(file: CaseFile) -> str:
    """The ground as strong as the weakest basis allows, and no stronger."""
    completed, say, groups = file.case.route == "completed", file.wording.say, words.all_alike(file.case)
    bases = {line.basis for line in file.case.convictions}
    met = "motion.ground_met" if bases == {"statute"} else "motion.ground_presumed"
    said = [say("motion.ground_completed", **words.ended(groups))] if completed else []
    said.append(say(met, section="11361.8(e)" if completed else "11361.8(a)"))
    if "policy" in bases:
        said.append(say("motion.ground_policy"))
    return say("motion.grounds", grounds=words.joined(said, "and that"))


def _hearing(file: CaseFile) -> str:
    if file.case.serving:
        key = {
            "none": "motion.no_hearing_serving",
            "requested": "motion.hearing",
            "presence_waived": "motion.presence_waived",
        }[file.case.serving.hearing]
        return file.wording.say(key, source=file.case.serving.source)
    return file.wording.say("motion.hearing" if file.case.hearing_requested else "motion.no_hearing")


def _by_new_offense(groups: list[Alike]) -> list[list[Alike]]:
    """Convictions of one relief that become the same offense, so that one sentence can name it."""
    parts: dict[tuple[str | None, ...], list[Alike]] = {}
    for group in groups:
        line = group.first
        old = line.severity if line.relief != "dismiss" else None
        parts.setdefault((line.new_section, line.new_severity, old), []).append(group)
    return list(parts.values())


def _asked(file: CaseFile, relief: str, groups: list[Alike]) -> str:
    named, line, say = words.the_convictions(groups), groups[0].first, file.wording.say
    if relief == "dismiss" and file.case.route == "completed":
        return say("motion.dismiss", convictions=named, those=words.those(groups))
    if relief == "dismiss":
        return say(
            "motion.dismiss_serving",
            convictions=named,
            the_conviction=words.plural(groups, "the conviction", "the convictions"),
        )
    if relief == "redesignate":
        return say("motion.redesignate", convictions=named, change=words.change(line))
    return say("motion.resentence", convictions=named, offense=words.new_offense(line))


def _facts(file: CaseFile) -> str:
    """What the record and stated sources show: all that belongs to this case alone."""
    groups = words.all_alike(file.case)
    said = [file.wording.say("facts.record", those=words.those(groups))]
    said += words.sentence_phrases(file.case, file.wording)
    said += words.each_of(groups, [words.stated_phrases(group.first, file.wording) for group in groups])
    return " ".join(text for text in said if text)


def _memorandum(file: CaseFile) -> list[str]:
    """The law, then why relief is due, convictions with the same reasons together; no fact of one case alone."""
    groups = words.all_alike(file.case)
    reasons: dict[str, list[Alike]] = {}
    for group in groups:
        text = reason(group.first, file.case.route, file.policy, county=file.office.county, wording=file.wording)
        reasons.setdefault(text, []).append(group)
    if len(reasons) == 1:
        return [*_law(file), *reasons]
    return [*_law(file), *(f"As to {words.short(part, groups)}: {text}" for text, part in reasons.items())]


def _law(file: CaseFile) -> list[str]:
    form, say = file.case.serving, file.wording.say
    if form is None:
        return [say("memorandum.completed_law", act=ACT)]
    said = [say("memorandum.supervised")] if form.status not in ("prison", "county_jail") else []
    if any(line.relief == "resentence" for line in file.case.convictions):
        said.append(say("memorandum.resentencing_law"))
    return [say("memorandum.serving_law", act=ACT), " ".join([*said, say("memorandum.victims")])]


def reason(
    line: ConvictionLine,
    route: Route,
    policy: PolicyNote,
    *,
    county: str,
    wording: Wording,
    lawful: str = "memorandum.lawful",
) -> str:
    """Why relief is due to a conviction, without a fact that only its case has; `lawful` is the block that says so."""
    say, said = wording.say, _ground(line, wording)
    if line.relief != "dismiss":
        severity, section = words.a(line.new_severity or ""), line.new_section or ""
        said.append(say("memorandum.present_law", severity=severity, section=section))
    elif line.basis == "statute":
        said.append(say(lawful, sections=_lawful(line)))
    presumed = "f" if route == "completed" else "b"
    if line.basis == "presumption":
        if missing := words.missing_phrase(line):
            said.append(say("facts.missing", missing=missing))
        said.append(say("memorandum.presumption", subdivision=presumed))
    elif line.basis == "policy":
        authority = f" ({policy.authority.rstrip('.')})" if policy.authority else ""
        named = f"{words.policy_name(policy)}{authority}"
        said.append(say("memorandum.policy", county=words.county_name(county), policy=named, subdivision=presumed))
    if law.has_exceptions(line):
        said.append(say("memorandum.no_exception", section=EXCEPTIONS[words.base_section(line.section)]))
    return " ".join(said)


def _lawful(line: ConvictionLine) -> str:
    return "§§ 11362.1(a)(3), 11362.2" if words.base_section(line.section) == "11358" else "§ 11362.1(a)"


def _ground(line: ConvictionLine, wording: Wording) -> list[str]:
    if words.is_listed(line):
        return []
    if line.ground == law.NO_OFFENSE_GROUND:
        return [wording.say("memorandum.no_offense_ground")]
    return [wording.say("memorandum.listed_ground", authority=(line.ground_authority or "").rstrip("."))]
