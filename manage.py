#!/usr/bin/env python3
"""How do I run a command of the site? `.venv/bin/python manage.py help` lists them all."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor


def main() -> None:
    """The command has run; where settings or database keep it from running, one sentence says so, with status 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except (DatabaseError, InterfaceError):
        if sentence := what_the_database_lacks():
            sys.exit(sentence)
        raise


def what_the_database_lacks() -> str:
    """Why no command can work on it; nothing when the fault is another, or one of `migrate` itself."""
    try:
        executor = MigrationExecutor(connection)
    except (OperationalError, InterfaceError) as error:
        return f"The database cannot be reached: {str(error).partition(chr(10))[0]}"
    if "migrate" in sys.argv:
        return ""
    if not executor.loader.applied_migrations:
        return "The database has no tables yet: run manage.py migrate."
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return "The database has the tables of an older version: run manage.py migrate."
    return ""


if __name__ == "__main__":
    main()
