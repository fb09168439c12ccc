"""A policy's rule book as the screen and the paper show it. What it says comes from the engine alone."""

from __future__ import annotations

from functools import lru_cache

from django.template.loader import render_to_string

from clearmyrecord import printing
from clearmyrecord.runs import evaluation, policy_text
from clearmyrecord.runs.models import Policy
from eligibility import rulebook as engine
from eligibility.rulebook import RuleBook

STYLE = """
@page { margin: 72pt; }
html { font-size: 11pt; line-height: 15pt; }
p { text-indent: 0; margin: 0 0 6pt; }
h1 { font-size: 17pt; line-height: 22pt; text-align: left; margin: 0 0 6pt; bookmark-level: 1; }
h2 { font-size: 13pt; line-height: 18pt; text-align: left; margin: 14pt 0 4pt; bookmark-level: 2; }
h3 { font-size: 11.5pt; line-height: 16pt; margin: 10pt 0 2pt; break-after: avoid; bookmark-level: 3; }
ul { margin: 0 0 6pt; padding-left: 16pt; }
table { border-collapse: collapse; font-size: 9pt; line-height: 12pt; margin: 4pt 0 8pt; width: 100%; }
th, td { border-bottom: .5pt solid #666; padding: 2pt 6pt 2pt 0; text-align: left; vertical-align: top; }
th, td { overflow-wrap: normal; }
th, td:nth-child(2) { white-space: nowrap; }
"""


def book(policy: Policy) -> RuleBook:
    """The rule book of a policy, draft or signed."""
    return engine.rulebook(evaluation.engine_policy(policy.text))


def context(policy: Policy) -> dict[str, object]:
    """What a rule book's templates need."""
    of_lines = [(each.sentence, each.authority) for each in policy_text.shown(policy_text.parsed(policy.text))]
    made = book(policy)
    return {
        "policy": policy,
        "book": made,
        "authorities": [each for each in of_lines if each[1]],
        "endings": [(each.reason, each.question.format(facts="the facts that are unclear")) for each in made.endings],
    }


def pdf(policy: Policy) -> bytes:
    """The rule book as a tagged PDF. Same policy, same bytes."""
    markup = render_to_string("runs/rule_book_print.html", context(policy))
    return _pdf(markup, f"Rule book, {policy}".encode("cp1252", "replace").decode("cp1252")[:90])


@lru_cache(maxsize=8)
def _pdf(markup: str, footer: str) -> bytes:
    return printing.pdf(markup, footer=footer, style=STYLE)
