"""Own mode's reading of a policy made from the older options, conviction by conviction: yes, no or unknown, the walk,
and what the outcome rests on. From the specification and not from the engine.
"""

from datetime import date

from eligibility.options import Options
from tests.eligibility.reference import own_record
from tests.eligibility.reference.compatible import shifted
from tests.eligibility.reference.own_record import amount

Y, N, U = "ynu"
MISDEMEANORS = {"11357": "HS 11357(b)(2)", "11358": "HS 11358(c)", "11359": "HS 11359(b)", "11360": "HS 11360(a)(2)"}
"""What a felony of each section became for an adult."""
INFRACTIONS = {"11357": "HS 11357(a)(2)", "11358": "HS 11358(b)", "11360": "HS 11360(b)"}
"""What possession, cultivation and a gift within the limits became at 18 to 20."""

OF_THE_ACT = (
    "HS 11357(a)", "HS 11357(b)", "HS 11357(c)", "HS 11357(d)", "HS 11358(", "HS 11359(", "HS 11360(a)(",
)  # fmt: skip
"""Beginnings of the subdivisions that the Act made, or whose meaning it changed."""


def answer(flag):
    return Y if flag else N


def under(subject, conviction, age):
    """Whether surely under this age, and whether surely of it, on every day of the offense interval."""
    first, last = own_record.offense(conviction)
    if subject.born is None:
        return False, False
    birthday = shifted(subject.born, age)
    return last is not None and birthday > last, first is not None and birthday <= first


def lines(conviction, subject, options: Options, as_of: date):
    """Per line: the rule, the answer, the outcome, and the facts without which there is none."""
    born, convicted, others = subject.born, conviction.convicted, subject.convictions
    minor = conviction.juvenile or under(subject, conviction, 18)[0]
    yield "juvenile", answer(minor and not conviction.certified), "hand_review", ()
    not_felony = answer(conviction.severity != "felony") if conviction.severity else U
    yield "not_a_felony", not_felony, "dismiss", ("severity",)
    for each in options.dismiss:
        yield "section_is", answer(conviction.listed == each), "dismiss", ()
    if options.under_21_at_conviction:
        missing = [name for name, day in (("birth date", born), ("conviction date", convicted)) if day is None]
        young = U if missing else answer(shifted(born, 21) > convicted)
        yield "under_age_at_conviction", young, "dismiss", missing
    if options.age:
        old = answer(shifted(born, options.age) <= as_of) if born else U
        yield "subject_is_at_least", old, "dismiss", ("birth date",)
    if years := options.years_since_conviction:
        old = answer(convicted <= shifted(as_of, -years)) if convicted else U
        yield "convicted_years_ago", old, "dismiss", ("conviction date",)
    if years := options.years_crime_free:
        dates = [each.convicted for each in others]
        lately = any(each and each >= shifted(as_of, -years) for each in dates)
        free = N if lately else U if None in dates else Y
        yield "no_conviction_for", free, "dismiss", ("dates of other convictions",)
    if options.only_listed:
        other = any(each.section and not each.listed for each in others)
        only = N if other else answer(True) if all(each.section for each in others) else U
        yield "only_listed_convictions", only, "dismiss", ("other convictions' code sections",)
    if options.deceased:
        yield "subject_is_deceased", answer(subject.dead), "dismiss", ()
    for each in options.reduce:
        yield "section_is", answer(conviction.listed == each), "redesignate", ()


