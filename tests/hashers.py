"""A password hasher with one round, since tests make many accounts. What it writes the real one can check."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class OneRound(PBKDF2PasswordHasher):
    iterations = 1
