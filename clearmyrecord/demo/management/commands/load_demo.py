"""`manage.py load_demo`: fill a new installation with the invented county."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clearmyrecord.demo.county import OFFICE, PASSWORD, PEOPLE, ensure_office
from clearmyrecord.office.models import User
from clearmyrecord.records import services as records
from clearmyrecord.records.models import RecordFile
from clearmyrecord.runs import services as runs
from clearmyrecord.runs.models import Policy, Run
from clearmyrecord.work import Work
from eligibility.records import sample

SAMPLE_NAME = "invented-county.csv"
POLICY = "contra_costa_2019"
WAIT_SECONDS = 120


class Command(BaseCommand):
    help = "Fill the office page, accounts, a record file and its first run with invented data; does nothing twice."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demonstration data is loaded only where DEMO is set.")
        ensure_office()
        runs.install_presets(actor=User.objects.get(username="sam"))  # in an office its own supervisor reads and signs
        if not Run.objects.exists():
            self._load_county()
        self._say_accounts()

    def _load_county(self) -> None:
        """As the analyst would: upload the file, wait until it is read, evaluate it."""
        ana = User.objects.get(username="ana")
        file = RecordFile.objects.first() or self._upload(ana)  # it was stopped in the middle the last time
        self.stdout.write("The workers are reading the invented record file.")
        self._wait(lambda: RecordFile.objects.get(pk=file.pk).work_state == Work.WorkState.DONE)
        run = runs.start_run(actor=ana, policy_id=Policy.objects.get(name=POLICY, version=1).pk)
        self._wait(lambda: Run.objects.get(pk=run.pk).state == Run.State.FINISHED)
        self.stdout.write("The invented county is loaded and evaluated.")

    def _upload(self, ana: User) -> RecordFile:
        """Write the sample and upload it as the analyst would."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / SAMPLE_NAME
            sample.write(path, subjects=2400, seed=1, county=OFFICE["county"])
            content = path.read_bytes()
        upload = TemporaryUploadedFile(SAMPLE_NAME, "text/csv", len(content), None)
        upload.write(content)
        upload.seek(0)
        return records.upload(actor=ana, file=upload, received_on=timezone.localdate()).file

    def _wait(self, done: Any) -> None:
        """Until the workers have done it; they go on by themselves if this gives up."""
        until = time.monotonic() + WAIT_SECONDS
        while not done():
            if time.monotonic() > until:
                raise CommandError("The workers are still busy; the data will appear when they are done.")
            time.sleep(0.2)

    def _say_accounts(self) -> None:
        """Who may sign in here, and with which password."""
        self.stdout.write(f"\nDemo accounts (password of each: {PASSWORD}):")
        for person in PEOPLE:
            mark = ", attorney" if person.bar_number else ""
            name = f"{person.first_name} {person.last_name}"
            self.stdout.write(f"  {person.username:<6}{name}, {person.role.label.lower()}{mark}")
