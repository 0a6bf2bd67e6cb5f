"""The student's pages in the real application: what they show, and what each form does."""

import io
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.assessment import Assessment, ReleaseMode
from lti_tool.domain.launch import Role
from lti_tool.domain.submission import MAX_TEXT, Submission, SubmissionState
from lti_tool.persistence import courses, submissions
from lti_tool.persistence.people import Account
from lti_tool.services.return_submission import return_submission
from tests.files.test_previews import pdf
from tests.services.classroom import START, TASK, Classroom, conditions, enrol, open_course
from tests.web.conftest import SignIn

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 40
DUE = START + timedelta(days=3)


@dataclass
class Student:
    """A student at work: the pages of one assessment, and what is stored of it."""

    classroom: Classroom
    client: FlaskClient
    account: Account
    home: str
    assessment: Assessment

    def get(self, page: str = "") -> TestResponse:
        return self.client.get(f"{self.home}/student/assessments/{self.assessment.id}{page}")

    def post(self, page: str, **form: object) -> TestResponse:
        return self.client.post(
            f"{self.home}/student/assessments/{self.assessment.id}{page}", data=form
        )

    def post_own(self, page: str, **form: object) -> TestResponse:
        return self.client.post(
            f"{self.home}/student/submissions/{self.newest.id}{page}", data=form
        )

    def upload(self, *files: tuple[bytes, str], codes: tuple[str, ...] = ()) -> TestResponse:
        sent = [(io.BytesIO(content), name) for content, name in files]
        return self.post("/evidence/files", files=sent, codes=list(codes))

    def open(self, evidence_id: str, **headers: str) -> TestResponse:
        path = f"{self.home}/student/evidence/{evidence_id}"
        return self.client.get(path, headers=headers, buffered=True)

    @property
    def attempts(self) -> list[Submission]:
        with self.classroom.reading() as session:
            return list(submissions.attempts_of(session, self.assessment.id, self.account.id))

    @property
    def newest(self) -> Submission:
        return self.attempts[-1]

    def submit(self) -> TestResponse:
        return self.post_own("/submit", version=self.newest.version)


