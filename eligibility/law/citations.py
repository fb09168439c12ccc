"""Citations of the relief itself, by outcome and route. A rule's own citation stands beside the rule."""

RELIEF: dict[tuple[str, str], str] = {
    ("dismiss", "completed"): "H&S § 11361.8(e)-(f)",
    ("dismiss", "serving"): "H&S § 11361.8(a)-(b)",
    ("dismiss", "unknown"): "H&S § 11361.8",
    ("redesignate", "completed"): "H&S § 11361.8(e)-(f)",
    ("redesignate", "unknown"): "H&S § 11361.8",
    ("resentence", "serving"): "H&S § 11361.8(a)-(b)",
}


def of_relief(outcome: str, route: str) -> str:
    """The subdivision a relief is asked under; empty where no relief is asked."""
    return RELIEF.get((outcome, route), "")
