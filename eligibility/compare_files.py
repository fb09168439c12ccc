"""Two record files under one policy: which convictions are new, gone or decided otherwise, and which facts changed.

A conviction is the same in both files when it is of the same subject (CII number, else SUBJECT_ID), section, conviction
date and a shared case number; several that are alike are matched one to one, in the order of the files.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from eligibility.arrow import coded, flat, numbers, plain
from eligibility.compare import SHOWN, WORTH, Side, facts_under, named, side_of
from eligibility.dates import to_arrow
from eligibility.fact_values import VALUES
from eligibility.facts import Facts, same_county
from eligibility.impact import Impact, OnRecord
from eligibility.policy import Policy
from eligibility.records.schema import History

NEW, GONE, CHANGED = "new", "gone", "changed"
Places = NDArray[np.int64]


@dataclass(frozen=True)
class FileComparison:
    """Two files under one policy. `table` has a row per conviction that is new, gone or changed, in this order:
    changed and gone ones as in the first file, then new ones as in the second.

    A conviction is changed when outcome, rule or a fact that the deciding line or one before it looks at differs;
    `changed_facts` says which, and how.
    """

    policy: Policy
    county: str
    as_of: date
    before: Impact
    after: Impact
    table: pa.Table
    matched: int
    new: int
    gone: int
    changed: int
    gaining: int  # of the changed: more relief than before
    losing: int

    def figures(self) -> dict[str, Any]:
        """All figures, as JSON holds them."""
        return {
            "county": self.county,
            "as_of": self.as_of.isoformat(),
            "policy": {"name": self.policy.name, "title": self.policy.title, "sha256": self.policy.sha256},
            "convictions": {
                "matched": self.matched,
                "unchanged": self.matched - self.changed,
                "changed": self.changed,
                "gaining": self.gaining,
                "losing": self.losing,
                "new": self.new,
                "gone": self.gone,
            },
            "before": self.before.figures(),
            "after": self.after.figures(),
        }


def compare_files(before: History, after: History, policy: Policy, *, county: str, as_of: date) -> FileComparison:
    """Decide every conviction of `county` in both files, and find what differs."""
    sides = [_decided(history, policy, county, as_of) for history in (before, after)]
    first, second = _matches(sides[0].facts, sides[1].facts)
    changed_facts = _changed_facts(sides[0], sides[1], first, second)
    outcomes = [_of_scope(side.outcome, side)[at] for side, at in zip(sides, (first, second), strict=True)]
    deciders = [_of_scope(side.decider, side)[at] for side, at in zip(sides, (first, second), strict=True)]
    differs = (
        (outcomes[0] != outcomes[1]) | (deciders[0] != deciders[1]) | (pc.binary_length(changed_facts).to_numpy() > 0)
    )
    worth = np.sign(WORTH[outcomes[1]] - WORTH[outcomes[0]])
    gone = np.setdiff1d(np.arange(sides[0].facts.length), first)
    new = np.setdiff1d(np.arange(sides[1].facts.length), second)
    none = pa.nulls(max(len(gone), len(new)), pa.string())
    changed = np.flatnonzero(differs)
    table = pa.concat_tables(
        [
            _rows(CHANGED, sides, first[changed], second[changed], changed_facts.take(pa.array(changed))),
            _rows(GONE, sides, gone, None, none.slice(0, len(gone))),
            _rows(NEW, sides, None, new, none.slice(0, len(new))),
        ]
    )
    return FileComparison(
        policy=policy,
        county=same_county(county),
        as_of=as_of,
        before=sides[0].impact,
        after=sides[1].impact,
        table=table,
        matched=len(first),
        new=len(new),
        gone=len(gone),
        changed=len(changed),
        gaining=int((worth > 0).sum()),
        losing=int((worth < 0).sum()),
    )


def _decided(history: History, policy: Policy, county: str, as_of: date) -> Side:
    facts = facts_under(policy, history, county=county, as_of=as_of)
    return side_of(facts, policy, OnRecord(facts.convictions, as_of=as_of))


def _of_scope(column: Places, side: Side) -> Places:
    """A column over all convictions on record, for those in scope."""
    found: Places = column[side.facts.at]
    return found


# Matching


def _matches(before: Facts, after: Facts) -> tuple[Places, Places]:
    """The places, in scope of each, of the convictions that are the same; in the order of the first file."""
    tokens, parents = _tokens(before, after)
    free = [np.ones(facts.length, dtype=bool) for facts in (before, after)]
    found: list[tuple[Places, Places]] = [(np.zeros(0, dtype=np.int64),) * 2]
    while True:
        open_ones = [free[side][parents[side]] for side in (0, 1)]
        first, second = _one_to_one(
            *(each for side in (0, 1) for each in (tokens[side][open_ones[side]], parents[side][open_ones[side]]))
        )
        if not len(first):
            break
        found.append((first, second))
        free[0][first], free[1][second] = False, False
    joined = [np.concatenate([pair[side] for pair in found]) for side in (0, 1)]
    order = np.argsort(joined[0], kind="stable")
    return joined[0][order], joined[1][order]


def _one_to_one(first_tokens: Places, first: Places, second_tokens: Places, second: Places) -> tuple[Places, Places]:
    """Pairs with the same token: the n-th of one file with the n-th of the other, each conviction once."""
    ranks = [_rank(first_tokens, first), _rank(second_tokens, second)]
    both = np.concatenate([np.stack([first_tokens, ranks[0]], 1), np.stack([second_tokens, ranks[1]], 1)])
    _, codes = np.unique(both, axis=0, return_inverse=True)
    codes = codes.reshape(-1)
    _, left, right = np.intersect1d(codes[: len(first)], codes[len(first) :], return_indices=True)
    pairs = np.array(sorted(zip(first[left].tolist(), second[right].tolist(), strict=True)), dtype=np.int64)
    if not len(pairs):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    once = [np.zeros(len(pairs), dtype=bool) for _ in (0, 1)]
    for side in (0, 1):
        once[side][np.unique(pairs[:, side], return_index=True)[1]] = True
    chosen = pairs[once[0] & once[1]]
    return chosen[:, 0], chosen[:, 1]


def _rank(tokens: Places, parents: Places) -> Places:
    """Which one of those with its token each is, counted from 0 in the order of the file."""
    order = np.lexsort((parents, tokens))
    place, sorted_tokens = np.arange(len(tokens)), tokens[order]
    begins = np.ones(len(tokens), dtype=bool)
    begins[1:] = sorted_tokens[1:] != sorted_tokens[:-1]
    rank = np.empty(len(tokens), dtype=np.int64)
    rank[order] = place - np.maximum.accumulate(np.where(begins, place, 0))
    return rank


def _tokens(before: Facts, after: Facts) -> tuple[list[Places], list[Places]]:
    """One number per case number of a conviction, equal where the convictions may be the same; and whose it is."""
    exploded = [_exploded(facts) for facts in (before, after)]
    both = pa.concat_tables([table for table, _ in exploded])
    codes = np.stack([coded(both[name])[0] for name in both.column_names], axis=1)
    _, token = np.unique(codes, axis=0, return_inverse=True)
    split = exploded[0][0].num_rows
    token = token.reshape(-1)
    return [token[:split], token[split:]], [parents for _, parents in exploded]


def _exploded(facts: Facts) -> tuple[pa.Table, Places]:
    """What a conviction is known by, once per case number (empty without one), and the conviction's place."""
    cases = plain(facts.table["case_numbers"])
    numbered = numbers(pc.list_value_length(cases))
    parents = np.concatenate([numbers(pc.list_parent_indices(cases)), np.flatnonzero(numbered == 0)])
    texts = pa.concat_arrays([pc.list_flatten(cases), pa.array([""] * int((numbered == 0).sum()), pa.string())])
    subjects = _subjects(facts)
    known_by = {
        "subject": pc.coalesce(subjects["cii_number"], pc.binary_join_element_wise("", subjects["subject_id"], " ")),
        "section": facts.code_section,
        "date": to_arrow(facts.conviction_date),
    }
    at = pa.array(parents)
    return pa.table({**{name: column.take(at) for name, column in known_by.items()}, "case": texts}), parents