@pytest.fixture
def student(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Student:
    return at_work(classroom, client, sign_in)


def at_work(
    classroom: Classroom,
    client: FlaskClient,
    sign_in: SignIn,
    *,
    due_at: datetime | None = DUE,
    accepts_late: bool = True,
    attempts: int | None = 3,
    release: ReleaseMode = ReleaseMode.HELD,
    name: str = "陈思雨",
) -> Student:
    given = conditions(due_at=due_at, accepts_late=accepts_late, attempts=attempts, release=release)
    account = classroom.enrol(name, number="2024030101")
    assessment = classroom.set_up(given=given)
    home = sign_in(account, Role.STUDENT)
    return Student(classroom, client, account, home, assessment)


# --- Seeing what is asked -------------------------------------------------------------------------


def test_the_page_shows_what_is_asked_by_when_and_how_it_is_judged(student: Student) -> None:
    page = student.get()

    assert page.status_code == 200
    for code in TASK:
        assert f'id="c-{code}"' in page.text
    assert "有效沟通" in page.text
    assert "截止" in page.text
    assert "第 1 次，共 3 次" in page.text


def test_looking_at_an_assessment_begins_no_attempt(student: Student) -> None:
    student.get()
    student.get("/check")

    assert student.attempts == []


def test_the_page_is_complete_in_english(student: Student) -> None:
    form = {"language": "en", "from": f"{student.home}/student/progress"}
    student.client.post(f"{student.home}/preferences/language", data=form)

    page = student.get()

    assert "Evidence" in page.text
    assert "unofficial translation" in page.text


def test_an_assessment_of_another_course_is_not_there(
    student: Student, classroom: Classroom, sign_in: SignIn
) -> None:
    other = open_course(classroom.database, "course-2")
    stranger = enrol(classroom.database, other, "外班", Role.STUDENT)
    elsewhere = replace(classroom, course=other, teacher=stranger)
    theirs = elsewhere.set_up()

    for page in ("", "/check", "/feedback"):
        path = f"{student.home}/student/assessments/{theirs.id}{page}"
        assert student.client.get(path).status_code == 404
    path = f"{student.home}/student/assessments/{theirs.id}/evidence/text"
    assert student.client.post(path, data={"text": "hello"}).status_code == 404


@pytest.mark.parametrize("role", [Role.TEACHER, Role.REGISTRAR, Role.ADMINISTRATOR])
def test_only_students_see_the_students_pages(
    student: Student, sign_in: SignIn, role: Role
) -> None:
    home = sign_in(student.classroom.teacher, role)
    for page in (f"assessments/{student.assessment.id}", "progress", "not-set-up"):
        assert student.client.get(f"{home}/student/{page}").status_code == 403


def test_a_link_that_is_not_set_up_is_a_notice_and_no_error(student: Student) -> None:
    page = student.client.get(f"{student.home}/student/not-set-up")

    assert page.status_code == 200
    assert "还没有" in page.text or "尚未" in page.text


# --- Evidence -------------------------------------------------------------------------------------


def test_a_text_is_kept_with_the_codes_it_shows(student: Student) -> None:
    answer = student.post("/evidence/text", text="先安抚，再处理。\r\n第二行", codes=["2.1.1"])

    assert answer.status_code == 303
    (piece,) = student.newest.evidence
    assert piece.text == "先安抚，再处理。\n第二行"
    assert piece.title == "先安抚，再处理。"
    assert piece.codes == {"2.1.1"}
    assert "第二行" in student.get().text


def test_a_link_is_kept(student: Student) -> None:
    student.post("/evidence/link", url="https://disk.example/录音", codes=["2.1.2"])

    (piece,) = student.newest.evidence
    assert piece.url == "https://disk.example/录音"
    assert piece.title == "disk.example/录音"


def test_files_are_kept_and_sent_back_as_they_came(student: Student) -> None:
    answer = student.upload((PNG, "截图.png"), ("你好".encode(), "记录.txt"), codes=("2.1.1",))

    assert answer.status_code == 303
    image, text = sorted(student.newest.evidence, key=lambda each: each.media_type)
    assert (image.title, text.title) == ("截图.png", "记录.txt")
    sent = student.open(image.id)
    assert sent.data == PNG
    assert sent.mimetype == "image/png"


def test_a_file_can_run_nothing_in_the_tools_name(student: Student) -> None:
    student.upload((b"<script>alert(1)</script>", "page.txt"))

    piece = student.newest.evidence[0]
    sent = student.open(piece.id)

    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in sent.headers["Content-Security-Policy"]
    assert sent.mimetype == "text/plain"


def test_a_film_is_sent_in_parts(student: Student) -> None:
    student.upload((PNG, "a.png"))

    part = student.open(student.newest.evidence[0].id, range="bytes=0-7")

    assert part.status_code == 206
    assert part.data == PNG[:8]


def test_a_text_file_is_shown_as_words_and_never_as_a_page(student: Student) -> None:
    student.upload(("<script>alert(1)</script> 聊天".encode("gb18030"), "记录.txt"))
    piece = student.newest.evidence[0]

    shown = student.open(f"{piece.id}/preview")

    assert "&lt;script&gt;alert(1)&lt;/script&gt; 聊天" in shown.text
    assert "script-src 'self'" in shown.headers["Content-Security-Policy"]
    assert f"/evidence/{piece.id}/preview" in student.get().text


def test_a_pdf_is_shown_as_pictures_of_its_pages(student: Student) -> None:
    student.upload((pdf(pages=2), "报告.pdf"))
    piece = student.newest.evidence[0]

    shown = student.open(f"{piece.id}/preview?page=2")
    picture = student.open(f"{piece.id}/pages/2")

    assert "第 2 页，共 2 页" in shown.text
    assert picture.mimetype == "image/png"
    assert picture.data.startswith(b"\x89PNG")
    assert student.open(f"{piece.id}/pages/3").status_code == 404
    assert student.open(piece.id).headers["Content-Disposition"].startswith("attachment")


def test_a_pdf_that_cannot_be_drawn_says_so(student: Student) -> None:
    student.upload((b"%PDF-1.4\n<script>alert(1)</script>", "坏.pdf"))

    shown = student.open(f"{student.newest.evidence[0].id}/preview")

    assert shown.status_code == 200
    assert "无法在这里显示" in shown.text
    assert "alert" not in shown.text


def test_other_kinds_have_no_preview(student: Student) -> None:
    student.upload((PNG, "a.png"))
    piece = student.newest.evidence[0]

    assert student.open(f"{piece.id}/preview").status_code == 404
    assert student.open(f"{piece.id}/pages/1").status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "空.txt", "0 字节"),
        (b"MZ\x90\0", "游戏.exe", "不接受"),
        (b"MZ\x90\0" + b"\0" * 100, "照片.png", "不相符"),
        (b"x", "...", "文件名"),
        (b"x" * 2001, "长.txt", "大于"),
    ],
)
def test_a_bad_file_is_refused_with_a_reason_and_the_others_are_kept(
    student: Student, monkeypatch: pytest.MonkeyPatch, content: bytes, name: str, said: str
) -> None:
    monkeypatch.setattr(student.client.application.extensions["lti_tool"].files, "max_bytes", 2000)

    answer = student.upload((content, name), (PNG, "好.png"))

    assert answer.status_code == 422
    assert said in answer.text
    assert [each.title for each in student.newest.evidence] == ["好.png"]


