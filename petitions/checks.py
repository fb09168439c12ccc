"""What a clerk would reject, tested on the finished PDF, and its text read back and compared with what was put in.

Numbers in comments are the points of section 8 of the notes on court documents. Reading back finds missing glyphs and
reversed letters too.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from petitions import pleading
from petitions.papers import words
from petitions.papers.data import Case
from petitions.papers.drafts import Draft
from petitions.papers.forbidden import CII, CITED, CITES, IDENTIFIERS, STUBS
from petitions.reading import Page, squeezed

SIZE_TOLERANCE: Final = 0.1
GRID_TOLERANCE: Final = 1.0
FAMILIES: Final = ("LiberationSerif", "Liberation-Serif")
SIGNED: Final = {
    "motion": ("Dated:", "By:"),
    "recommendation": ("Dated:", "By:"),
    "declaration": ("Executed on", "California."),
    "proof": ("Executed on", "California."),
    "order": ("Dated:", "Judge of the Superior Court"),
}
ORDERED: Final = {"dismiss": "DISMISSED", "redesignate": "REDESIGNATED", "resentence": "RESENTENCED"}


def faults(draft: Draft, pages: list[Page]) -> list[str]:
    """Everything for which a clerk would reject a paper, and every word that came out other than it went in."""
    found = []
    for number, page in enumerate(pages, start=1):
        found += [f"Page {number}: {fault}" for fault in (*_sheet(page), *_type(page), *_grid(page, number))]
        found += [f"Page {number}: {fault}" for fault in _furniture(page, number, draft.footer)]
    if pages:
        found += [*_first_page(draft, pages[0]), *_signature(draft, pages[-1])]
    return [*found, *_read_back(draft, pages), *_public(draft)]


def disagreements(case: Case, asked: Draft, ordered: Draft) -> list[str]:
    """Where motion and order differ: every conviction in both, each relief ordered as often as asked, sealing right."""
    motion, order = _plain(put_in(asked)), _plain(put_in(ordered))
    found = []
    for group in words.all_alike(case):
        for name, text in (("motion", motion), ("order", order)):
            if group.phrase[1:] not in text:
                found.append(f"The {name} does not name {group.phrase}.")  # 22
            elif group.first.new_section and group.first.new_section not in text:
                found.append(f"The {name} does not name the new section {group.first.new_section}.")
    wanted = {relief: len(words.by_relief(case, relief)) for relief in ORDERED}
    for relief, word in ORDERED.items():
        if order.count(word) != wanted[relief]:
            found.append(f"The order says {word} {order.count(word)} times; {wanted[relief]} were asked for.")
    sealed = bool(wanted["dismiss"]) and case.route == "completed"
    if ("SEALED" in order) is not sealed or ("sealing the record" in motion) is not sealed:
        found.append("Motion and order disagree on sealing, or it goes with another relief than dismissal.")
    return found


def unmarked(draft: Draft, bookmarks: list[str]) -> list[str]:
    """Parts of a paper that have no bookmark: its title and each heading must."""
    heads = re.findall(r"<h[12]>(.*?)</h[12]>", draft.markup + draft.shared, re.DOTALL)
    wanted = [_plain(html.unescape(head)) for head in heads]
    marked = [_plain(mark) for mark in bookmarks]
    return [f"“{head}” has no bookmark." for head in wanted if head not in marked]  # 19


def _plain(text: str) -> str:
    return " ".join(text.split())


def _sheet(page: Page) -> Iterator[str]:
    if abs(page.width - pleading.PAGE_WIDTH) > 0.1 or abs(page.height - pleading.PAGE_HEIGHT) > 0.1 or page.rotation:
        yield "the sheet is not letter size, upright."  # 1
    if not page.body:
        yield "there is no text on it."  # 18


def _type(page: Page) -> Iterator[str]:
    for run in (*page.body, *page.artifacts):
        if not run.embedded or not run.font.startswith(FAMILIES):
            yield f"“{run.text.strip()[:40]}” is set in {run.font}, not in the embedded Times face."  # 3
        if not run.black:
            yield f"“{run.text.strip()[:40]}” is not black."  # 4
    for run in page.body:
        if run.size < pleading.TEXT_SIZE - SIZE_TOLERANCE:
            yield f"“{run.text.strip()[:40]}” is smaller than 12 points."  # 2
        if run.left < pleading.TEXT_LEFT - 1 or run.right > pleading.PAGE_WIDTH - 36:
            yield f"“{run.text.strip()[:40]}” runs out of the text column."  # 5


def _grid(page: Page, number: int) -> Iterator[str]:
    for run in page.body:
        line = (run.baseline - pleading.FIRST_BASELINE) / pleading.PITCH
        off = abs(line - round(line)) * pleading.PITCH
        if number == 1 and run.baseline < pleading.CLERK_BOTTOM:
            off = abs(2 * line - round(2 * line)) * pleading.PITCH / 2  # a long attorney block is single-spaced
        if off > GRID_TOLERANCE:
            yield f"“{run.text.strip()[:40]}” stands {off:.1f} points off the numbered lines."  # 9
        if not -0.1 < line < pleading.LINES - 0.9:
            yield f"“{run.text.strip()[:40]}” stands outside the 28 lines."


def _furniture(page: Page, number: int, footer: str) -> Iterator[str]:
    marks = {run.text.strip(): run for run in page.artifacts if run.left < pleading.LEFT_RULES[0]}
    wanted = [str(line) for line in range(1, pleading.LINES + 1)]
    if list(marks) != wanted:
        yield "the line numbers are not 1 to 28."  # 6
    for line, run in enumerate(marks.values()):
        if abs(run.baseline - pleading.FIRST_BASELINE - line * pleading.PITCH) > 0.1:
            yield f"the line number {run.text} is off its place."  # 7
    if sum(pleading.NUMBER_RIGHT < x < pleading.TEXT_LEFT for x in page.vertical_rules) < 2:
        yield "the double rule at the left is missing."  # 8
    below = [run for run in page.artifacts if run.left > pleading.TEXT_LEFT - 1]
    numbers = [run for run in below if run.text.strip() == str(number)]
    titles = [run for run in below if squeezed(run.text) == squeezed(footer)]
    if not numbers:
        yield "the page number is missing."  # 15
    elif not titles or titles[0].baseline <= numbers[0].baseline:
        yield "the footer does not hold the paper's title below the page number."  # 16
    elif titles[0].size < pleading.FOOTER_SIZE - SIZE_TOLERANCE:
        yield "the footer is smaller than 10 points."  # 2
    for run in titles:
        if run.left < pleading.TEXT_LEFT or run.right > pleading.TEXT_RIGHT + 1:
            yield "the footer is wider than the text."


def _first_page(draft: Draft, page: Page) -> Iterator[str]:
    baselines = [run.baseline for run in page.body]
    if not baselines or abs(min(baselines) - pleading.FIRST_BASELINE) > 7:
        yield "Page 1: the attorney block does not start an inch from the top."  # 10
    for run in page.body:
        if run.right > pleading.CLERK_LEFT and run.baseline < pleading.CLERK_BOTTOM:
            yield f"Page 1: “{run.text.strip()[:40]}” stands in the clerk's space."  # 11
    eighth = pleading.FIRST_BASELINE + 7 * pleading.PITCH
    at_eighth = squeezed("".join(run.text for run in page.body if abs(run.baseline - eighth) <= GRID_TOLERANCE))
    if at_eighth != squeezed(draft.court_title):
        yield "Page 1: the title of the court is not on line 8."  # 12
    right = squeezed(
        "".join(run.text for run in page.body if run.left > pleading.CAPTION_MIDDLE and run.baseline > eighth)
    )
    left = squeezed(
        "".join(run.text for run in page.body if run.right < pleading.CAPTION_MIDDLE + 2 and run.baseline > eighth)
    )
    if squeezed(f"Case No. {draft.case_number}") not in right:
        yield "Page 1: the case number does not stand at the right of the caption."  # 13
    if squeezed(draft.defendant) not in left:
        yield "Page 1: the title of the case does not stand at the left of the caption."  # 13


def _signature(draft: Draft, page: Page) -> Iterator[str]:
    lines: dict[int, str] = {}
    for run in page.body:
        lines[round(run.baseline)] = lines.get(round(run.baseline), "") + run.text
    marks = SIGNED[draft.kind]
    if any(mark not in " ".join(lines.values()) for mark in marks):
        yield "The last page lacks the lines for date and signature."  # 17
        return
    dated = min(baseline for baseline, text in lines.items() if marks[0] in text)
    if sum(baseline < dated for baseline in lines) < 2:
        yield "The signature stands on a page with no text of the paper."  # 17


def put_in(draft: Draft) -> str:
    """The words of a draft as markup means them."""
    return " ".join(words_in(markup) for markup in (draft.markup, draft.shared) if markup)


def words_in(markup: str) -> str:
    """The words between the tags of a page's body."""
    return html.unescape(re.sub(r"<[^>]*>", " ", markup.split("<body>", 1)[1]))


