"""The WSGI program: pages and APIs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pasti.settings")
application = get_wsgi_application()
