"""Background work of this app: takes ids, calls services."""

from clearmyrecord.runs import services


def evaluate_chunk(chunk_id: int) -> None:
    """Evaluate one chunk of a run; one that is finished or in other hands is left alone."""
    services.evaluate_chunk(chunk_id)
