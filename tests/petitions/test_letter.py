"""The letter to the person: only what the relief means, in plain words, on one page."""

from __future__ import annotations

import re

import pytest

from petitions import PaperRefused, checks, draft_letter, reading
from petitions.papers import letter as papers
from petitions.papers.letter import Letter
from tests.petitions.cases import letter

LANGUAGES = ["en-US", "es-US"]
DONE = ["sealed", "dismissed", "misdemeanor", "infraction"]
NEVER_HAPPENED = {"en-US": "it never happened", "es-US": "esto nunca ocurrió"}
NOT_SEALED = {"en-US": "not sealed", "es-US": "no fue sellado"}
ANY = {  # what every letter says: the limits, how to check, free help
    "en-US": ("immigration officers may still see", "immigration lawyer", "If you gave a DNA sample",
              "record review", "public defender can help you for free. Call 925-555-0177", "call us at 925-555-0100",
              "December 2, 2019", "case 05-110273-8"),
    "es-US": ("agentes de inmigración todavía pueden verlo", "abogado de inmigración",
              "Si usted dio una muestra de ADN", "record review", "ayudarle gratis. Llame al 925-555-0177",
              "2 de diciembre", "caso 05-110273-8"),
}  # fmt: skip


def said(told: Letter) -> str:
    assert papers.reasons(told) == []
    return " ".join(checks.words_in(papers.markup(told)).split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("done", DONE)
def test_a_letter_says_only_what_its_relief_means(done: str, language: str) -> None:
    text = said(letter(done=done, language=language, convictions=2))
    assert (NEVER_HAPPENED[language] in text) is (done == "sealed")
    assert (NOT_SEALED[language] in text.replace("No fue", "no fue")) is (done != "sealed")
    assert ("misdemeanor" in text or "delito menor" in text) is (done == "misdemeanor")
    assert ("infraction" in text or "infracción" in text) is (done == "infraction")
    assert [words for words in ANY[language] if words not in text] == []
    assert not re.search(r"1135[789]|11360|Health|section|1971|A0123", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("done", DONE)
def test_a_letter_is_one_tagged_page_in_its_language(done: str, language: str) -> None:
    paper = draft_letter(letter(done=done, language=language, name="MARIA DE LOS ANGELES GUADALUPE " * 3))
    pages, faults = reading.read(paper.pdf, language=language)
    assert (len(pages), faults) == (1, [])
    assert paper.file_name == f"05-110273-8-letter-{language[:2]}.pdf"
    assert (
        draft_letter(letter(done=done, language=language)).pdf == draft_letter(letter(done=done, language=language)).pdf
    )


@pytest.mark.parametrize("done", DONE)
def test_the_english_letter_reads_at_grade_8_or_below(done: str) -> None:
    text = " ".join(text for _, text in papers.paragraphs(letter(done=done)))
    sentences = len(re.findall(r"[.!?](?:\s|$)", text))
    words = re.findall(r"[A-Za-z]+", text)
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower())))) for word in words)
    grade = 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59  # Flesch-Kincaid
    assert grade <= 8


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (letter(is_deceased=True), "deceased"),
        (letter(address_is_verified=False), "no verified address"),
        (letter(address=()), "no verified address"),
        (letter(case_number=""), "lacks the name, the case number"),
        (letter(convictions=0), "number of convictions"),
        (letter(defender_phone=" "), "telephone number"),
        (letter(name="A\u202eB"), "U+202E"),
    ],
)
def test_no_letter_is_written_where_none_may_be(told: Letter, why: str) -> None:
    with pytest.raises(PaperRefused) as refused:
        draft_letter(told)
    assert why in " ".join(refused.value.reasons)


def test_hostile_text_is_printed_as_text() -> None:
    text = "<b>{{ 7*7 }}</b> {number} file:///etc/passwd http://x.example/"
    paper = draft_letter(letter(name=text, name_is_stated=True))
    printed = "".join(page.text for page in reading.read(paper.pdf)[0])
    assert reading.squeezed(printed).count(reading.squeezed(text)) == 2
