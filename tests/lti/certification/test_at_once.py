"""A whole class opens an activity for the first time in the same moment: nobody's launch fails."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.lti.http_lms import HttpLms
from tests.lti.platform_side import signed, student_claims

CLASS_SIZE = 8


def test_a_class_opens_an_activity_of_a_new_course_at_once(lms: HttpLms) -> None:
    together = Barrier(CLASS_SIZE)

    def launch(number: int) -> int:
        browser = lms.browser()
        request = lms.request(browser)
        claims = student_claims(
            request["nonce"],
            sub=f"student-{number}",
            context={"id": "new-course"},
            resource_link={"id": "new-link"},
        )
        together.wait()
        form = {"state": request["state"], "id_token": signed(claims)}
        return lms.post(browser, form).status_code

    with ThreadPoolExecutor(CLASS_SIZE) as pool:
        assert set(pool.map(launch, range(CLASS_SIZE))) == {303}


def test_one_person_opens_two_activities_of_a_page_at_once(lms: HttpLms) -> None:
    together = Barrier(2)

    def launch(link: str) -> int:
        browser = lms.browser()
        request = lms.request(browser)
        claims = student_claims(request["nonce"], sub="new", resource_link={"id": link})
        together.wait()
        form = {"state": request["state"], "id_token": signed(claims)}
        return lms.post(browser, form).status_code

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(launch, ("left", "right"))) == {303}
