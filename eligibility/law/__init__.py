"""The law's own numbers, lists and names of sections, with the code that reads them."""
