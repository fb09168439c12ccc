"""What happens to batches. Sent inside the service's transaction; receivers write their own rows there."""

from django.dispatch import Signal

approved = Signal()
"""`batch`: its frozen list is approved."""

court_record_answered = Signal()
"""`batch`: somebody answered, for some of its cases, whether the court still has the record."""

withdrawn = Signal()
"""`batch`: an approved batch was taken back for good."""

staying = Signal()
"""`batch` is about to be withdrawn: receivers answer with a Q of the items that can't be taken back any more."""
