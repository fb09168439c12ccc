"""The People’s recommendation to recall a sentence and resentence, Penal Code section 1172.1, and its proposed order.

For a felony with a commitment to state prison or to county jail under section 1170(h) only; never for probation alone
or a misdemeanor, and never for many cases at once. A supervising deputy signs. The custody number is in the exhibits,
not in this paper.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from petitions.papers import law, words
from petitions.papers.data import Attorney, Court, Office, Severity, Signature
from petitions.papers.drafts import Caption, Draft, composed, file_name
from petitions.papers.motion import ACT
from petitions.wording import STANDARD, Wording

Commitment = Literal["state_prison", "county_jail_1170h", "probation", "county_jail"]
Victims = Literal["none_known", "contacted", "not_reached"]

COMMITTED: Final = {
    "state_prison": "state prison",
    "county_jail_1170h": "county jail under Penal Code section 1170(h)",
}
TITLE: Final = "People’s Recommendation and Motion to Recall Sentence and Resentence"
STATUTE: Final = "(Pen. Code, § 1172.1(a)(1), (b))"


@dataclass(frozen=True, slots=True)
class SentencedCount:
    """One count of the judgment: what was imposed and what is proposed."""

    section: str
    code: str
    severity: Severity
    convicted_on: date
    sentence: str  # as the abstract of judgment has it: "four years, upper term, consecutive"
    exposure_now: str  # what the law allows today: "a misdemeanor, up to six months in county jail"
    proposed: str  # the new sentence: "180 days in county jail"
    enhancements: tuple[str, ...] = ()
    count_number: str | None = None
    new_section: str | None = None  # where the conviction is vacated and a lesser offense entered
    new_severity: Severity | None = None

    @property
    def phrase(self) -> str:
        """the felony conviction of Health and Safety Code section 11360(a) of May 2, 2012 (count 2)."""
        number = f" (count {self.count_number})" if self.count_number else ""
        named = f"{words.CODES[self.code]} section {self.section}"
        return f"the {self.severity} conviction of {named} of {words.long_date(self.convicted_on)}{number}"


@dataclass(frozen=True, slots=True)
class Factor:
    """One post-conviction factor and the exhibit that shows it (§ 1172.1(a)(4), (5))."""

    said: str  # a sentence
    exhibit: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Everything the recommendation and its order are drafted from."""

    office: Office
    attorney: Attorney
    is_supervising: bool
    court: Court
    case_number: str
    defendant_name: str
    name_is_stated: bool
    commitment: Commitment
    committed_on: date
    counts: tuple[SentencedCount, ...]
    total: str  # "eight years"
    total_days: int
    proposed_total: str
    proposed_days: int
    served: str  # "six years and 41 days"
    credits: str
    earliest_release: str
    custody_exhibit: str
    changes: tuple[str, ...]  # changed circumstances besides the Act: sentences
    factors: tuple[Factor, ...]
    safe_because: str  # a sentence
    supervision: str  # "one year of parole"
    concurs: bool  # the defendant, to a judgment on a lesser offense
    victims: Victims
    victims_said: str  # date, method and position, or the attempts; a sentence, empty where none is known
    stipulated: bool
    exhibits: tuple[tuple[str, str], ...]  # letter, short description
    as_of: date
    wording: Wording = STANDARD
    signature: Signature | None = None


def reasons(asked: Recommendation) -> list[str]:
    """Every reason why the recommendation can't be drafted, in plain English; empty when it can."""
    found = [*asked.wording.problems(), *law.unprintable(asked, "")]
    found += law.office_reasons(asked.office, asked.attorney, asked.court)
    if not asked.counts:
        return [*found, "The judgment has no count."]
    if asked.commitment not in COMMITTED:
        found.append(
            "Section 1172.1 reaches a commitment to state prison or to county jail under section 1170(h), not "
            "probation alone or another jail term."
        )
    if all(count.severity != "felony" for count in asked.counts):
        found.append("Section 1172.1 reaches a felony; this judgment has none.")
    if asked.court.county.casefold() != asked.office.county.casefold():
        found.append("The district attorney of the county of sentence recommends; this court is in another county.")
    if not asked.is_supervising:
        found.append("A supervising deputy signs a recommendation under section 1172.1.")
    if asked.proposed_days > asked.total_days:
        found.append("The proposed sentence is longer than the original one (PC § 1172.1(a)(1)).")
    if asked.committed_on > asked.as_of or any(count.convicted_on > asked.committed_on for count in asked.counts):
        found.append("The dates of conviction, commitment and draft are not in order.")
    if asked.victims != "none_known" and not asked.victims_said.strip():
        found.append("What was done to reach the victim is not stated.")
    return [*found, *_missing(asked), *_exhibits(asked), *_lesser(asked)]


