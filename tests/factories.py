"""Factories of the office: accounts, courts, the office itself. Everybody is invented."""

from __future__ import annotations

import factory

from clearmyrecord.office.models import Court, CourtText, Office, Role, User


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    first_name = "Una"
    last_name = factory.Sequence(lambda n: f"Usher {n}")
    role = Role.ANALYST
    password = factory.django.Password("quiet river under stone")


class OfficeFactory(factory.django.DjangoModelFactory[Office]):
    class Meta:
        model = Office
        django_get_or_create = ("only_one",)

    only_one = True
    county = "CONTRA COSTA"
    name = "Office of the District Attorney"
    district_attorney = "Diana Example"
    street = "1 Demonstration Street"
    city = "Martinez"
    zip_code = "94553"
    phone = "(925) 555-0100"
    email = "da@office.example"


class CourtFactory(factory.django.DjangoModelFactory[Court]):
    class Meta:
        model = Court

    name = "Superior Court of California"
    branch = factory.Sequence(lambda n: f"Branch {n}")
    street = "2 Demonstration Street"
    city = "Martinez"
    zip_code = "94553"
    case_number_pattern = r"[A-Z]{0,3}[0-9][0-9A-Z-]{3,14}"
    case_number_example = "CR74687"


class CourtTextFactory(factory.django.DjangoModelFactory[CourtText]):
    class Meta:
        model = CourtText

    text = factory.Sequence(lambda n: f"CASC BRANCH {n}")
    court = factory.SubFactory(CourtFactory)
