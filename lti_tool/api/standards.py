"""Standards and their requirements, as the school judges them; with the publisher's notice."""

from lti_tool.domain.access_token import Scope
from lti_tool.domain.standard import SourceStatus, Standard, Text
from lti_tool.services.list_requirements import RequirementListed, list_requirements

from .endpoints import Answer, Call, Endpoint, Thing, Words, notice_of, words_of
from .queries import Query, Word


class LevelRef(Thing):
    """A level of a standard."""

    key: str
    name: Words


class StandardListed(Thing):
    """An installed standard. `levels` run from the lowest to the highest."""

    id: str
    code: str
    version: str
    title: Words
    publisher: Words
    levels: list[LevelRef]
    rights_notice: Words


class Standards(Thing):
    """The installed standards, the newest last."""

    data: list[StandardListed]


class Titled(Thing):
    """A work area or a work task."""

    code: str
    title: Words


class Requirement(Thing):
    """A requirement. `key` is its level and code, since a bare code is ambiguous; `text` is null
    where it is lost in the source; `english` is an unofficial translation. `counts_as` is the
    lowest requirement that shares its evidence."""

    key: str
    level: str
    code: str
    text: str | None
    english: str | None
    status: SourceStatus
    area: Titled
    task: Titled
    counts_as: str
    critical: bool
    red_line: bool
    waived: bool


class Requirements(Thing):
    """Requirements in the order of the source."""

    data: list[Requirement]
    notice: Words


class RequirementsQuery(Query):
    """What narrows the list of requirements."""

    level: Word | None = None


def _all(call: Call[Query]) -> Answer:
    standards = [each.standard for each in call.catalogue.standards]
    return Answer(Standards(data=[_standard(each) for each in standards]))


def _requirements(call: Call[RequirementsQuery], standard_id: str) -> Answer:
    standard, found = list_requirements(
        call.session, call.catalogue, standard_id, call.query.level, school_id=call.school_id
    )
    body = Requirements(data=[_requirement(each) for each in found], notice=notice_of(standard))
    return Answer(body)


def _standard(standard: Standard) -> StandardListed:
    return StandardListed(
        id=standard.id,
        code=standard.code,
        version=standard.version,
        title=words_of(standard.title),
        publisher=words_of(standard.publisher),
        levels=[LevelRef(key=each.key, name=words_of(each.name)) for each in standard.levels],
        rights_notice=words_of(standard.rights_notice),
    )


def _requirement(listed: RequirementListed) -> Requirement:
    own = listed.requirement
    return Requirement(
        key=str(own.key),
        level=own.key.level,
        code=own.code,
        text=own.text,
        english=own.english,
        status=own.status,
        area=Titled(code=listed.area.code, title=words_of(listed.area.title)),
        task=Titled(code=listed.task.code, title=words_of(listed.task.title)),
        counts_as=str(listed.counts_as),
        critical=listed.critical,
        red_line=listed.red_line,
        waived=listed.waived,
    )


ENDPOINTS = (
    Endpoint(
        "standards",
        "/standards",
        Scope.STANDARDS,
        Query,
        Standards,
        _all,
        Text("已安装的标准", "The installed standards"),
    ),
    Endpoint(
        "requirements",
        "/standards/<key:standard_id>/requirements",
        Scope.STANDARDS,
        RequirementsQuery,
        Requirements,
        _requirements,
        Text("一个标准的职业技能要求", "The requirements of a standard"),
    ),
)
