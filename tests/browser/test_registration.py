"""An administrator connects an LMS by pasting one address, in a browser.

The tool stays pending in the LMS, so that the demo the other tests share is as it was.
"""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Enter
from tests.browser.demo import Demo
from tests.browser.visits import REGISTRAR


def test_an_address_made_on_the_administrators_page_connects_the_lms(
    demo: Demo, new_context: Callable[..., BrowserContext], enter: Enter
) -> None:
    administrator = new_context().new_page()
    administrator.goto(demo.access_link("administrator"))
    administrator.get_by_role("button", name="生成地址").click()
    address = administrator.get_by_label("注册地址").input_value()
    assert address.startswith(f"{demo.tool_url}/lti/register/")

    lms = enter(REGISTRAR, manner="canvas")
    lms.page.locator('nav.tabs a[href*="/tools"]').click()
    lms.page.get_by_label("工具的注册地址").fill(address)
    lms.page.get_by_role("button", name="添加").click()
    expect(lms.tool.get_by_role("heading", level=1)).to_have_text("接入 Canvas")
    expect(lms.tool.get_by_text("沙盒职业学院")).to_be_visible()
    lms.tool.get_by_label("此学习平台的名称").fill("试用 Canvas")
    lms.tool.get_by_role("button", name="接入").click()

    expect(lms.page.get_by_text("待激活")).to_be_visible()
    expect(lms.page.locator("iframe")).to_have_count(0)
    administrator.goto(demo.access_link("administrator"))
    expect(administrator.get_by_role("heading", name="试用 Canvas")).to_be_visible()