def test_a_name_with_a_path_loses_the_path(student: Student) -> None:
    student.upload((PNG, "../../桌面/截图.png"))

    assert student.newest.evidence[0].title == "截图.png"


def test_more_than_the_tool_takes_at_all_is_refused(student: Student) -> None:
    student.client.application.config["MAX_CONTENT_LENGTH"] = 1000

    answer = student.upload((b"x" * 5000, "长.txt"))

    assert answer.status_code == 413
    assert student.attempts == []


def test_uploading_nothing_says_so(student: Student) -> None:
    answer = student.post("/evidence/files")

    assert answer.status_code == 422
    assert student.attempts == []


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://a/b", "kein link", "https://"])
def test_a_link_that_is_no_web_address_is_refused_and_stays_in_the_form(
    student: Student, url: str
) -> None:
    answer = student.post("/evidence/link", url=url)

    assert answer.status_code == 422
    assert f'value="{url}"' in answer.text
    assert student.attempts == []


@pytest.mark.parametrize("text", ["", "   \n", "长" * (MAX_TEXT + 1)])
def test_an_empty_or_endless_text_is_refused_and_stays_in_the_form(
    student: Student, text: str
) -> None:
    answer = student.post("/evidence/text", text=text)

    assert answer.status_code == 422
    assert text.strip() in answer.text
    assert student.attempts == []


def test_html_in_a_text_is_shown_and_not_run(student: Student) -> None:
    student.post("/evidence/text", text="<script>alert(1)</script>", codes=["2.1.1"])

    for page in ("", "/check"):
        text = student.get(page).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


def test_a_code_outside_the_assessment_is_refused(student: Student) -> None:
    answer = student.post("/evidence/text", text="文字", codes=["9.9.9"])

    assert answer.status_code == 400
    assert student.attempts == []