def _read_back(draft: Draft, pages: list[Page]) -> Iterator[str]:
    """Letters counted as a whole, then each name, number, section and date in its order."""
    out, given = squeezed("".join(run.text for page in pages for run in page.body)), squeezed(put_in(draft))
    missing, added = Counter(given) - Counter(out), Counter(out) - Counter(given)
    if missing or added:
        shown = ", ".join(f"U+{ord(character):04X}" for character in sorted(missing | added)[:8])
        yield f"What is printed is not what was put in; the characters that differ: {shown}."
    for said in draft.must_say:
        if squeezed(said) not in out:
            yield f"“{said}” can't be read in the finished paper."


def _public(draft: Draft) -> Iterator[str]:
    """Identifiers that no public paper carries (20), and stubs of a template (21) outside the words people gave us."""
    text = put_in(draft).replace("\u00a0", " ")  # else what people gave us is not found in it
    for pattern, what in IDENTIFIERS:
        if pattern.search(text):
            yield f"The paper holds {what}."
    for cited in sorted(set(CITED.findall(text)) - CITES[draft.kind]):
        if not any(cited in given for given in draft.from_outside):
            yield f"Section {cited} is not among the statutes approved for this paper."  # 25
    if CII.search(text.replace(draft.case_number, " ")):
        yield "The paper holds a number with the form of a CII number."  # 20
    for given in draft.from_outside:
        text = text.replace(given, " ")
    if re.search(r"\b(?:petition|application)\b", draft.title, re.IGNORECASE):
        yield "The title calls the prosecutor's paper a petition or an application, which are the person's own."  # 25
    if stub := STUBS.search(text):
        yield f"An unfilled mark is printed: “{stub.group()}”."


