"""A student brings evidence together: texts, files, links, and who may see them."""

import re

import pytest
from werkzeug.test import TestResponse

from lti_tool.domain.launch import Role
from lti_tool.domain.submission import MAX_TEXT
from tests.files.test_previews import pdf
from tests.web.conftest import SignIn
from tests.web.studying import Student

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 40


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
