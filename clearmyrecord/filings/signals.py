"""What happens to filings. Sent inside the service's transaction; receivers write their own rows there."""

from django.dispatch import Signal

filed = Signal()
"""`matters`: the clerk took these filings or omnibus motions; all of one kind, locked."""

unfiled = Signal()
"""`matters`: that the clerk took these is taken back. Receivers raise Conflict where something was built upon it."""
