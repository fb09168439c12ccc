"""Decides who gets relief. Pure: no web, no database, no network, no clock."""