def exhibit_faults(
    pages: list[Page], *, given: Sequence[str], labels: Sequence[str], footer: str, public: bool
) -> list[str]:
    """What is wrong with a volume of an exhibit: each page must say exactly what it was given, in that order."""
    found = []
    if len(pages) != len(given):
        return [f"The exhibit has {len(pages)} pages, but {len(given)} were planned."]
    for number, (page, said, label) in enumerate(zip(pages, given, labels, strict=True), start=1):
        text = "".join(run.text for run in page.body)
        if squeezed(text) != squeezed(said):
            found.append(f"Page {number}: what is printed is not, row by row, what was put in.")  # 23
        if public:
            found += [f"Page {number}: it holds {what}." for pattern, what in IDENTIFIERS if pattern.search(text)]
        found += [f"Page {number}: {fault}" for fault in (*_sheet(page), *_exhibit_type(page))]
        marks = [squeezed(run.text) for run in page.artifacts]
        if squeezed(label) not in marks or squeezed(footer) not in marks:
            found.append(f"Page {number}: its number or its title is missing below.")
    return found


def _exhibit_type(page: Page) -> Iterator[str]:
    """Type of an exhibit: black, embedded, at least 10 points, inside the margins."""
    for run in page.body:
        if not run.embedded or not run.font.startswith(FAMILIES) or not run.black:
            yield f"“{run.text.strip()[:40]}” is not in the embedded Times face in black."
        if run.size < pleading.FOOTER_SIZE - SIZE_TOLERANCE:
            yield f"“{run.text.strip()[:40]}” is smaller than 10 points."
        if run.left < 36 or run.right > 576 or not 54 < run.baseline < 740:
            yield f"“{run.text.strip()[:40]}” stands outside the margins."


def letter_faults(pages: list[Page], markup: str) -> list[str]:
    """What is wrong with a letter: one page, nothing changed, and no section or identifier in it."""
    text, given = "".join(run.text for page in pages for run in page.body), words_in(markup)
    found = [] if len(pages) == 1 else [f"The letter has {len(pages)} pages, not one."]
    if squeezed(text) != squeezed(given):
        found.append("What is printed is not what was put in.")
    found += [f"It holds {what}." for pattern, what in IDENTIFIERS if pattern.search(given)]
    found += [f"It names section {cited}." for cited in CITED.findall(given)]
    return found + [fault for page in pages for fault in _sheet(page)]
