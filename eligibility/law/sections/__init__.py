"""What becomes of each section, as dated TOML."""