def test_a_piece_is_tied_to_other_codes_and_removed(student: Student) -> None:
    student.upload((PNG, "a.png"), codes=("2.1.1",))
    piece = student.newest.evidence[0]

    student.post_own(f"/evidence/{piece.id}", codes=["2.1.2", "2.1.3"])
    assert student.newest.evidence[0].codes == {"2.1.2", "2.1.3"}

    student.post_own(f"/evidence/{piece.id}/remove")
    assert [each.id for each in student.newest.evidence] == []
    assert "已移除：a.png" in student.get().text

    student.post_own(f"/evidence/{piece.id}/restore")
    assert [each.id for each in student.newest.evidence] == [piece.id]
    assert student.post_own(f"/evidence/{piece.id}/restore").status_code == 404


def test_a_form_that_is_sent_twice_brings_one_piece(student: Student) -> None:
    for _ in range(2):
        student.post("/evidence/text", text="一段话", codes=["2.1.1"])
        student.post("/evidence/link", url="https://disk.example/a")
        assert student.upload((PNG, "a.png")).status_code == 303

    assert len(student.newest.evidence) == 3
    store = student.client.application.extensions["lti_tool"].files
    assert len([each for each in store.root.rglob("*") if each.is_file()]) == 1


def test_another_students_draft_can_be_neither_seen_nor_changed(
    student: Student, sign_in: SignIn
) -> None:
    student.upload((PNG, "a.png"))
    piece, draft = student.newest.evidence[0], student.newest
    other = sign_in(student.classroom.enrol("李强"), Role.STUDENT)

    pages = (f"submissions/{draft.id}/evidence/{piece.id}", f"submissions/{draft.id}/submit")
    for page in (piece.id, f"{piece.id}/preview", f"{piece.id}/pages/1"):
        assert student.client.get(f"{other}/student/evidence/{page}").status_code == 404
    for page in (*pages, f"submissions/{draft.id}/evidence/{piece.id}/remove"):
        answer = student.client.post(f"{other}/student/{page}", data={"version": draft.version})
        assert answer.status_code == 404
    assert student.newest == draft


def base_of(page: TestResponse) -> str:
    found = re.search(r'name="base" value="([^"]+)"', page.text)
    assert found
    return found[1]


def test_a_text_is_changed_and_its_title_follows(student: Student) -> None:
    student.post("/evidence/text", text="第一稿")
    piece = student.newest.evidence[0]

    student.post_own(f"/evidence/{piece.id}", text="第二稿", base=base_of(student.get()))

    changed = student.newest.evidence[0]
    assert (changed.text, changed.title) == ("第二稿", "第二稿")


def test_a_text_changed_in_two_windows_keeps_both_in_sight(student: Student) -> None:
    student.post("/evidence/text", text="第一稿")
    piece, base = student.newest.evidence[0], base_of(student.get())
    student.post_own(f"/evidence/{piece.id}", text="窗口甲", base=base)

    answer = student.post_own(f"/evidence/{piece.id}", text="窗口乙", base=base)

    assert answer.status_code == 409
    assert "窗口甲" in answer.text
    assert "窗口乙" in answer.text
    assert student.newest.evidence[0].text == "窗口甲"

    again = student.post_own(f"/evidence/{piece.id}", text="窗口乙", base=base_of(answer))
    assert again.status_code == 303
    assert student.newest.evidence[0].text == "窗口乙"


def test_a_script_that_asks_for_json_hears_the_reason_as_json(student: Student) -> None:
    answer = student.client.post(
        f"{student.home}/student/assessments/{student.assessment.id}/evidence/text",
        data={"text": ""},
        headers={"Accept": "application/json, text/html;q=0.9"},
    )

    assert answer.status_code == 422
    assert answer.json
    assert answer.json["title"]


def test_self_ratings_are_kept_beside_each_other(student: Student) -> None:
    student.post("/self-ratings", **{"self-2.1.1": "3"})
    student.post("/self-ratings", **{"self-2.1.2": "2"})

    assert student.newest.self_ratings == {"2.1.1": 3, "2.1.2": 2}
    assert re.search(r'name="self-2.1.1" value="3" checked', student.get().text)


