"""The web application for gunicorn. It refuses to start with settings that are unsafe in production."""

import os
import sys

from django.core.checks import ERROR, Tags, run_checks
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clearmyrecord.settings")
application = get_wsgi_application()

if unsafe := [message for message in run_checks(tags=[Tags.security]) if message.level >= ERROR]:
    sys.exit("\n".join(str(message) for message in unsafe))
