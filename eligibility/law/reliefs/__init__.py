"""The laws under which relief is asked, one table each."""
