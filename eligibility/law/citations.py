"""Citations of the relief itself, by outcome and route. A rule's own citation stands beside the rule."""

from eligibility.law import tables


def of_relief(outcome: str, route: str, law: str = tables.PROP_64) -> str:
    """The subdivision a relief is asked under; empty where no relief is asked."""
    found = tables.relief(law)["citations"].get(outcome, {})
    return str(found.get(route, ""))
