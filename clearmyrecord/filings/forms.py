"""Forms of filings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import F, QuerySet

from clearmyrecord.filings import queries, receipt_rows
from clearmyrecord.filings.models import Filing
from clearmyrecord.office import queries as office
from clearmyrecord.office.models import Court

DATE = forms.DateInput(attrs={"type": "date"})
CASE = ("court__branch", "court_id", "case_number", "route", "pk")
SORTS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "": ("Newest batch first", ("-batch_id", *CASE)),
    "case": ("By case number", ("case_number", *CASE)),
    "state": ("By state", ("state", *CASE)),
    "filed": ("Filed last first", (F("filed_on").desc(nulls_last=True), *CASE)),
}
ROUTES = [("", "Any route"), ("completed", "Completed"), ("serving", "Serving")]


class SignForm(forms.Form):
    """The password once more, and where the declarations are executed."""

    seen_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)
    place = forms.CharField(
        label="City where you sign", max_length=80, help_text="In California; the declarations state it."
    )
    password = forms.CharField(
        label="Your password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class FiledForm(forms.Form):
    """What the clerk's stamp or receipt says."""

    filed_on = forms.DateField(label="Filed on", widget=DATE)
    number = forms.CharField(
        label="The court’s number",
        max_length=60,
        help_text="Of its receipt, envelope or filing, as the court writes it.",
    )


class MotionFiledForm(FiledForm):
    """And the case number of its own that the court gives an omnibus motion."""

    assigned_number = forms.CharField(
        label="Case number of the motion",
        max_length=60,
        help_text="The miscellaneous number that the court assigned to it.",
    )
    field_order = ["assigned_number", "filed_on", "number"]


class UndoForm(forms.Form):
    reason = forms.CharField(label="Why", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class CorrectForm(FiledForm, UndoForm):
    field_order = ["filed_on", "number", "reason"]


class MotionCorrectForm(MotionFiledForm, UndoForm):
    field_order = ["assigned_number", "filed_on", "number", "reason"]


class ReceiptListForm(forms.Form):
    court = forms.ModelChoiceField(queryset=Court.objects.none(), empty_label="Choose the court")
    file = forms.FileField(
        label="Receipt list",
        help_text="CSV with headings, one row for each case the court filed; up to 5 MB. From a spreadsheet: save it "
        "as CSV first.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["court"].queryset = queries.courts_with_filings()  # type: ignore[attr-defined]


class ColumnsForm(forms.Form):
    """Which column of a list holds what."""

    def __init__(self, *args: Any, headings: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, _) in receipt_rows.FIELDS.items():
            is_required = name in receipt_rows.REQUIRED
            empty = "Choose a column" if is_required else "Not in this list"
            choices = [("", empty), *((heading, heading) for heading in headings)]
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=is_required)


class FilingFilter(forms.Form):
    """What the list of filings shows, and in what order; coded values only, kept in the address."""

    court = forms.ModelChoiceField(queryset=Court.objects.none(), required=False, empty_label="Any court")
    state = forms.ChoiceField(required=False, choices=[("", "Any state"), *Filing.State.choices])
    route = forms.ChoiceField(required=False, choices=ROUTES)
    filed = forms.ChoiceField(
        required=False, choices=[("", "Filed or not"), ("no", "With papers, not filed"), ("yes", "Filed")]
    )
    sort = forms.ChoiceField(required=False, choices=[(name, label) for name, (label, _) in SORTS.items()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["court"].queryset = queries.courts_with_filings()  # type: ignore[attr-defined]

    def narrowed(self, found: QuerySet[Filing]) -> QuerySet[Filing]:
        """What the known values that were chosen leave, in the chosen order."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        filed, sort = chosen.pop("filed", ""), chosen.pop("sort", "")
        if filed == "yes":
            found = found.filter(state=Filing.State.FILED)
        elif filed == "no":
            found = found.filter(state__in=queries.NOT_FILED)
        return found.filter(**chosen).order_by(*SORTS[sort][1])


class ProofForm(forms.Form):
    """Who serves the papers of one case, how, and on whom. Date and place stay blank until it is done."""

    server = forms.CharField(label="Name of the person who serves", max_length=120)
    server_address = forms.CharField(
        label="Business address of that person",
        max_length=200,
        help_text="For service by e-mail, the e-mail address too.",
    )
    may_serve = forms.BooleanField(label="Over 18, no party, and not the attorney who signs")
    method = forms.ChoiceField(
        label="How",
        widget=forms.RadioSelect,
        choices=[("mail", "By mail"), ("personal", "Personally"), ("electronic", "By e-mail")],
    )
    consents = forms.BooleanField(label="For e-mail: they consent, or the court ordered it", required=False)
    who_1 = forms.CharField(label="Served on", max_length=120, help_text="Name or office, e.g. the public defender.")
    address_1 = forms.CharField(label="Their address", max_length=200)
    who_2 = forms.CharField(label="Also served on", max_length=120, required=False)
    address_2 = forms.CharField(label="Address of the second", max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if bool(values.get("who_2")) != bool(values.get("address_2")):
            self.add_error("address_2", "Give both the name and the address, or neither.")
        return values

    def served(self) -> list[tuple[str, str]]:
        """Who is served, and where."""
        given = [(self.cleaned_data[f"who_{number}"], self.cleaned_data[f"address_{number}"]) for number in (1, 2)]
        return [(who, address) for who, address in given if who]


class LetterForm(forms.Form):
    """What the court did, and where the letter goes. Nothing is sent from here."""

    done = forms.MultipleChoiceField(label="What the court ordered", widget=forms.CheckboxSelectMultiple)
    languages = forms.MultipleChoiceField(
        label="Languages", widget=forms.CheckboxSelectMultiple, choices=[("en-US", "English"), ("es-US", "Spanish")]
    )
    ordered_on = forms.DateField(label="Date of the order", widget=forms.DateInput(attrs={"type": "date"}))
    address = forms.CharField(
        label="Address",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=300,
        help_text="Street, then city and ZIP.",
    )
    address_source = forms.CharField(
        label="How the address was verified",
        max_length=400,
        help_text="For example “confirmed by counsel on May 3, 2026”.",
    )
    defender_phone = forms.CharField(label="Telephone of the public defender", max_length=40)

    def __init__(self, *args: Any, reliefs: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done"].choices = [  # type: ignore[attr-defined]
            (done, f"{DONE[done]}: {number} conviction{'' if number == 1 else 's'}") for done, number in reliefs.items()
        ]

    def clean_address(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.cleaned_data["address"].splitlines() if line.strip())

    def clean_ordered_on(self) -> date:
        ordered_on: date = self.cleaned_data["ordered_on"]
        if ordered_on > office.today():
            raise forms.ValidationError("The court can't have ordered it in the future.")
        return ordered_on


DONE = {
    "sealed": "Dismissed and sealed",
    "dismissed": "Dismissed",
    "misdemeanor": "Lowered to a misdemeanor",
    "infraction": "Lowered to an infraction",
}
"""What a letter may say that the court did, in words."""