def _missing(asked: Recommendation) -> list[str]:
    needed = {
        "case number": asked.case_number,
        "defendant's name": asked.defendant_name.strip(" ,"),
        "total sentence": asked.total,
        "proposed total": asked.proposed_total,
        "time served": asked.served,
        "credits": asked.credits,
        "earliest release": asked.earliest_release,
        "reason why there is no unreasonable risk": asked.safe_because,
        "supervision": asked.supervision,
        "post-conviction factors": "".join(factor.said for factor in asked.factors),
        **{f"sentence of section {count.section}": count.sentence for count in asked.counts},
        **{f"present exposure of section {count.section}": count.exposure_now for count in asked.counts},
        **{f"proposed sentence of section {count.section}": count.proposed for count in asked.counts},
    }
    return [f"The recommendation lacks the {what}." for what, value in needed.items() if not value.strip()]


def _exhibits(asked: Recommendation) -> list[str]:
    letters = Counter(letter for letter, _ in asked.exhibits)
    found = [f"Two exhibits have the letter {letter}." for letter, times in letters.items() if times > 1]
    named = {asked.custody_exhibit, *(factor.exhibit for factor in asked.factors)}
    return found + [f"Exhibit {letter} is named but not listed." for letter in sorted(named - set(letters))]


def _lesser(asked: Recommendation) -> list[str]:
    found = []
    for count in asked.counts:
        who = f"Section {count.section} of {words.long_date(count.convicted_on)}"
        if count.code not in words.CODES:
            found.append(f"{who}: papers have no name for the code “{count.code}”.")
        if not count.new_section and not count.new_severity:
            continue
        if not count.new_section or not count.new_severity:
            found.append(f"{who}: the lesser offense needs its section and its severity.")
            continue
        if law.RANK[count.severity] <= law.RANK[count.new_severity]:
            found.append(f"{who}: {words.a(count.new_severity)} would be no lesser offense.")
        known = law.NOW.get(words.base_section(count.section), {}) if count.code == "HS" else {}
        if known and known.get(count.new_section) != count.new_severity:
            found.append(f"{who} is not {words.a(count.new_severity)} under {count.new_section} today.")
        if not asked.concurs:
            found.append(f"{who}: a judgment on a lesser offense needs the defendant's concurrence.")
    return found


def drafts(asked: Recommendation) -> list[Draft]:
    """The recommendation and its proposed order. The data has passed `reasons`."""
    return [_recommendation(asked), _order(asked)]


def _caption(asked: Recommendation) -> Caption:
    return Caption(
        office=asked.office,
        attorney=asked.attorney,
        court=asked.court,
        case_number=asked.case_number,
        defendant=words.readable_name(asked.defendant_name, is_stated=asked.name_is_stated),
        name_note="" if asked.name_is_stated else "(as shown in the DOJ record)",
        wording_version=asked.wording.version,
        signature=asked.signature,
    )


def _recommendation(asked: Recommendation) -> Draft:
    return composed(
        _caption(asked),
        kind="recommendation",
        title=f"{TITLE} {STATUTE}",
        footer=TITLE,
        template="recommendation.html",
        file_name=file_name(asked.case_number, "1172-1-recommendation"),
        must_say=_must_say(asked),
        source=asked,
        hearing=["Status conference:", "Time:", "Dept.:"],
        sections=_sections(asked),
        exhibits=asked.exhibits,
        closing=asked.wording.say("recommendation.closing"),
    )


def _must_say(asked: Recommendation) -> tuple[str, ...]:
    said = []
    for count in asked.counts:
        said += [count.section, words.long_date(count.convicted_on), count.proposed, *filter(None, [count.new_section])]
    return (*said, asked.proposed_total)


