"""Record files to a History: what a file says, row by row, gathered into subjects, events, counts and sentences."""
