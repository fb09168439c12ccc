"""`manage.py install_presets`: the policies that come with the product, to be signed by the office; after `migrate`."""

from typing import Any

from django.core.management.base import BaseCommand

from clearmyrecord.runs import services


class Command(BaseCommand):
    help = "Install the policies that come with the product as drafts; those that are there stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        for policy in services.install_presets():
            self.stdout.write(str(policy))
