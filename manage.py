#!/usr/bin/env python3
"""How do I run a command of the site? `.venv/bin/python manage.py help` lists them all."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    execute_from_command_line(sys.argv)
