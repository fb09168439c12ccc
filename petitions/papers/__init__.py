"""One module per kind of paper: its words, its template."""
