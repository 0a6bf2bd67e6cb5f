"""What a mail says, in Chinese and English. It names courses and assessments: no grade, no level,
and nobody's name.

The pages have words of their own: a mail is written where there is no page and no reader's request.
Not here: whom it goes to (``mailing``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lti_tool.domain.notification import NotificationKind
from lti_tool.domain.standard import Text

KINDS: Mapping[NotificationKind, Text] = {
    NotificationKind.SUBMITTED: Text("等待评分的提交：{count}", "work to rate: {count}"),
    NotificationKind.RETURNED: Text("你的提交已退回修改", "your work was returned for revision"),
    NotificationKind.RELEASED: Text("你的评分已发布", "your ratings are released"),
    NotificationKind.REVIEW_ASKED: Text(
        "等待答复的成绩复核：{count}", "reviews to answer: {count}"
    ),
    NotificationKind.REVIEW_ANSWERED: Text("你的成绩复核已答复", "your review is answered"),
    NotificationKind.PEER_RATED: Text("同学对你的提交有新反馈", "a peer has looked at your work"),
    NotificationKind.SECOND_WAITING: Text(
        "等待复评的提交：{count}", "work waiting for a second rater: {count}"
    ),
    NotificationKind.SECOND_DIFFERENT: Text(
        "两位考评员评分不一致，待裁定：{count}", "work on which two raters differ: {count}"
    ),
    NotificationKind.SECOND_DONE: Text(
        "复评完成，可以发布的提交：{count}", "second marking done, to be released: {count}"
    ),
}
SUBJECT = Text("达标：{course} 有新消息", "Dabiao: news in {course}")
SEVERAL = Text("达标：有新消息", "Dabiao: news")
HOW = Text(
    "请从 LMS 的课程页面打开相应的考核查看。",
    "Open the assessment from your course page to see it.",
)
WHERE = Text("课程页面：{url}", "Course page: {url}")
WHY = Text(
    "这封邮件由学校的达标系统自动发出，请不要回复。地址来自你的 LMS 账号。",
    "Sent by your school's Dabiao; please do not reply. Your LMS account gave the address.",
)
STOP = Text("不再接收邮件：{url}", "No more mail: {url}")


@dataclass(frozen=True, slots=True)
class Line:
    """So many things of a kind in an assessment."""

    kind: NotificationKind
    assessment: str
    count: int


@dataclass(frozen=True, slots=True)
class Part:
    """What happened in a course; ``url`` is its page in the LMS, None where that is not known."""

    course: str
    url: str | None
    lines: Sequence[Line]


def subject(parts: Sequence[Part], language: str) -> str:
    """The mail's subject, on one line."""
    if len(parts) != 1:
        return SEVERAL.in_language(language)
    course = " ".join(parts[0].course.split())
    return SUBJECT.in_language(language).format(course=course)


def body(parts: Sequence[Part], language: str, stop_url: str) -> str:
    """The mail's text."""
    told = "\n".join(line for part in parts for line in _part(part, language))
    end = (HOW, WHY)
    closing = "\n".join(each.in_language(language) for each in end)
    stop = STOP.in_language(language).format(url=stop_url)
    return f"{told}\n{closing}\n\n{stop}\n"


def _part(part: Part, language: str) -> Sequence[str]:
    told = [part.course]
    for each in part.lines:
        words = KINDS[each.kind].in_language(language).format(count=each.count)
        told.append(f"- {each.assessment}: {words}")
    if part.url is not None:
        told.append(WHERE.in_language(language).format(url=part.url))
    return [*told, ""]
