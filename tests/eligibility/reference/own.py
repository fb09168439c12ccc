"""Own mode's reading of a policy made from the older options, row by row: yes, no or unknown, and the walk.

For records whose unknowns are birth date, conviction date and severity, without arrests: a minor is who was one at
conviction.
"""

from datetime import date

from eligibility.options import Options
from tests.eligibility.reference.compatible import ZERO, day, prop64, section_of, shifted

Y, N, U = "ynu"


def answer(flag):
    return Y if flag else N


def severity(row):
    """Felony, misdemeanor or infraction, however written; the charge's where the conviction's is blank."""
    text = (row["CONV_STAT_DESCR"].strip() or row["OFFENSE_TOC"].strip()).upper()
    return {"F": "felony", "M": "misdemeanor", "I": "infraction"}.get(
        text if len(text) == 1 else {"FELONY": "F", "MISDEMEANOR": "M", "INFRACTION": "I"}.get(text, ""), ""
    )


def lines(row, all_rows, options: Options, as_of: date):
    """Per line: the rule, the answer and the outcome."""
    born, convicted = day(row["PRI_DOB"]), day(row["STP_EVENT_DATE"])
    dates = [day(each["STP_EVENT_DATE"]) for each in all_rows]
    known = severity(row)
    minor = ZERO not in (born, convicted) and shifted(born, 18) > convicted
    yield "juvenile", answer(minor), "hand_review"
    yield "not_a_felony", answer(known != "felony") if known else U, "dismiss"
    for each in options.dismiss:
        yield "section_is", answer(prop64(section_of(row)) == each), "dismiss"
    if options.under_21_at_conviction:
        unclear = ZERO in (born, convicted)
        yield "under_age_at_conviction", U if unclear else answer(shifted(born, 21) > convicted), "dismiss"
    if options.age:
        old = answer(shifted(born, options.age) <= as_of)
        yield "subject_is_at_least", U if born == ZERO else old, "dismiss"
    if years := options.years_since_conviction:
        old = answer(convicted <= shifted(as_of, -years))
        yield "convicted_years_ago", U if convicted == ZERO else old, "dismiss"
    if years := options.years_crime_free:
        recent = any(each >= shifted(as_of, -years) for each in dates)
        yield "no_conviction_for", N if recent else (U if ZERO in dates else Y), "dismiss"
    if options.only_listed:
        yield "only_listed_convictions", answer(all(prop64(section_of(each)) for each in all_rows)), "dismiss"
    if options.deceased:
        yield "subject_is_deceased", N, "dismiss"
    for each in options.reduce:
        yield "section_is", answer(prop64(section_of(row)) == each), "redesignate"


def decide(row, all_rows, options: Options, as_of: date):
    """Rule, outcome and trace: the first line that surely holds, unless an unknown one before it leads elsewhere."""
    read = list(lines(row, all_rows, options, as_of))
    trace = "".join(letter for _, letter, _ in read)
    place = trace.find(Y)
    rule, outcome = (read[place][0], read[place][2]) if place >= 0 else ("no_rule_applies", "hand_review")
    before = read[:place] if place >= 0 else read
    if any(letter == U and leads != outcome for _, letter, leads in before):
        return "record_unclear", "hand_review", trace
    return rule, outcome, trace