@pytest.mark.parametrize("form", [{"self-9.9.9": "3"}, {"self-2.1.1": "7"}, {"self-2.1.1": "x"}])
def test_a_self_rating_that_cannot_be_is_refused(student: Student, form: dict[str, str]) -> None:
    answer = student.post("/self-ratings", **form)

    assert answer.status_code in {400, 422}
    assert student.attempts == []


# --- Handing in -----------------------------------------------------------------------------------


def test_the_check_says_what_is_missing_before_handing_in(student: Student) -> None:
    student.post("/evidence/text", text="文字", codes=["2.1.1"])

    page = student.get("/check").text

    assert "2.1.2 还没有佐证" in page
    assert "2.1.1 还没有佐证" not in page
    assert "2.1.1 还没有自评" in page


def test_handing_in_is_confirmed_with_the_time(student: Student) -> None:
    student.post("/evidence/text", text="文字", codes=["2.1.1"])

    answer = student.submit()

    assert answer.status_code == 303
    assert student.newest.state is SubmissionState.SUBMITTED
    page = student.get().text
    assert "已于 9 月 1 日 08:0" in page
    assert "<textarea" not in page


def test_nothing_cannot_be_handed_in(student: Student) -> None:
    student.post("/self-ratings", **{"self-2.1.1": "3"})

    answer = student.submit()

    assert answer.status_code == 409
    assert student.newest.state is SubmissionState.DRAFT


def test_handing_in_twice_changes_nothing_and_says_so(student: Student) -> None:
    student.post("/evidence/text", text="文字")
    version = student.newest.version
    student.post_own("/submit", version=version)
    handed_in = student.newest

    again = student.post_own("/submit", version=version)

    assert again.status_code == 409
    assert "已经提交" in again.text
    assert student.newest == handed_in


def test_a_draft_changed_since_the_check_is_shown_again_first(student: Student) -> None:
    student.post("/evidence/text", text="文字")
    seen = student.newest.version
    student.post("/evidence/text", text="又一段")

    answer = student.post_own("/submit", version=seen)

    assert answer.status_code == 409
    assert "又一段" in answer.text
    assert student.newest.state is SubmissionState.DRAFT


def test_what_is_typed_after_handing_in_elsewhere_is_not_lost(student: Student) -> None:
    student.post("/evidence/text", text="文字")
    student.submit()

    answer = student.post("/evidence/text", text="迟到的补充")

    assert answer.status_code == 409
    assert "迟到的补充" in answer.text
    assert len(student.newest.evidence) == 1


def test_work_is_taken_back_while_nobody_has_rated_it(student: Student) -> None:
    student.post("/evidence/text", text="文字")
    student.submit()

    assert student.post_own("/withdraw").status_code == 303
    assert student.newest.state is SubmissionState.DRAFT
    assert student.post_own("/withdraw").status_code == 409


def test_work_being_rated_cannot_be_taken_back(student: Student) -> None:
    student.post("/evidence/text", text="文字")
    student.submit()
    student.classroom.rate(student.newest, student.assessment, 3)

    assert "withdraw" not in student.get().text
    assert student.post_own("/withdraw").status_code == 409
    assert student.newest.state is SubmissionState.SUBMITTED


def test_late_work_is_taken_and_marked_where_it_is_accepted(
    student: Student, sign_in: SignIn
) -> None:
    student.post("/evidence/text", text="文字")
    student.classroom.now = DUE + timedelta(hours=1)
    student.home = sign_in(student.account, Role.STUDENT)
    assert "迟交" in student.get().text

    assert student.submit().status_code == 303
    assert student.newest.late


def test_late_work_is_refused_and_kept_where_it_is_not_accepted(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn
) -> None:
    student = at_work(classroom, client, sign_in, accepts_late=False)
    student.post("/evidence/text", text="草稿还在")
    classroom.now = DUE + timedelta(hours=1)
    student.home = sign_in(student.account, Role.STUDENT)

    page = student.get()
    answer = student.submit()

    assert "草稿还在" in page.text
    assert "<textarea" not in page.text
    assert answer.status_code == 409
    assert student.newest.state is SubmissionState.DRAFT


