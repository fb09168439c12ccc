"""What happens to answers. Sent inside the service's transaction."""

from django.dispatch import Signal

taking_back = Signal()
"""`answer_ids`: these answers are taken back next: receivers raise Conflict where something was built upon one."""
