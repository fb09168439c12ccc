"""Everything on one machine, for demonstration and tests: set-up, embedded PostgreSQL and Redis, and their supervisor.

Nothing of the application imports this package; production runs the same commands from docker-compose.yml.
"""
