"""Who is in the sandbox course: a teacher and a colleague, a class of students, one registrar.

Invented people. Not here: what a role may do, which is each page's matter, nor how a platform
names roles (``manners``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

_REGISTRAR_NUMBER: Final = 2
_TEACHER_NUMBER: Final = 3
_FIRST_STUDENT_NUMBER: Final = 4
_COLLEAGUE_NUMBER: Final = 1000

_UUIDS: Final = UUID("5d2d3ab6-3f0a-4a53-9a57-0b7a1e5e7c11")

# Family and given names. A three-part, a two-character family name and a name with a middle dot
# are among them on purpose: pages must not cut them.
_CLASS: Final = (
    ("王", "雨欣"), ("李", "小龙"), ("张", "子涵"), ("刘", "思远"), ("陈", "佳怡"),
    ("杨", "浩然"), ("赵", "梓萱"), ("黄", "志强"), ("周", "诗涵"), ("吴", "俊杰"),
    ("徐", "若曦"), ("孙", "博文"), ("马", "晓燕"), ("朱", "一诺"), ("胡", "嘉豪"),
    ("郭", "雅静"), ("何", "天佑"), ("林", "婉婷"), ("罗", "振宇"), ("高", "梦琪"),
    ("欧阳", "晨曦"), ("梁", "文博"), ("宋", "欣妍"), ("郑", "宇航"), ("谢", "静怡"),
    ("韩", "冰"), ("唐", "艺馨"), ("冯", "家乐"), ("阿依古丽", "·买买提"), ("覃", "凤娇"),
)  # fmt: skip
_MORE_GIVEN: Final = (
    "可欣",
    "明轩",
    "子墨",
    "雪莹",
    "宏伟",
    "丽娜",
    "国栋",
    "海燕",
    "晓峰",
    "秋月",
)


class Role(StrEnum):
    """The three kinds of people whose view the sandbox shows."""

    TEACHER = "teacher"
    STUDENT = "student"
    REGISTRAR = "registrar"


@dataclass(frozen=True)
class Person:
    """One person as one platform knows them.

    ``user_id`` is the ``sub`` of launches. ``name`` is what the platform sends: Moodle joins given
    and family name in that order (observed on 4.5.5, also for Chinese names), Canvas sends the
    name as typed. ``student_number`` is ``lis.person_sourcedid``, empty where none is kept.
    """

    user_id: str
    given_name: str
    family_name: str
    name: str
    email: str
    student_number: str
    role: Role

    @property
    def shown_name(self) -> str:
        """The name as the sandbox's own pages show it: family name first, as in Chinese."""
        return f"{self.family_name}{self.given_name}"

    @property
    def username(self) -> str:
        """The name the person would log in with."""
        return self.email.partition("@")[0]


def students(class_size: int = 30, *, platform: str = "moodle") -> tuple[Person, ...]:
    """The class as ``platform`` (``moodle`` or ``canvas``) knows it, by student number."""
    return tuple(_student(platform, index) for index in range(class_size))


def teacher(*, platform: str = "moodle") -> Person:
    """The course's teacher."""
    return _person(platform, _TEACHER_NUMBER, ("陆", "明慧"), "T0107", Role.TEACHER)


def colleague(*, platform: str = "moodle") -> Person:
    """The course's other teacher, who marks a second time and answers reviews."""
    return _person(platform, _COLLEAGUE_NUMBER, ("程", "志远"), "T0112", Role.TEACHER)


def registrar(*, platform: str = "moodle") -> Person:
    """The school's registrar (教务管理员), an institution administrator to the platform."""
    return _person(platform, _REGISTRAR_NUMBER, ("沈", "国华"), "R0002", Role.REGISTRAR)


def _student(platform: str, index: int) -> Person:
    family, given = _CLASS[index % len(_CLASS)]
    if index >= len(_CLASS):
        given = _MORE_GIVEN[(index // len(_CLASS) + index) % len(_MORE_GIVEN)]
    number = f"2024{index + 1:04d}"
    return _person(platform, _FIRST_STUDENT_NUMBER + index, (family, given), number, Role.STUDENT)


def _person(platform: str, number: int, names: tuple[str, str], key: str, role: Role) -> Person:
    family, given = names
    naming = _NAMINGS[platform]
    return Person(
        user_id=naming.user_id(number),
        given_name=given,
        family_name=family,
        name=naming.name(given, family),
        email=f"{key.lower()}@school.example",
        student_number=key,
        role=role,
    )


@dataclass(frozen=True)
class _Naming:
    """How a platform numbers people and puts their names together."""

    user_id: Callable[[int], str]
    name: Callable[[str, str], str]


_NAMINGS: Final[Mapping[str, _Naming]] = {
    "moodle": _Naming(user_id=str, name=lambda given, family: f"{given} {family}"),
    "canvas": _Naming(
        user_id=lambda number: str(uuid5(_UUIDS, str(number))),
        name=lambda given, family: f"{family}{given}",
    ),
}