def _sections(asked: Recommendation) -> list[tuple[str, list[str]]]:
    say = asked.wording.say
    victims = say("recommendation.no_victim") if asked.victims == "none_known" else asked.victims_said
    return [
        ("REQUEST AND AUTHORITY", [_request(asked), _procedure(asked)]),
        ("CASE HISTORY", _history(asked)),
        ("CHANGE OF CIRCUMSTANCES", _changes(asked)),
        ("POST-CONVICTION FACTORS", [f"{_sentence(each.said)} (Exhibit {each.exhibit}.)" for each in asked.factors]),
        ("PUBLIC SAFETY", [f"{say('recommendation.risk')} {_sentence(asked.safe_because)}"]),
        ("PROPOSED SENTENCE", _proposed(asked)),
        ("VICTIMS", [f"{_sentence(victims)} {say('recommendation.victims')}"]),
    ]


def _sentence(text: str) -> str:
    return text if re.search(r"[.!?]$", text) else f"{text}."


def _request(asked: Recommendation) -> str:
    return asked.wording.say(
        "recommendation.request",
        defendant=words.readable_name(asked.defendant_name, is_stated=asked.name_is_stated),
        county=words.county_name(asked.office.county),
        committed_to=COMMITTED[asked.commitment],
        day=words.long_date(asked.committed_on),
    )


def _procedure(asked: Recommendation) -> str:
    say = asked.wording.say
    how = say("recommendation.stipulated" if asked.stipulated else "recommendation.hearing")
    return f"{say('recommendation.procedure')} {how}"


def _history(asked: Recommendation) -> list[str]:
    say, told = asked.wording.say, []
    for count in asked.counts:
        more = f", with {words.joined(count.enhancements)}" if count.enhancements else ""
        told.append(say("recommendation.count", convictions=count.phrase, enhancements=more, sentence=count.sentence))
    total = say(
        "recommendation.total",
        total=asked.total,
        exhibit=asked.custody_exhibit,
        served=asked.served,
        credits=asked.credits,
        release=asked.earliest_release,
    )
    return [" ".join(told), total]


def _changes(asked: Recommendation) -> list[str]:
    say = asked.wording.say
    cannabis = any(
        count.code == "HS" and words.base_section(count.section) in law.NOW for count in asked.counts
    )  # only then has the Act to do with the judgment
    opening = [say("recommendation.act", act=ACT)] if cannabis else []
    now = [
        say("recommendation.exposure", convictions=count.phrase, exposure=count.exposure_now) for count in asked.counts
    ]
    return [" ".join([*opening, *now]), *map(_sentence, asked.changes)]


def _proposed(asked: Recommendation) -> list[str]:
    say = asked.wording.say
    total = say(
        "recommendation.new_total",
        total=asked.proposed_total,
        credits=asked.credits,
        supervision=asked.supervision,
    )
    return [" ".join(_for_each(asked, "recommendation.lesser", "recommendation.proposed")), total]


def _for_each(asked: Recommendation, lesser: str, same: str) -> list[str]:
    """What is proposed or ordered for each count: in one block where a lesser offense is entered, else in the other."""
    say, told = asked.wording.say, []
    for count in asked.counts:
        if count.new_section and count.new_severity:
            new = f"{words.a(count.new_severity)} under {words.CODES[count.code]} section {count.new_section}"
            told.append(say(lesser, convictions=count.phrase, offense=new, sentence=count.proposed))
        else:
            told.append(say(same, convictions=count.phrase, sentence=count.proposed))
    return told


def _order(asked: Recommendation) -> Draft:
    return composed(
        _caption(asked),
        kind="order",
        title="[Proposed] Order on People’s Recommendation to Recall Sentence and Resentence",
        footer="[Proposed] Order on People’s Recommendation to Recall Sentence and Resentence",
        template="order.html",
        file_name=file_name(asked.case_number, "1172-1-order"),
        must_say=_must_say(asked),
        source=asked,
        hearing=[],
        recital=_recital(asked),
        orders=_ordered(asked),
    )


def _recital(asked: Recommendation) -> str:
    return asked.wording.say(
        "recommendation.recital" if asked.stipulated else "recommendation.recital_heard",
        committed_to=COMMITTED[asked.commitment],
        day=words.long_date(asked.committed_on),
    )


def _ordered(asked: Recommendation) -> list[dict[str, object]]:
    say = asked.wording.say
    total = say("recommendation.ordered_total", total=asked.proposed_total, supervision=asked.supervision)
    told = [
        say("recommendation.recalled"),
        *_for_each(asked, "recommendation.vacated", "recommendation.resentenced"),
        total,
    ]
    return [
        *({"text": text, "blank": False} for text in told),
        {"text": say("recommendation.reasons"), "blank": True},
        {"text": say("recommendation.clerk"), "blank": False},
    ]
