"""Django's own command line, for engineers; people use `pasti`."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pasti.settings")
execute_from_command_line(sys.argv)