def _subjects(facts: Facts) -> pa.Table:
    subjects = facts.history.subjects
    return subjects.take(pc.index_in(flat(facts.table["subject"]), flat(subjects["subject"]))).combine_chunks()


# What changed


def _changed_facts(before: Side, after: Side, first: Places, second: Places) -> pa.Array:
    """Per pair the facts with other values, as `severity: felony → misdemeanor`, joined by a semicolon; else empty."""
    places: dict[str, int] = {}
    for place, line in enumerate(before.policy.lines):
        for name in line.rule.looks_at:
            places.setdefault(name, place)
    decided = np.maximum(_of_scope(before.decider, before)[first], _of_scope(after.decider, after)[second])
    texts = []
    for name, place in {**places, "route": 0}.items():
        old = VALUES[name](before.facts).take(pa.array(first)).cast(pa.string()).fill_null("unknown")
        new = VALUES[name](after.facts).take(pa.array(second)).cast(pa.string()).fill_null("unknown")
        told = pa.array((pc.not_equal(old, new).to_numpy(zero_copy_only=False)) & (decided >= place))
        texts.append(pc.if_else(told, pc.binary_join_element_wise(f"; {name}: ", old, " → ", new, ""), ""))
    return pc.utf8_slice_codeunits(pc.binary_join_element_wise(*texts, ""), start=2)


def _rows(
    change: str, sides: list[Side], first: Places | None, second: Places | None, changed_facts: pa.Array
) -> pa.Table:
    """The convictions at these places of each side; None where they are not in that file."""
    chosen, at = (sides[0], first) if first is not None else (sides[1], second)
    assert at is not None  # noqa: S101  one of the two is given
    subjects = _subjects(chosen.facts).take(pa.array(at))
    table = chosen.facts.table.take(pa.array(at))
    columns: dict[str, Any] = {
        "change": pa.array([change] * len(at), pa.string()),
        "subject_id": subjects["subject_id"],
        "cii_number": subjects["cii_number"],
        "case_number": pc.binary_join(plain(table["case_numbers"]), "; "),
        "conviction_date": to_arrow(chosen.facts.conviction_date[at]),
        "code_section": plain(table["code_section"]),
    }
    for name, side, places in (("before", sides[0], first), ("after", sides[1], second)):
        columns |= {f"{key}_{name}": value for key, value in _one_side(side, places, len(at)).items()}
    return pa.table({**columns, "changed_facts": changed_facts})


def _one_side(side: Side, at: Places | None, length: int) -> dict[str, pa.Array]:
    if at is None:
        return {name: pa.nulls(length, kind) for name, kind in _SIDE.items()}
    decider = _of_scope(side.decider, side)[at]
    return {
        "row": flat(side.facts.table["row"]).take(pa.array(at)),
        "severity": side.facts.severity.take(pa.array(at)),
        "outcome": named(SHOWN, _of_scope(side.outcome, side)[at]),
        "rule": named(side.rules, decider),
        "reason": named(side.reasons, decider),
    }


_SIDE = {"row": pa.int32(), "severity": pa.string(), "outcome": pa.string(), "rule": pa.string(), "reason": pa.string()}
