"""The commands of `python -m eligibility`, one module each: `add` tells the parser, `run` carries it out."""
