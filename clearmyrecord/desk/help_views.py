"""What helps along: the glossary, and the first steps of each role."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clearmyrecord import glossary as words
from clearmyrecord.desk.first_steps import paths_for
from clearmyrecord.office.access import StaffRequest, signed_in


@signed_in
@require_GET
def glossary(request: StaffRequest) -> HttpResponse:
    """Every word of the product with its meaning."""
    return render(request, "desk/glossary.html", {"groups": words.groups()})


@signed_in
@require_GET
def first_steps(request: StaffRequest) -> HttpResponse:
    """Five minutes through the work of one's role; what is done is read from the data and the trail."""
    context = {"paths": paths_for(request.user), "is_demo": settings.DEMO}
    return render(request, "desk/first_steps.html", context)
