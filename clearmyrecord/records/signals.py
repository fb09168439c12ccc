"""What happens to record files and to who is who. Sent inside the service's transaction."""

from django.dispatch import Signal

file_read = Signal()
"""`file`: its readings are in."""

file_set_aside = Signal()
"""`file`: no run takes it from now on."""

suggested = Signal()
"""`suggestion_ids`: new open suggestions."""

identity_changed = Signal()
"""`suggestion`, `subject_ids`, `conviction_ids`: a suggestion was confirmed, or a confirmation undone."""
