"""Offense families, one table each: the sections that a policy may put in its scope."""
