"""The product's words, explained once: `glossary.toml` read into groups of terms."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PATH = Path(__file__).with_name("glossary.toml")


@dataclass(frozen=True)
class Term:
    """A word of the product: its key, its name, what it means, and other words under which screens show it.

    `everyday`: no label needs to explain it.
    """

    key: str
    name: str
    says: str
    labels: tuple[str, ...] = ()
    everyday: bool = False


def _term(*, labels: tuple[str, ...] = (), **written: str) -> Term:
    return Term(labels=tuple(labels), **written)  # type: ignore[arg-type]  # TOML gives the right kinds, or a test fails


@cache
def groups() -> tuple[tuple[str, tuple[Term, ...]], ...]:
    """Every group's title with its terms, in the order of the file."""
    written = tomllib.loads(PATH.read_text(encoding="utf-8"))["group"]
    return tuple((group["title"], tuple(_term(**each) for each in group["term"])) for group in written)


@cache
def terms() -> dict[str, Term]:
    """Every term by its key."""
    return {term.key: term for _, listed in groups() for term in listed}


@cache
def _by_label() -> dict[str, Term]:
    explained = [term for term in terms().values() if not term.everyday]
    return {label.lower(): term for term in explained for label in (term.name, *term.labels)}


def labelled(label: str) -> Term | None:
    """The term that a label shows and must explain, whatever its capitals; None if it needs no explanation."""
    return _by_label().get(label.strip().lower())
