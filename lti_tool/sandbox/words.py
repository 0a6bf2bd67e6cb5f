"""The sandbox's own interface texts, Chinese and English side by side.

Not the tool's texts: those are translated in ``web``.
"""

from collections.abc import Mapping
from typing import Final

from flask import g, request

LANGUAGES: Final = ("zh", "en")

TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "sandbox": ("沙盒 LMS", "Sandbox LMS"),
    "notice": (
        "这是试用沙盒：没有登录，您是谁由网址决定；所有数据只在内存中，重启即清空。",
        "A sandbox for trials: the address says who you are, and a restart clears everything.",
    ),
    "front_title": ("以谁的身份进入？", "Who do you want to be?"),
    "front_intro": (
        "先以老师身份添加考核，再以学生身份提交，回到老师评分，最后看成绩册和教务管理。",
        "Teacher: add an assessment. Student: hand in. Teacher: rate. Then see the gradebook.",
    ),
    "manner": ("{0} 方式", "The {0} manner"),
    "teacher": ("教师", "Teacher"),
    "registrar": ("教务管理员", "Registrar"),
    "student": ("学生", "Student"),
    "students": ("学生（{0} 人）", "Students ({0})"),
    "people": ("换人", "Change person"),
    "pages": ("课程页面", "Pages of the course"),
    "course": ("课程", "Course"),
    "gradebook": ("成绩册", "Gradebook"),
    "my_grades": ("我的成绩", "My grades"),
    "school": ("沙盒职业学院", "Sandbox Vocational College"),
    "institution": ("学校管理", "Institution administration"),
    "tools": ("外部工具", "External tools"),
    "tool_url": ("工具的注册地址", "The tool's registration address"),
    "tool_url_hint": (
        "把工具给出的一次性地址粘贴到这里，工具会自己登记。",
        "Paste the one-time address that the tool gave: the tool then registers by itself.",
    ),
    "add_tool": ("添加", "Add LTI Advantage"),
    "registering": ("正在登记工具", "Registering a tool"),
    "pending": ("待激活", "Pending"),
    "active": ("已启用", "Active"),
    "activate": ("激活", "Activate"),
    "no_tools": ("还没有自己登记的工具。", "No tool has registered by itself."),
    "institution_link": ("达标 · 教务管理", "达标 · registrar"),
    "activities": ("课程活动", "Activities"),
    "no_activities": ("还没有活动。", "No activities yet."),
    "new_window": ("在新窗口打开", "Open in a new window"),
    "navigation": ("达标", "达标"),
    "courses": ("其他课程", "Other courses"),
    "copy_course": ("复制课程", "Copy the course"),
    "copy_course_hint": (
        "像新学期那样复制整门课程：活动和成绩项都在，没有成绩。",
        "As for a new term: all activities and columns, no grades.",
    ),
    "copy": ("复制活动", "Duplicate"),
    "publish": ("发布", "Publish"),
    "unpublished": ("未发布，学生看不到", "Unpublished: students do not see it"),
    "points": ("满分 {0}", "{0} points"),
    "ungraded": ("不计分", "Not graded"),
    "add": ("添加活动", "Add an activity"),
    "add_deep": ("用达标选择内容", "Choose content with 达标"),
    "add_deep_hint": (
        "深度链接：在工具里选好考核内容，带回课程。",
        "Deep linking: choose what to assess in the tool, and bring it back to the course.",
    ),
    "add_plain": ("直接粘贴启动网址", "Paste the launch URL"),
    "add_plain_hint": (
        "不经选择：链接尚未设置，教师第一次打开时在工具里设置。",
        "Without choosing: the link is not set up until the teacher opens it.",
    ),
    "title": ("名称", "Title"),
    "url": ("启动网址", "Launch URL"),
    "add_button": ("添加", "Add"),
    "default_title": ("达标考核", "Assessment"),
    "storage": ("供工具使用的存储", "Storage for tools"),
    "choose": ("选择内容", "Choose content"),
    "review": ("添加到课程", "Add to the course"),
    "review_hint": (
        "工具给出了下面的内容。保存后才会出现在课程里。",
        "The tool returned this content. It appears in the course once you save.",
    ),
    "save": ("保存并返回课程", "Save and return to course"),
    "cancel": ("取消", "Cancel"),
    "nothing": ("没有选择任何内容。", "Nothing was chosen."),
    "added": ("已添加到课程。", "Added to the course."),
    "back": ("返回课程", "Back to the course"),
    "refused": ("平台拒绝了这次请求", "The platform refused this request"),
    "refused_login": (
        "登录请求无效，或这次启动已经用过。请回到课程重新打开。",
        "A bad login request, or a launch used before. Open it again from the course.",
    ),
    "refused_content": ("工具返回的内容无法使用：{0}", "The tool's content is of no use: {0}"),
    "not_found": ("没有这个页面", "No such page"),
    "forbidden": ("这个身份不能做这件事", "This person may not do that"),
    "name": ("姓名", "Name"),
    "tool_made": ("工具建立", "made by the tool"),
    "no_columns": ("还没有成绩项。", "No columns yet."),
    "no_grade": ("—", "—"),
    "returned": ("工具已结束", "The tool is done"),
    "continue": ("继续", "Continue"),
    "redirecting": ("正在打开…", "Opening…"),
    "language": ("English", "中文"),
}


def speak(code: str) -> None:
    """Answer this request in ``code``: the way back from the tool names no language."""
    g.language = code


def asked_language() -> str | None:
    """The language this request names, or whoever sent it before; None if neither did."""
    asked = request.args.get("lang") or g.get("language")
    return asked if asked in LANGUAGES else None


def language() -> str:
    """The language of this request: ``?lang=``, else the browser's first of zh and en, else zh."""
    asked = asked_language()
    if asked:
        return asked
    for code in request.accept_languages.values():
        for known in LANGUAGES:
            if code.lower().startswith(known):
                return known
    return "zh"


def word(key: str, *values: object) -> str:
    """The text for ``key`` in this request's language, ``{0}`` and so on filled in."""
    return TEXTS[key][LANGUAGES.index(language())].format(*values)


def here(path: str) -> str:
    """``path`` with the language that was asked for in the address, if any was."""
    asked = asked_language()
    return f"{path}?lang={asked}" if asked else path
