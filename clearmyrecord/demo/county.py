"""The invented county: its office, courts and people. Nobody and nothing here is real; no table of its own."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from clearmyrecord.audit import services as audit
from clearmyrecord.office.models import Court, CourtText, Office, Role, User

PASSWORD = "an invented county"  # noqa: S105 - printed on purpose
"""The demo accounts' password, printed by `make run`; a production database that holds it refuses to migrate."""


@dataclass(frozen=True)
class Person:
    """One demo account."""

    username: str
    first_name: str
    last_name: str
    role: Role
    title: str
    bar_number: str = ""


PEOPLE = (
    Person("ana", "Ana", "Alvarez", Role.ANALYST, "Analyst"),
    Person("theo", "Theo", "Tran", Role.ANALYST, "Deputy District Attorney", bar_number="900001"),
    Person("sam", "Sam", "Stone", Role.SUPERVISOR, "Supervisor"),
    Person("sue", "Sue", "Sato", Role.SUPERVISOR, "Supervising Deputy District Attorney", bar_number="900002"),
    Person("adam", "Adam", "Abbott", Role.ADMINISTRATOR, "Administrator"),
    Person("ivy", "Ivy", "Iverson", Role.AUDITOR, "Auditor"),
    Person("pat", "Pat", "Park", Role.PUBLIC_DEFENDER, "Deputy Public Defender"),
)

OFFICE = {
    "county": "CONTRA COSTA",
    "name": "Office of the District Attorney, Contra Costa County (invented for demonstration)",
    "district_attorney": "Diana Example",
    "street": "1 Demonstration Street",
    "city": "Martinez",
    "zip_code": "94553",
    "phone": "(925) 555-0100",
    "fax": "(925) 555-0101",
    "email": "da@office.example",
}

# branch, street, city, zip, case-number pattern, example, texts in record files
COURTS = (
    ("Martinez", "2 Demonstration Street", "Martinez", "94553", ("CASCCONTRA COSTA", "CASC MARTINEZ")),
    ("Richmond", "3 Demonstration Street", "Richmond", "94805", ("CAMC RICHMOND",)),
    ("Pittsburg", "4 Demonstration Street", "Pittsburg", "94565", ("CAMC PITTSBURG",)),
    ("Walnut Creek", "5 Demonstration Street", "Walnut Creek", "94596", ("CAMC WALNUT CREEK",)),
)
COURT_NAME = "Superior Court of California"
CASE_NUMBER_PATTERN = r"[A-Z]{0,3}[0-9][0-9A-Z-]{3,14}"
CASE_NUMBER_EXAMPLE = "CR74687"


def ensure_people() -> list[User]:
    """Create the demo accounts that are missing; idempotent."""
    people = []
    for person in PEOPLE:
        user, created = User.objects.get_or_create(
            username=person.username,
            defaults={
                "first_name": person.first_name,
                "last_name": person.last_name,
                "email": f"{person.username}@office.example",
                "role": person.role,
                "title": person.title,
                "is_attorney": bool(person.bar_number),
                "bar_number": person.bar_number,
            },
        )
        if created:
            user.set_password(PASSWORD)
            user.save(update_fields=["password"])
        people.append(user)
    return people


@transaction.atomic
def ensure_office() -> Office:
    """Fill the office page, its courts and how record files name them; idempotent."""
    people = {user.username: user for user in ensure_people()}
    office, created = Office.objects.get_or_create(defaults=OFFICE)
    if not created:
        return office
    for branch, street, city, zip_code, texts in COURTS:
        court = Court.objects.create(
            name=COURT_NAME,
            branch=branch,
            street=street,
            city=city,
            zip_code=zip_code,
            case_number_pattern=CASE_NUMBER_PATTERN,
            case_number_example=CASE_NUMBER_EXAMPLE,
        )
        for text in texts:
            CourtText.objects.update_or_create(text=text, defaults={"court": court})
    audit.record(actor=people["adam"], verb="office.demo_loaded", target=office)
    return office