def decide(conviction, subject, options: Options, as_of: date):
    """What a determination says, by the first line that surely holds unless an unknown one leads elsewhere."""
    read = list(lines(conviction, subject, options, as_of))
    trace = "".join(letter for _, letter, *_ in read)
    place = trace.find(Y) if Y in trace else len(read)
    rule, _, outcome, _ = read[place] if place < len(read) else ("no_rule_applies", Y, "hand_review", ())
    before = [each for each in read[:place] if each[1] == U]
    unknown = set()
    if any(leads != outcome for _, _, leads, _ in before):
        rule, outcome = "record_unclear", "hand_review"
        unknown = {fact for *_, facts in before for fact in facts}
    route, ends = own_record.sentence(conviction, as_of)
    new = ("", "")
    if outcome == "redesignate":
        new = _redesignated(conviction, subject)
        outcome = "resentence" if route == "serving" else outcome
        if not new[0]:
            rule, outcome = ("severity_not_lowered" if conviction.severity else "record_unclear"), "hand_review"
            unknown |= set() if conviction.severity else {"severity"}
    relieved = outcome in ("dismiss", "redesignate", "resentence")
    if relieved and route == "unknown":
        unknown.add("sentence")
    first, last = own_record.offense(conviction)
    return {
        "rule": rule, "outcome": outcome, "trace": trace, "route": route, "sentence_ends": ends,
        "basis": _basis(conviction, subject, outcome) if relieved else None,
        "sealing": "yes" if outcome == "dismiss" and route == "completed" else "no",
        "new_section": new[0], "new_severity": new[1], "unknown_facts": unknown,
        "code_section": conviction.section, "part": conviction.part, "severity": conviction.severity,
        "conviction_date": conviction.convicted, "offense_from": first, "offense_to": last,
        "case_number": "; ".join(conviction.case_numbers),
    }  # fmt: skip


def _redesignated(conviction, subject):
    """The lesser offense; an infraction only within the limits, surely at 18 to 20."""
    number, severity = conviction.listed, conviction.severity
    young = under(subject, conviction, 21)[0] and not under(subject, conviction, 18)[0]
    if young and _within(conviction) and _lesser(conviction) and severity in ("felony", "misdemeanor"):
        return INFRACTIONS[number], "infraction"
    return (MISDEMEANORS[number], "misdemeanor") if severity == "felony" else ("", "")


def _within(conviction):
    """Within the limits, as stated, or as the section says where nothing beyond them is stated."""
    by_section = conviction.section in ("HS 11357(b)", "HS 11360(b)")
    return amount(conviction) == "within" or (by_section and amount(conviction) != "beyond")


def _lesser(conviction):
    """Possession, cultivation or a gift: what within the limits is lawful from 21 and an infraction at 18 to 20."""
    section = conviction.section
    bare = section == "HS 11357" and conviction.severity == "felony"  # can only have been (a)
    return bare or section.startswith(("HS 11357(a", "HS 11357(b", "HS 11357(c", "HS 11358", "HS 11360(b"))


def _basis(conviction, subject, outcome):
    """What the relief rests on."""
    if conviction.part:
        return "policy"  # the statute does not name an attempt or a conspiracy
    severities = (conviction.severity,) if conviction.severity else ("felony", "misdemeanor")
    found = [_of_severity(conviction, subject, outcome, each) for each in severities]
    weakest = min(found, key=("policy", "presumption", "statute").index)
    return "presumption" if weakest == "statute" and conviction.inferred else weakest


def _of_severity(conviction, subject, outcome, severity):
    """The statute gives a lesser grade to every adult; lawfulness must be stated or is presumed, at 21."""
    after = conviction.convicted is not None and conviction.convicted >= date(2016, 11, 9)
    under_act = after and conviction.section.startswith(OF_THE_ACT)  # which already gave what the statute gives
    if outcome != "dismiss":
        return "policy" if under_act else "statute"
    section, (young, of_age) = conviction.section, under(subject, conviction, 21)
    beyond_by_section = section == "HS 11357(c)" and severity == "misdemeanor"
    lawful = (
        section.startswith("HS 11358")
        or (conviction.listed == "11357" and severity == "felony")
        or (section in ("HS 11357(a)", "HS 11357(b)", "HS 11360(b)") and severity == "misdemeanor")
        or (section in ("HS 11357(b)", "HS 11360(b)") and severity == "infraction")
    )
    if lawful or beyond_by_section:
        stated = amount(conviction)
        if stated == "within" and of_age:
            return "statute"
        if stated == "beyond" or young or beyond_by_section or under_act:
            return "policy"
    return "presumption" if lawful else "policy"


def decide_rows(rows, county, options: Options, as_of: date, stated=None):
    """Per row that decides a conviction of the county, by number: its determination."""
    subjects, _ = own_record.read(rows, stated)
    return {
        each.row: decide(each, subject, options, as_of)
        for subject in subjects.values()
        for each in subject.convictions
        if each.county == county and each.listed
    }
