"""Slow and plain: what a policy gives, row by row, written from the specification and not from the engine."""
