"""The desk of inquiries, and the public form."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Invalid, NotAllowed, NotFound
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import READERS, StaffRequest, public, role_required
from clearmyrecord.office.models import Role
from clearmyrecord.relief import inquiries as services
from clearmyrecord.relief import inquiry_forms as forms
from clearmyrecord.relief.inquiry_search import alike
from clearmyrecord.relief.models import Inquiry, InquiryLetter

ON_A_PAGE = 25


@role_required(*READERS)
@require_GET
def inquiries(request: StaffRequest) -> HttpResponse:
    """Who asked; the open ones first."""
    form = forms.InquiryFilter(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    listed = Inquiry.objects.select_related("entered_by", "settled_by")
    if state != "all":
        listed = listed.filter(state=state or Inquiry.State.OPEN)
    page = Paginator(listed, ON_A_PAGE).get_page(request.GET.get("page"))
    audit.viewed(request, [each.subject_id for each in page if each.subject_id], "list")
    context = {"page_obj": page, "form": form, "may_act": request.user.role in services.WHO, "state": state}
    return render(request, "relief/inquiries.html", context)


@role_required(Role.ANALYST, Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Log an inquiry."""
    form = forms.InquiryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = services.log(actor=request.user, values=form.cleaned_data)
        except Invalid as invalid:
            form.add_error(None, str(invalid))
        else:
            return redirect("relief:inquiry", kept.pk)
    return render(request, "relief/new_inquiry.html", {"form": form}, status=422 if form.errors else 200)


@role_required(*READERS)
@require_GET
def inquiry(request: StaffRequest, pk: int) -> HttpResponse:
    """One inquiry: who may be meant, then everything in one glance."""
    return _page(request, pk)


def _page(request: StaffRequest, pk: int, **refused: Form) -> HttpResponse:
    """The page, with a form that was refused in place of the empty one."""
    found = services.inquiry_or_404(request.user, pk)
    may_act = request.user.role in services.WHO
    context = {
        "inquiry": found,
        "is_open": found.state == Inquiry.State.OPEN,
        "may_act": may_act,
        "letters": found.letters.select_related("written_by"),
        "settle_form": forms.SettleForm(),
        "refused": next(iter(refused.values()), None),
    }
    if found.subject_id:
        standings = services.standings(found.subject_id)
        show_sealed = "sealed" in request.GET
        context |= {
            "standings": [each for each in standings if show_sealed or not each.is_sealed],
            "sealed": sum(each.is_sealed for each in standings),
            "show_sealed": show_sealed,
            "letter_form": forms.LetterForm(),
        }
        audit.viewed(request, [found.subject_id], "sealed" if show_sealed else "page", target=found)
    elif may_act:
        likely = alike(found.name, found.birth_date)
        context |= {"likely": likely, "who_form": forms.WhoForm(), "chosen": request.POST.get("subject_id", "")}
        audit.viewed(request, [each.subject.pk for each in likely], "list", target=found)
    return render(request, "relief/inquiry.html", context | refused, status=422 if refused else 200)


@role_required(Role.ANALYST, Role.SUPERVISOR)
@require_POST
def say_who(request: StaffRequest, pk: int) -> HttpResponse:
    """Say which subject is meant."""
    form = forms.WhoForm(request.POST)
    if form.is_valid():
        try:
            services.say_who(actor=request.user, inquiry_id=pk, **form.cleaned_data)
        except Invalid as invalid:
            form.add_error(None, str(invalid))
        else:
            return redirect("relief:inquiry", pk)
    return _page(request, pk, who_form=form)


@role_required(Role.ANALYST, Role.SUPERVISOR)
@require_POST
def settle(request: StaffRequest, pk: int) -> HttpResponse:
    """Answered, or closed."""
    form = forms.SettleForm(request.POST)
    if not form.is_valid():
        return _page(request, pk, settle_form=form)
    services.settle(actor=request.user, inquiry_id=pk, **form.cleaned_data)
    messages.success(request, "The inquiry is settled.")
    return redirect("relief:inquiries")


@role_required(Role.ANALYST, Role.SUPERVISOR)
@require_POST
def write_letter(request: StaffRequest, pk: int) -> HttpResponse:
    """Write the letter; it is shown on the inquiry's page, to be printed."""
    form = forms.LetterForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data | {"address": form.cleaned_data["address"].splitlines()}
        try:
            services.write_letter(actor=request.user, inquiry_id=pk, **told)
        except Invalid as invalid:
            form.add_error(None, str(invalid))
        else:
            messages.success(request, "The letter is written. Print it below; nothing was sent.")
            return redirect("relief:inquiry", pk)
    return _page(request, pk, letter_form=form)


@role_required(*READERS)
@require_GET
def letter(request: StaffRequest, pk: int) -> HttpResponse:
    """A letter as it was written."""
    found = InquiryLetter.objects.select_related("inquiry").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such letter.")
    with default_storage.open(found.storage_key) as stored:
        content = stored.read()
    audit.viewed(request, filter(None, [found.inquiry.subject_id]), "pdf", target=found.inquiry)
    name = f"inquiry-{found.inquiry_id}-letter-{found.language[:2]}.pdf"
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@public
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The public form: files an inquiry and reveals nothing. Not there unless the office turned it on."""
    if not settings.PUBLIC_INQUIRIES:
        raise NotFound("There is no such page.")
    form = forms.PublicForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.ask(address=audit.address_of(request) or "", values=form.cleaned_data)
        except NotAllowed as refused:
            form.add_error(None, str(refused))
            return render(request, "relief/ask.html", {"form": form, "office": office.office()}, status=429)
        return redirect("relief:asked")
    context = {"form": form, "office": office.office()}
    return render(request, "relief/ask.html", context, status=422 if form.errors else 200)


@public
@require_GET
def asked(request: HttpRequest) -> HttpResponse:
    """Thanks, the same for everybody."""
    if not settings.PUBLIC_INQUIRIES:
        raise NotFound("There is no such page.")
    return render(request, "relief/asked.html", {"office": office.office()})
