"""The settings and the opened parts that most commands begin with."""

import os

from lti_tool.app import Parts, build_parts
from lti_tool.persistence.database import pending_revisions, upgrade
from lti_tool.settings import Settings, read_settings

from .console import ConsoleError, said

HOST = "127.0.0.1"
PORT = 8080


def settings_from_environment(host: str = HOST, port: int = PORT) -> Settings:
    """The settings; without LTI_TOOL_BASE_URL the tool is at this host and port."""
    return read_settings(os.environ, default_base_url=f"http://{host}:{port}")


def open_parts(settings: Settings | None = None) -> Parts:
    """The parts over a database whose schema is up to date.

    A database without any table is set up. Raises ConsoleError for one that is behind: an
    upgrade is the administrator's decision.
    """
    settings = settings or settings_from_environment()
    missing = pending_revisions(settings.database_url, settings.migrations_dir)
    if missing and missing[0] == "0001":
        upgrade(settings.database_url, settings.migrations_dir)
    elif missing:
        raise ConsoleError(
            said(
                f"数据库需要升级（缺 {', '.join(missing)}）："
                "请先备份，再运行 lti-tool database upgrade",
                f"the database needs an upgrade (lacks {', '.join(missing)}): "
                "back it up, then run lti-tool database upgrade",
            ),
            code=1,
        )
    return build_parts(settings)
