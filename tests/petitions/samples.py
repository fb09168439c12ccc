"""One set of invented papers of each kind: for the golden texts, and to look at.

python -m tests.petitions.samples golden      write the golden texts anew
python -m tests.petitions.samples FOLDER      render every page of every kind to PNG
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import pypdfium2

from petitions import (
    Paper,
    draft,
    draft_letter,
    draft_omnibus,
    draft_proof_of_service,
    draft_recommendation,
    draw_volume,
    package,
    reading,
)
from petitions.papers.omnibus import Omnibus
from tests.petitions.cases import (
    case_file,
    conviction,
    identified,
    letter,
    omnibus,
    proof,
    recommendation,
    redesignation,
    serving,
)
from tests.petitions.test_package import row

GOLDEN = Path(__file__).parent / "golden"
ENDED = date(2018, 1, 1)
DISMISSED_SERVING = conviction(sealing=False, convicted_on=date(2016, 5, 2), sentence_end=None)


def _list(given: Omnibus) -> list[bytes]:
    drafted = draft_omnibus(given, rows_a_volume=60)
    return _pdfs([*drafted.papers, *(paper for volume in drafted.volumes for paper in draw_volume(volume))])


def _pdfs(papers: list[Paper]) -> list[bytes]:
    return [paper.pdf for paper in papers]


def _index() -> list[bytes]:
    rows = [row(), row(documents=(), problems=("The case has no case number.",))]
    return [package.index_pdf(rows, batch_name="First", office_name="Office", approved_on=date(2019, 11, 4))]


def _cover() -> list[bytes]:
    papers = [
        package.Document(
            paper.kind, paper.title, paper.file_name, paper.pages, 1, sha256(paper.kind.encode()).hexdigest()
        )
        for paper in draft(case_file())
    ]
    return [package.cover_pdf(papers, case_number="05-110273-8", court="Superior Court", state="unsigned")]


SAMPLES: dict[str, Callable[[], list[bytes]]] = {
    "dismiss": lambda: _pdfs(draft(case_file())),
    "redesignate": lambda: _pdfs(draft(case_file(redesignation()))),
    "dismiss-and-redesignate": lambda: _pdfs(draft(case_file(conviction(), redesignation()))),
    "resentence-serving": lambda: _pdfs(draft(serving())),
    "dismiss-serving": lambda: _pdfs(draft(serving(DISMISSED_SERVING))),
    "policy": lambda: _pdfs(
        draft(case_file(conviction(section="11359", basis="policy", missing=(), may_say_no_exception=True)))
    ),
    "omnibus-dismiss": lambda: _list(identified(omnibus(70, conviction(sentence_end=ENDED)))),
    "omnibus-redesignate": lambda: _list(omnibus(70, redesignation(sentence_end=ENDED))),
    "recommendation": lambda: _pdfs(draft_recommendation(recommendation())),
    "letter-english": lambda: _pdfs([draft_letter(letter())]),
    "letter-spanish": lambda: _pdfs([draft_letter(letter(language="es-US", done="misdemeanor", convictions=2))]),
    "proof-of-service": lambda: _pdfs([draft_proof_of_service(proof())]),
    "cover": _cover,
    "index": _index,
    "preview": lambda: _pdfs(draft(case_file(), purpose="preview")),
}


def text_of(name: str) -> str:
    """The text of a sample as it is printed: a line of the paper is a line here, pages and papers are ruled off."""
    language = "es-US" if name == "letter-spanish" else "en-US"
    papers = [reading.read(pdf, language=language)[0] for pdf in SAMPLES[name]()]
    return "\n\n=====\n\n".join("\n-----\n".join(_lines(page) for page in pages) for pages in papers) + "\n"


def _lines(page: reading.Page) -> str:
    lines: dict[int, str] = {}
    for run in page.body:
        at = round(run.baseline)
        lines[at] = f"{lines[at]} {run.text.strip()}" if at in lines else run.text.strip()
    return "\n".join(lines[at] for at in sorted(lines))


def write_golden() -> None:
    """Write the golden texts anew; look at the difference before it is committed."""
    GOLDEN.mkdir(exist_ok=True)
    for name in SAMPLES:
        (GOLDEN / f"{name}.txt").write_text(text_of(name), encoding="utf-8")


def write_pages(folder: Path) -> None:
    """Every page of every sample as PNG."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, made in SAMPLES.items():
        for number, pdf in enumerate(made(), start=1):
            document = pypdfium2.PdfDocument(pdf)
            for index in range(len(document)):
                target = folder / f"{name}-{number}-{index + 1}.png"
                document[index].render(scale=1.5).to_pil().save(target)
    print(f"{len(list(folder.glob('*.png')))} pages in {folder}")


if __name__ == "__main__":
    if sys.argv[1:] == ["golden"]:
        write_golden()
    else:
        write_pages(Path(sys.argv[1] if len(sys.argv) > 1 else "var/pages"))
