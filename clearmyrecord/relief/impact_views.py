"""The impact report: on the screen, as PDF in the office's name, as CSV behind every chart. Names nobody."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from clearmyrecord import printing
from clearmyrecord.errors import NotFound
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import READERS, StaffRequest, role_required
from clearmyrecord.records.exports import csv_response
from clearmyrecord.relief import impact

BAR = 320
"""Width of the longest bar, in units of the drawing."""
MOST_MINUTES = 999
STYLE = """
@page { margin: 50pt 54pt 50pt; }
html { font-size: 10pt; line-height: 13pt; }
p { font-size: 10pt; text-indent: 0; margin: 0 0 5pt; }
h1 { font-size: 17pt; font-weight: bold; line-height: 21pt; text-align: left; margin: 0 0 4pt; }
h2 { font-size: 12pt; font-weight: bold; line-height: 15pt; text-align: left; margin: 12pt 0 3pt; break-after: avoid; }
table { border-collapse: collapse; font-size: 9.5pt; line-height: 12pt; margin: 0 0 4pt; width: 100%; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border-bottom: .25pt solid #777; padding: 2pt 5pt 2pt 0; text-align: left; vertical-align: top; }
th { font-weight: bold; }
.number { text-align: right; white-space: nowrap; }
.means { font-size: 8pt; line-height: 10pt; font-weight: normal; }
.bars { width: 40%; }
.bar { display: block; height: 3pt; margin: 1pt 0; background: #1a4480; }
.bar--filed { background: #5b616b; }
.bar--granted { background: #00a398; }
"""
WIDTHS = "".join(f".w{percent} {{ width: {percent}%; }}\n" for percent in range(101))


@role_required(*READERS)
@require_GET
def report(request: StaffRequest) -> HttpResponse:
    """The report of today."""
    return render(request, "relief/impact.html", _context(request))


@role_required(*READERS)
@require_GET
def report_pdf(request: StaffRequest) -> HttpResponse:
    """The same as a tagged PDF."""
    context = _context(request)
    markup = render_to_string("relief/impact_print.html", context)
    footer = f"Impact report, {context['office'].name}"
    content = printing.pdf(markup, footer=footer, style=STYLE + WIDTHS)
    name = f"impact-{context['report'].day.isoformat()}.pdf"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@role_required(*READERS)
@require_GET
def chart_csv(request: StaffRequest, name: str) -> HttpResponse:
    """The figures behind a chart, or those of the report itself."""
    report = impact.report()
    file = f"impact-{name}-{report.day.isoformat()}.csv"
    if name == "figures":
        rows = [(words, *numbers, means) for words, means, numbers in _figures(report)]
        return csv_response(file, ("Figure", *impact.STAGES.values(), "What it means"), rows)  # type: ignore[return-value]
    if name == "batches":
        heads = ("Batch", "Name", "Convictions", "Filed", "Granted")
        return csv_response(file, heads, report.batches)  # type: ignore[return-value]
    chart = report.chart(name)
    lines = ((line.label, *(_shown(line.numbers[stage]) for stage in impact.STAGES)) for line in chart.lines)
    return csv_response(file, (chart.title, *impact.STAGES.values()), lines)  # type: ignore[return-value]


def _shown(number: int | None) -> object:
    return "kept back" if number is None else number


def _figures(report: impact.Report) -> list[tuple[str, str, list[int]]]:
    """Each figure's words, what it means, and its number at each stage."""
    return [
        (words, means, [getattr(report.stages[stage], name) for stage in impact.STAGES])
        for name, (words, means) in impact.MEANS.items()
    ]


def _context(request: StaffRequest) -> dict[str, Any]:
    report = impact.report()
    minutes = _minutes(request.GET.get("minutes", ""))
    return {
        "report": report,
        "office": office.office_or_error(),
        "figures": _figures(report),
        "stages": list(impact.STAGES.values()),
        "charts": [(chart, _drawn(chart)) for chart in report.charts],
        "smallest": impact.SMALLEST_SHOWN,
        "minutes": minutes,
        "most_minutes": MOST_MINUTES,
        "hours": round(report.minutes_saved(minutes) / 60),
    }


def _minutes(text: str) -> int:
    if not text:
        return impact.MINUTES
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MOST_MINUTES):
        raise NotFound("Minutes are a whole number from 1 to 999.")
    return int(text)


def _part(whole: int, number: int | None, longest: int) -> float:
    return round(whole * (number or 0) / longest, 1)


def _percent(number: int | None, longest: int) -> int:
    return round(_part(100, number, longest))


def _drawn(chart: impact.Chart) -> list[dict[str, Any]]:
    """Each line with the widths of its bars, the longest of the chart being BAR units or 100 percent."""
    longest = max((number or 0 for line in chart.lines for number in line.numbers.values()), default=0) or 1
    return [
        {
            "label": line.label,
            "numbers": list(line.numbers.values()),
            "bars": [
                {"stage": stage, "y": 6 * place, "width": _part(BAR, of, longest), "percent": _percent(of, longest)}
                for place, (stage, of) in enumerate(line.numbers.items())
            ],
        }
        for line in chart.lines
    ]  # fmt: skip
