"""What the older tool, gogen 0.2.13, would have written: the same bytes from the same file, its quirks included.

Nothing here serves own mode: reading, facts and flows are the older tool's, the law tables are not asked.
"""
