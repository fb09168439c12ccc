"""Runs: every conviction in scope gets one determination, and everything balances."""

import gzip
from datetime import date
from pathlib import Path

import pytest

from clearmyrecord.runs import queries, services
from clearmyrecord.runs.models import Determination, Policy, Run, RunChunk
from tests.records.factories import arrest, conviction, read_file

pytestmark = pytest.mark.django_db

AS_OF = date(2024, 7, 1)


def run_of(actor, name="contra_costa_2019", as_of=AS_OF) -> Run:
    """Start a run and evaluate its chunks, as the workers would."""
    services.install_presets()
    run = services.start_run(actor=actor, policy_id=Policy.objects.get(name=name).pk, as_of=as_of)
    for chunk in RunChunk.objects.filter(run=run):
        services.evaluate_chunk(chunk.pk)
    run.refresh_from_db()
    return run


class TestRun:
    def test_a_conviction_gets_its_determination_and_the_run_balances(self, ana, office):
        read_file(ana, [arrest(), conviction()])
        run = run_of(ana)
        assert run.state == "finished", run.failure
        assert run.is_current
        assert run.reconciliation["balances"]
        determination = queries.standing(run).get()
        assert determination.conviction.code_section == "HS 11359"
        explained = queries.explanation(determination)
        assert len(explained.lines) == len(determination.trace)
        assert explained.facts
