"""Background work of this app: takes ids, calls services."""

from clearmyrecord.runs import comparing, prepared, services


def evaluate_chunk(chunk_id: int) -> None:
    """Evaluate one chunk of a run; one that is finished or in other hands is left alone."""
    services.evaluate_chunk(chunk_id)


def prepare_history(prepared_id: int) -> None:
    """Gather what what-if needs of a run; what is done or in other hands is left alone."""
    prepared.gather(prepared_id)


def compare_runs(comparison_id: int) -> None:
    """Find the differences of two runs; what is done or in other hands is left alone."""
    comparing.compare(comparison_id)
