"""The attorney's declaration: what the record and the office’s files show, not knowledge of the offense."""

from __future__ import annotations

from petitions.papers import words
from petitions.papers.data import SERVING_STATUSES, CaseFile
from petitions.papers.drafts import Draft, drafted
from petitions.papers.motion import subject_of


def draft(file: CaseFile) -> Draft:
    """The declaration in support of the motion of one case and route (CCP § 2015.5)."""
    subject = subject_of(file)
    return drafted(
        file,
        kind="declaration",
        title=f"Declaration of {file.attorney.name} in Support of People’s Motion to {subject}",
        footer=f"Declaration in Support of People’s Motion to {subject}",
        template="declaration.html",
        paragraphs=[f"{number}. {text}" for number, text in enumerate(_facts(file), start=1)],
    )


def _facts(file: CaseFile) -> list[str]:
    county = words.county_name(file.office.county)
    told = [
        f"I am an attorney licensed to practice in California and a deputy of the District Attorney of {county} "
        "County. I make this declaration on information from the files named below, not on knowledge of the offense.",
        f"The office received from the California Department of Justice (DOJ) {_files(file)}.",
        f"That record shows, in case {file.case.number}, {words.the_convictions(words.all_alike(file.case))}.",
    ]
    told += _sentence(file)
    if missing := _missing(file):
        told.append(f"The DOJ record does not state {missing}.")
    for line in file.case.convictions:
        for said in words.stated_phrases(line):
            if said not in told:
                told.append(said)
    told.append(_policy(file))
    return told


def _files(file: CaseFile) -> str:
    named = [
        f"the record file {source.name} on {words.long_date(source.received_on)} (SHA-256 {source.sha256})"
        for source in file.source_files
    ]
    return words.joined(named)


def _sentence(file: CaseFile) -> list[str]:
    form = file.case.serving
    if form:
        return [
            f"According to {form.source}, the defendant {SERVING_STATUSES[form.status]}; the controlling term is "
            f"{form.controlling_term}; the credits are {form.credits}."
        ]
    groups = words.all_alike(file.case)
    ends = [words.sentence_phrase(group) for group in groups]
    if len(set(ends)) == 1:
        return [ends[0]]
    return [f"As to {group.phrase}: {end}" for group, end in zip(groups, ends, strict=True)]


def _missing(file: CaseFile) -> str:
    said = [words.missing_phrase(line) for line in file.case.convictions]
    return words.joined([text for text in dict.fromkeys(said) if text], "or")


def _policy(file: CaseFile) -> str:
    policy, approval = file.policy, file.approval
    signed = f", signed on {words.long_date(policy.signed_on)}," if policy.signed_on else ""
    looked = "each conviction of this case was looked at singly by staff" if approval.reviewed_singly else (
        "the result was reviewed by staff"
    )  # fmt: skip
    return (
        f"The office’s policy “{policy.name}”, version {policy.version}{signed or ','} was applied to that record as "
        f"of {words.long_date(file.as_of)}; {looked} and approved on {words.long_date(approval.approved_on)}."
    )
