"""The policies that come with the engine, as TOML."""
