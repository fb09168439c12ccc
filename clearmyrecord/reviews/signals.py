"""What happens to standing outcomes. Sent inside the service's transaction; receivers write their own rows."""

from django.dispatch import Signal

standing_changed = Signal()
"""`conviction_ids`: a decision on them was made or withdrawn, or no longer fits what the current run found."""
