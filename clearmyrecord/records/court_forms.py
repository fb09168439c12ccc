"""The forms of courts' extracts."""

from typing import Any

from django import forms

from clearmyrecord.office.models import Court
from clearmyrecord.records.court_queries import FIELD_WORDS
from clearmyrecord.records.forms import DATE
from clearmyrecord.records.models import CourtRow
from eligibility.records.court_mapping import DATE_ORDERS, FIELDS, NEEDED, ColumnMapping, NotAMapping, guessed

SECTIONS = [("", "Any"), *((each, each) for each in ("11357", "11358", "11359", "11360")), ("other", "Another")]


class ExtractForm(forms.Form):
    file = forms.FileField(
        label="Extract",
        help_text="Text in columns with a header line (CSV, tabs, bars or semicolons); plain, .gz or .zip.",
    )
    court = forms.ModelChoiceField(Court.objects.all(), label="Court", help_text="Whose system it comes from.")
    received_on = forms.DateField(label="Received from the court on", widget=DATE)


class MappingForm(forms.Form):
    """Which column holds what. One choice per field of FIELDS, each column with some of its values."""

    convicted = forms.CharField(
        label="Dispositions that mean convicted",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One a line, as the extract writes them. Rows with another disposition are no convictions.",
    )
    date_order = forms.ChoiceField(
        label="Dates with the year last", choices=list(DATE_ORDERS.items()), widget=forms.RadioSelect
    )
    surname_last = forms.ChoiceField(
        label="Names without a comma",
        choices=[("no", "Last name first: ROE JANE"), ("yes", "Last name last: Jane Roe")],
        widget=forms.RadioSelect,
    )
    number_formats = forms.CharField(
        label="How the court writes its case numbers",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One format a line. N is a digit, N+ some digits, A a letter, YY or YYYY the year, x a sign that "
        "does not count, and what stands in [ ] may be missing: [xx-]NNNNNN[-x] fits 05-123456-7 and 123456.",
    )

    def __init__(self, *args: Any, columns: list[tuple[str, list[str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Not in the extract")]
        choices += [(name, f"{name}: {', '.join(values)}" if values else f"{name} (empty)") for name, values in columns]
        own = dict(self.fields)
        self.fields.clear()
        for name, label in FIELDS.items():
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=name in NEEDED)
        self.fields.update(own)

    def clean(self) -> dict[str, Any]:
        """Everything together must be a mapping that can be used."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                cleaned["mapping"] = self._mapping(cleaned)
            except NotAMapping as wrong:
                for name, says in wrong.fields.items():
                    self.add_error(name, says)
        return cleaned

    @staticmethod
    def _mapping(cleaned: dict[str, Any]) -> ColumnMapping:
        return ColumnMapping(
            columns={name: cleaned[name] for name in FIELDS if cleaned[name]},
            convicted=_lines(cleaned["convicted"]),
            date_order=cleaned["date_order"],
            surname_last=cleaned["surname_last"] == "yes",
            number_formats=_lines(cleaned["number_formats"]),
        )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def offered(values: dict[str, Any] | None, header: list[str]) -> dict[str, Any]:
    """What the form shows at first: the court's last mapping as far as the columns are there, else usual names."""
    if values is None:
        return {**guessed(header), "date_order": "month", "surname_last": "no"}
    return {
        **{name: column for name, column in values["columns"].items() if column in header},
        "convicted": "\n".join(values["convicted"]),
        "date_order": values["date_order"],
        "surname_last": "yes" if values["surname_last"] else "no",
        "number_formats": "\n".join(values["number_formats"]),
    }


class RowFilter(forms.Form):
    kind = forms.ChoiceField(label="What was found", required=False, choices=[("", "Any"), *CourtRow.Kind.choices])
    state = forms.ChoiceField(
        label="Answer",
        required=False,
        choices=[("", "Any"), *((value, label) for value, label in CourtRow.State.choices if value)],
    )
    section = forms.ChoiceField(label="Section", required=False, choices=SECTIONS)
    differs = forms.ChoiceField(label="What differs", required=False, choices=[("", "Any"), *FIELD_WORDS.items()])
    likely = forms.ChoiceField(
        label="Likeness", required=False, choices=[("", "Any"), ("yes", "Likely"), ("no", "Possible")]
    )


class SectionFilter(forms.Form):
    section = forms.ChoiceField(label="Section", required=False, choices=SECTIONS)


class RowAnswerForm(forms.Form):
    """An answer to a row of an extract, or its taking back."""

    answer = forms.ChoiceField(choices=[("confirm", ""), ("refuse", ""), ("undo", "")])
    reason = forms.CharField(max_length=1000)
