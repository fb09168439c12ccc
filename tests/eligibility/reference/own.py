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


def lines(row, all_rows, options: Options, as_of: date, dead: bool = False):
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
        yield "subject_is_deceased", answer(dead), "dismiss"
    for each in options.reduce:
        yield "section_is", answer(prop64(section_of(row)) == each), "redesignate"


def decide(row, all_rows, options: Options, as_of: date, dead: bool = False):
    """Rule, outcome and trace: the first line that surely holds, unless an unknown one before it leads elsewhere."""
    read = list(lines(row, all_rows, options, as_of, dead))
    trace = "".join(letter for _, letter, _ in read)
    place = trace.find(Y)
    rule, outcome = (read[place][0], read[place][2]) if place >= 0 else ("no_rule_applies", "hand_review")
    before = read[:place] if place >= 0 else read
    if any(letter == U and leads != outcome for _, letter, leads in before):
        return "record_unclear", "hand_review", trace
    return rule, outcome, trace


def decide_file(rows, county, options: Options, as_of: date):
    """Per row that decides a conviction of the county: rule, outcome and trace.

    The first convicted row of a count is its conviction; later ones are parts of its sentence.
    """
    convictions, dead = {}, set()
    for number, row in enumerate(rows, start=1):
        if row["STP_TYPE_DESCR"] == "DECEASED":
            dead.add(row["SUBJECT_ID"])
        elif row["DISP_DESCR"].startswith("CONVICTED"):
            convictions.setdefault((row["SUBJECT_ID"], row["CNT_ORDER"]), (number, row))
    found = {}
    for (subject, _), (number, row) in convictions.items():
        if row["STP_ORI_CNTY_NAME"] == county and prop64(section_of(row)):
            theirs = [each for (other, _), (_, each) in convictions.items() if other == subject]
            found[number] = decide(row, theirs, options, as_of, subject in dead)
    return found
