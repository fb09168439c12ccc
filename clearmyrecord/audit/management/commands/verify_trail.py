"""`manage.py verify_trail`: recompute the chain of the trail."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clearmyrecord.audit import queries


class Command(BaseCommand):
    help = (
        "Recompute the trail's chain; names the first event (or list beside one) that was changed, or prints the head."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        broken = queries.first_break()
        if broken is not None:
            raise CommandError(f"The trail was changed: event {broken} does not fit the chain.")
        lost = queries.first_lost_list()
        if lost is not None:
            raise CommandError(f"The list of people beside event {lost} is gone or was changed.")
        number, digest = queries.head()
        self.stdout.write(f"The trail is whole. Head: event {number}, SHA-256 {digest}")
