"""Objections carve a conviction out; only an attorney resolves them, and the rest goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Conflict, Invalid, NotAllowed
from clearmyrecord.relief import objections, services
from clearmyrecord.relief.models import Objection
from tests.cast import *  # noqa: F403 (the cast's fixtures)
from tests.relief.conftest import denied, granted, hearing, state_of, today


def object_to(actor, item, **others):
    told = {"who": "defender", "name": "Pat Park", "raised_on": today(), "ground": "record", "text": "Not this person."}
    return objections.object_to(actor=actor, item_ids=[item.pk], **told | others)


def resolve(actor, resolution, reason="Settled by telephone."):
    return objections.resolve(
        actor=actor, objection_id=Objection.objects.get(resolved_at=None).pk, resolution=resolution, reason=reason
    )


class TestObjecting:
    def test_the_conviction_is_carved_out_and_the_rest_goes_on(self, item, ana):
        assert object_to(ana, item("CR0001")) == 1
        assert (state_of(item("CR0001")), state_of(item("CR0002"))) == ("objected", "waiting")
        with pytest.raises(Conflict, match="attorney"):
            services.answer(actor=ana, item_ids=[item("CR0001").pk], told=granted())
        assert services.answer(actor=ana, item_ids=[item("CR0002").pk], told=granted()) == 1
        event = AuditEvent.objects.get(verb="objection.entered")
        assert event.detail == {"convictions": 1, "who": "defender", "ground": "record"}

    def test_the_same_said_twice_is_one_and_another_word_of_the_same_person_waits(self, item, ana):
        object_to(ana, item("CR0001"))
        assert object_to(ana, item("CR0001")) == 0
        with pytest.raises(Conflict):
            object_to(ana, item("CR0001"), text="Something else.")
        assert object_to(ana, item("CR0001"), who="counsel") == 1

    def test_what_is_decided_is_not_objected_to(self, item, ana):
        services.answer(actor=ana, item_ids=[item("CR0001").pk], told=granted())
        with pytest.raises(Conflict):
            object_to(ana, item("CR0001"))

    @pytest.mark.parametrize(
        "wrong", [{"text": " "}, {"who": "judge"}, {"ground": "spite"}, {"raised_on": today() + timedelta(1)}]
    )
    def test_what_can_not_be_is_refused(self, item, ana, wrong):
        with pytest.raises(Invalid):
            object_to(ana, item("CR0001"), **wrong)

    def test_only_analysts_and_supervisors_enter_it(self, item, ivy, adam):
        for actor in (ivy, adam):
            with pytest.raises(NotAllowed):
                object_to(actor, item("CR0001"))


class TestResolving:
    @pytest.mark.parametrize(
        ("resolution", "state", "holds"),
        [
            ("objection_withdrawn", "waiting", True),
            ("item_withdrawn", "withdrawn", False),
            ("to_hearing", "hearing", True),
        ],
    )
    def test_an_attorney_says_what_became_of_it(self, item, ana, theo, resolution, state, holds):
        object_to(ana, item("CR0001"))
        resolve(theo, resolution)
        assert (state_of(item("CR0001")), item("CR0001").holds) == (state, holds)
        assert AuditEvent.objects.filter(verb="objection.resolved").count() == 1

    def test_nobody_without_the_mark(self, item, ana, sam):
        object_to(ana, item("CR0001"))
        for actor in (ana, sam):
            with pytest.raises(NotAllowed):
                resolve(actor, "to_hearing")

    def test_a_hearing_that_was_set_before_stands_again(self, item, ana, theo):
        services.answer(actor=ana, item_ids=[item("CR0001").pk], told=hearing())
        object_to(ana, item("CR0001"))
        resolve(theo, "objection_withdrawn")
        assert state_of(item("CR0001")) == "hearing"

    def test_said_twice_it_is_one_said_otherwise_a_conflict_and_never_edited(self, item, ana, theo):
        object_to(ana, item("CR0001"))
        done = resolve(theo, "to_hearing")
        again = {"actor": theo, "objection_id": done.pk, "reason": "Again."}
        objections.resolve(resolution="to_hearing", **again)
        with pytest.raises(Conflict):
            objections.resolve(resolution="item_withdrawn", **again)
        with pytest.raises(DatabaseError, match="only resolved"), transaction.atomic():
            Objection.objects.update(text="Nothing.")
        assert AuditEvent.objects.filter(verb="objection.resolved").count() == 1

    def test_what_the_office_withdrew_gets_no_answer_any_more(self, item, ana, theo):
        object_to(ana, item("CR0001"))
        object_to(ana, item("CR0001"), who="counsel")
        objections.resolve(
            actor=theo, objection_id=Objection.objects.last().pk, resolution="item_withdrawn", reason="Right."
        )
        assert not Objection.objects.filter(resolved_at=None).exists()
        with pytest.raises(Conflict, match="withdrew"):
            services.answer(actor=ana, item_ids=[item("CR0001").pk], told=denied())
