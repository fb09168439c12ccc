"""The attorney's declaration: what the record and the office’s files show, not knowledge of the offense."""

from __future__ import annotations

from collections.abc import Sequence

from petitions.papers import words
from petitions.papers.data import CaseFile, SourceFile
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
        paragraphs=_facts(file),
        oath=file.wording.say("declaration.oath"),
    )


def _facts(file: CaseFile) -> list[str]:
    """Who declares, what the files show, what the office did. On information only."""
    groups, say = words.all_alike(file.case), file.wording.say
    shown = [
        say("declaration.received", files=named_files(file.source_files)),
        say("declaration.shows", case=file.case.number, convictions=words.the_convictions(groups)),
        *words.sentence_phrases(file.case, file.wording),
    ]
    if missing := _missing(file):
        shown.append(say("facts.missing", missing=missing))
    shown += words.each_of(groups, [words.stated_phrases(group.first, file.wording) for group in groups])
    return [
        say("declaration.opening", attorney=file.attorney.name, county=words.county_name(file.office.county)),
        f"1. {' '.join(text for text in shown if text)}",
        f"2. {_policy(file)}",
    ]


def named_files(files: Sequence[SourceFile]) -> str:
    """the record file prop64.csv on September 15, 2019 (SHA-256 …)."""
    named = [
        f"the record file {source.name} on {words.long_date(source.received_on)} (SHA-256 {in_eights(source.sha256)})"
        for source in files
    ]
    return words.joined(named)


def in_eights(digest: str) -> str:
    """A hash in groups of eight, so that it can be read and a line can end in it."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


def _missing(file: CaseFile) -> str:
    said = [words.missing_phrase(line) for line in file.case.convictions]
    return words.joined([text for text in dict.fromkeys(said) if text], "or")


def _policy(file: CaseFile) -> str:
    approval = file.approval
    return file.wording.say(
        "declaration.policy",
        policy=words.policy_name(file.policy),
        as_of=words.long_date(file.as_of),
        reviewed="each conviction of this case singly" if approval.reviewed_singly else "the result",
        approved=words.long_date(approval.approved_on),
    )
