"""``lti-tool database upgrade|check``."""

import argparse

from lti_tool.persistence.database import pending_revisions, upgrade

from .console import say
from .environment import settings_from_environment


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    database = commands.add_parser("database", help="bring the database to the newest schema")
    actions = database.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("upgrade", help="create or upgrade the schema").set_defaults(run=_upgrade)
    actions.add_parser("check", help="say whether it is up to date").set_defaults(run=_check)


def _upgrade(_options: argparse.Namespace) -> int:
    settings = settings_from_environment()
    upgrade(settings.database_url, settings.migrations_dir)
    say("数据库已是最新版本。", "The database is up to date.")
    return 0


def _check(_options: argparse.Namespace) -> int:
    settings = settings_from_environment()
    missing = pending_revisions(settings.database_url, settings.migrations_dir)
    if missing:
        names = ", ".join(missing)
        say(f"数据库需要升级，缺：{names}", f"The database needs an upgrade, it lacks: {names}")
        return 1
    say("数据库已是最新版本。", "The database is up to date.")
    return 0
