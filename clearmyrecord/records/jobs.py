"""Background work of this app: takes ids, calls services."""

from clearmyrecord.records import services


def read_record_file(file_id: int) -> None:
    """Read an uploaded record file; one that is finished or in other hands is left alone."""
    services.read_file(file_id)
