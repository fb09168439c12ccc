"""The glossary: plain and short, and beside every label that shows one of its words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import Context, Template

from clearmyrecord import glossary
from tests.cast import signed_in

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates"
PRINTED = {"_memo.html", "_rule_book.html"}
"""Parts that also become PDFs, where nothing can be pointed at."""
LABEL = re.compile(r"<(?:dt|th scope=\"col\"[^>]*)>([^<{%]+)</(?:dt|th)>")
TAG = re.compile(r"{% term \"([^\"]+)\"")
WORDS_OF_THE_ISSUE = (
    "outcome", "route", "basis", "sealing", "hand review", "determination", "standing outcome", "acceptance sample",
    "presumption", "omnibus motion", "superstrike", "290(c) registration", "source row",
)  # fmt: skip


def drawn(markup: str, **values: str) -> str:
    return Template(markup).render(Context(values))


@pytest.mark.parametrize("term", glossary.terms().values(), ids=lambda term: term.key)
def test_each_term_says_what_it_means_in_two_sentences_at_most(term: glossary.Term) -> None:
    assert re.fullmatch(r"[a-z0-9-]+", term.key)
    assert term.says.endswith(".")
    assert len(re.findall(r"[.!?](?=\s|$)", term.says)) <= 2
    assert len(term.says) <= 240


def test_no_label_is_explained_in_two_ways() -> None:
    labels = [label.lower() for term in glossary.terms().values() for label in (term.name, *term.labels)]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("word", WORDS_OF_THE_ISSUE)
def test_what_nobody_can_be_expected_to_know_is_explained_beside_its_labels(word: str) -> None:
    assert glossary.labelled(word) is not None


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_label_that_shows_a_term_explains_it(path: Path) -> None:
    if path.name in PRINTED:
        return
    for label in LABEL.findall(path.read_text(encoding="utf-8")):
        term = glossary.labelled(label)
        assert term is None, f'{path.name}: write {{% term "{term and term.key}" "{label.strip()}" %}} for {label!r}'


def test_every_key_that_a_template_names_is_in_the_glossary() -> None:
    named = {key for path in TEMPLATES.rglob("*.html") for key in TAG.findall(path.read_text(encoding="utf-8"))}
    assert {"route", "basis", "sealing"} <= named <= set(glossary.terms())


class TestTheTag:
    def test_a_word_is_a_button_that_carries_its_explanation(self) -> None:
        html = drawn('{% term "route" "Routes" %}')
        assert html.startswith('<button type="button" class="term" data-says="Whether the sentence is completed')
        assert html.endswith(">Routes</button>")

    def test_a_field_s_label_gets_a_mark_with_words_for_screen_readers(self) -> None:
        assert "What “Basis” means" in drawn("{% term beside=label %}", label="Basis")

    def test_what_needs_no_explanation_gets_no_mark(self) -> None:
        assert drawn("{% term beside=label %}", label="Court") == ""
        assert drawn("{% term beside=label %}", label="") == ""

    def test_an_unknown_key_is_an_error(self) -> None:
        with pytest.raises(KeyError):
            drawn('{% term "rout" %}')


def test_the_page_lists_every_term(adam) -> None:
    shown = signed_in(adam).get("/glossary/").content.decode()
    assert all(f'id="{key}"' in shown for key in glossary.terms())
    assert 'href="/glossary/"' in shown
