import pytest

from clearmyrecord.office.models import Office
from tests.factories import OfficeFactory


@pytest.fixture
def office(db: None) -> Office:
    """The office, of Contra Costa County."""
    return OfficeFactory()