def test_returned_work_shows_the_note_and_may_be_handed_in_again(student: Student) -> None:
    student.post("/evidence/text", text="文字")
    student.submit()
    with student.classroom.working() as work:
        return_submission(work, student.newest, "请补上录音\n<b>谢谢</b>")

    page = student.get().text
    assert "请补上录音" in page
    assert "<b>谢谢</b>" not in page
    assert student.submit().status_code == 303
    assert student.newest.state is SubmissionState.SUBMITTED


def test_another_attempt_may_be_begun_until_all_are_used(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn
) -> None:
    student = at_work(classroom, client, sign_in, attempts=2)
    classroom.finish(student.account, student.assessment)
    assert "开始第 2 次" in student.get().text
    assert student.post("/attempts").status_code == 303
    assert student.newest.attempt == 2
    classroom.finish(student.account, student.assessment)

    assert 'attempts"' not in student.get().text
    assert student.post("/attempts").status_code == 409


# --- Feedback -------------------------------------------------------------------------------------


def test_feedback_is_empty_until_something_is_released(student: Student) -> None:
    submission = student.classroom.hand_in(student.account, student.assessment)
    student.classroom.rate(submission, student.assessment, 3, comment="秘密评语")

    page = student.get("/feedback")

    assert page.status_code == 200
    assert "秘密评语" not in page.text


def test_feedback_shows_level_comment_evidence_and_what_changed(student: Student) -> None:
    student.classroom.finish(student.account, student.assessment, 2, 3, 3)
    with student.classroom.working(student.account):
        pass
    student.classroom.finish(student.account, student.assessment, 4, 3, 2)

    page = student.get("/feedback").text

    assert "做得不错" in page
    assert "沟通记录" in page
    assert "比上次高 2 级" in page
    assert "比上次低 1 级" in page
    assert "与上次相同" in page
    first = student.get("/feedback?attempt=1")
    assert "比上次" not in first.text
    assert student.get("/feedback?attempt=9").status_code == 404


# --- Progress -------------------------------------------------------------------------------------


def test_progress_of_a_new_student_lists_what_is_missing(student: Student) -> None:
    page = student.client.get(f"{student.home}/student/progress")

    assert page.status_code == 200
    assert "距离初级还差" in page.text
    assert "关键要求 2.2.1 必须掌握" in page.text
    assert "0 / 49" in page.text


def test_progress_names_the_assessment_that_covers_a_gap(student: Student) -> None:
    student.classroom.finish(student.account, student.assessment, 3, 2, 3)

    page = student.client.get(f"{student.home}/student/progress").text

    assert student.assessment.title in page
    assert "佐证不足" in page


def test_progress_shows_the_history_of_the_requirement_asked_for(student: Student) -> None:
    student.classroom.finish(student.account, student.assessment, 2, 3, 3)
    student.classroom.finish(student.account, student.assessment, 3, 3, 3)

    page = student.client.get(
        f"{student.home}/student/progress?requirement=elementary/2.1.1&standard=x"
    ).text

    assert "2.1.1 的" in page
    assert page.count("做得不错") == 2


def test_a_course_without_assessments_says_so(
    classroom: Classroom, client: FlaskClient, sign_in: SignIn
) -> None:
    home = sign_in(classroom.enrol("新生"), Role.STUDENT)

    assert client.get(f"{home}/student/progress").status_code == 200


def test_the_tabs_lead_to_the_assessment_the_student_came_by(
    student: Student, sign_in: SignIn
) -> None:
    link = student.classroom.link()
    with student.classroom.database.transaction() as session:
        courses.point_link(session, link.id, student.assessment.id)
    home = sign_in(student.account, Role.STUDENT, data={"link_id": link.id})

    page = student.client.get(f"{home}/student/progress").text

    assert f"{home}/student/assessments/{student.assessment.id}/feedback" in page
