"""What runs find, for the apps that work on it. Sent inside the transaction."""

from django.dispatch import Signal

run_finished = Signal()
"""`run`: every conviction has its determination and the run balances."""

became_current = Signal()
"""`run`, `previous` (Run or None): from now on this run is the office's."""

redetermined = Signal()
"""`run`, `changes` (list of Change): determinations of the current run made anew, after a stated fact or another answer
to who is who."""
