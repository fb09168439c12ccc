"""Facts in words: what a rule looks at and what may be unclear, as the rule book says it to a lawyer."""

from __future__ import annotations

from collections.abc import Iterable

LOOKED_AT: dict[str, str] = {
    "code section": "the section convicted of",
    "severity": "the severity",
    "conviction date": "the conviction date",
    "offense from": "the first day on which the offense may have been done",
    "offense to": "the last day on which the offense may have been done",
    "birth date": "the birth date",
    "juvenile court": "whether a juvenile court decided",
    "certified to adult court": "whether the subject was certified to adult court",
    "Prop 64 charge in the cycle": "whether a charge that followed the same arrest is under H&S §§ 11357 to 11360",
    "convictions on record": "the number of convictions on record",
    "latest conviction on record": "the date of the latest conviction on record",
    "some conviction undated": "whether a conviction on record has no date",
    "only 11357-60 convictions": "whether every conviction on record is under H&S §§ 11357 to 11360",
    "deceased": "whether the record shows a death",
    "route": "whether the sentence is completed or still being served",
    "sentence ends": "the day on which the sentence ends, as computed or stated",
    "sentences of all convictions": "whether the sentences of all convictions on record are completed",
    "grams": "the weight of cannabis, if stated",
    "concentrate grams": "the weight of concentrated cannabis, if stated",
    "plants": "the number of plants, if stated",
    "section text": "the record's own words for the offense",
    "part": "whether the record says attempt, conspiracy or accessory",
    "related charge": "whether it is a related charge",
    "relief noted": "what the record says of relief afterwards, and what is stated of it",
    "probation granted": "whether probation was granted",
    "registration": "whether a PC 290 registration is on record",
    "possible prior superstrike": "earlier convictions that may be a superstrike",
    "possible prior under PC 290(c)": "earlier convictions that may require registration under PC 290(c)",
    "possible priors of the same section": "earlier convictions of the same section",
    "possible juvenile prior": "earlier juvenile adjudications",
    "possible prior elsewhere": "earlier convictions under federal law",
    "recipient age": "the age of the buyer or recipient, if stated",
    "employed person under 21": "whether a person of 20 or younger was used, if stated",
    "imported or exported": "whether cannabis was imported or exported, if stated",
    "environmental crime": "whether an environmental crime went with it, if stated",
    "registration is 290(c)": "whether registration is under PC 290(c), if stated",
    "no prior bar": "whether anything bars relief, if an attorney stated it",
    "clear of other cases": "whether the subject is clear of other cases, if stated",
}
"""Every fact of `fact_values.VALUES`."""

_UNCLEAR: dict[str, str] = {
    "code section": "the section convicted of",
    "cycle": "which charges followed the same arrest",
    "sentence": "whether the sentence is completed",
    "sentences of all convictions": "whether the sentences of all convictions are completed",
    "other convictions' code sections": "the sections of other convictions",
    "subdivision": "the subdivision convicted of",
    "clear of other cases": "whether the subject is clear of other cases",
}
"""Names of unknown facts that do not read with "the" before them."""


def looked_at(facts: Iterable[str]) -> tuple[str, ...]:
    """What a rule with these facts looks at."""
    return tuple(LOOKED_AT[each] for each in facts)


def unclear(facts: Iterable[str]) -> str:
    """What is unclear where these facts are unknown: "the birth date or the offense date"."""
    words = [_UNCLEAR.get(each, each if each.startswith("whether ") else f"the {each}") for each in facts]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
