"""The explorer in a headless Chromium, in both forms: nothing from elsewhere, and everything can be done."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import TypeDefinitionNode, parse, print_ast
from tests.core.explorer.browsing import Visit, chromium, demo_server

from wangge._host.http.explorer.assets import BUNDLED, MANIFEST

FORMS = ("plain", "graphiql")
READ = """async () => {
  const [{ readSdl }, sdl] = await Promise.all([
    import("/explorer/sdl.js"),
    import("/explorer/client.js").then((client) => client.fetchBeside("schema.graphql")),
  ]);
  const read = [...readSdl(sdl).types.values()].map((type) => [
    type.name,
    Object.fromEntries((type.fields ?? []).map((field) => [
      field.name, [field.type, ...field.directives.map((one) => one.name)],
    ])),
  ]);
  return [sdl, Object.fromEntries(read)];
}"""
RECORD_A_DWELLING = """async (room) => {
  const { ask } = await import("/explorer/client.js");
  const found = await ask({ query: '{ grid(code: "370703001001001") { id } }' });
  const input = { grid: found.body.data.grid.id, unit: "99", room };
  const query = "mutation ($input: CreateDwellingInput!) { createDwelling(input: $input) { __typename } }";
  await ask({ query, variables: { input } });
}"""
WRONG = """() => __MONACO.editor.getModels().find((one) => one.uri.path.includes("operation"))
  .setValue("query Odd { district { nonsense } }")"""
MARKS = """() => {
  const found = __MONACO.editor.getModelMarkers({}).map((one) => one.message);
  return found.length ? found : null;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: uv sync --all-packages --group browser"
    )
    path = chromium()
    if path is None:
        pytest.skip("There is no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture(scope="module")
def address(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo, served; nothing in these tests hinders the next."""
    with demo_server(tmp_path_factory.mktemp("demo")) as url:
        yield url


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> str:
    """Each form in turn."""
    name: str = request.param
    if name == "graphiql" and not (BUNDLED / MANIFEST).exists():
        pytest.skip("GraphiQL is not built: npm --prefix core/explorer run bundle")
    return name


@pytest.fixture(scope="module")
def window(browser: Any) -> Iterator[Any]:
    """A window of somebody who reads Chinese; each of its pages keeps a session of its own."""
    made = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    yield made
    made.close()


@pytest.fixture
def visit(window: Any, address: str, form: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """The page, freshly opened; whatever was done, it has behaved."""
    visit = Visit(window.new_page(), address, form)
    yield visit.open()
    visit.picture(re.sub(r"\W+", "-", request.node.name).strip("-"))
    assert visit.elsewhere() == []
    assert visit.complaints() == []
    assert visit.page.evaluate("Object.entries(localStorage)") == []
    visit.page.close()


def test_a_stranger_sees_the_district_and_its_programmes_and_no_more(visit: Visit) -> None:
    side = visit.page.inner_text("#side")

    assert visit.page.inner_text("h1") == "寒亭区"
    assert visit.page.inner_text("#code") == "370703"
    assert "志愿积分" in side
    assert "登录后可查看示例操作和文档" in side
    assert visit.page.locator("[data-example]").count() == 0
    visit.run()
    assert visit.answer()["data"]["district"]["code"] == "370703"


def test_each_role_of_the_demo_is_one_click_away(visit: Visit) -> None:
    roles = visit.page.eval_on_selector_all("[name=role]", "found => found.map(one => one.id)")

    assert roles == [
        "role-nobody",
        "role-district_admin",
        "role-street_secretary",
        "role-community_secretary",
        "role-grid_worker",
        "role-resident",
        "role-vendor_service",
    ]
    for role in ("grid_worker", "resident"):
        visit.sign_in(role)
    visit.page.check("#role-nobody")
    visit.page.wait_for_selector("#me", state="detached")
    assert visit.page.locator("[data-example]").count() == 0


def test_an_example_of_each_programme_gives_data(visit: Visit) -> None:
    visit.sign_in("grid_worker")

    visit.choose("base/2_a_grid")
    visit.run()

    grid = visit.answer()["data"]["grid"]
    assert (grid["name"], grid["level"]["title"]) == ("蝶园社区居委会", "社区（村）")
    assert re.search(r"HTTP 200\s+\d+ ms · 服务器 [\d.]+ ms\s+sql\+python", visit.status())
    assert re.search(r"开销 [1-9]\d* / 10000", visit.status())
    assert re.search(r"请求编号 [0-9a-f]{16}$", visit.status())
    visit.choose("volunteer_points/8_a_grid_in_figures")
    visit.run()
    assert set(visit.answer()["data"]["grid"]["volunteering"]) >= {"volunteers", "pointsIssued"}


def test_ids_of_an_answer_fill_the_variables_of_the_next_example(visit: Visit) -> None:
    visit.sign_in("resident")
    visit.choose("volunteer_points/4_sign_up")
    assert "ActivityShift_…" in visit.text_of("variables")
    assert "请换成真实编号" in visit.status()

    visit.choose("volunteer_points/3_activities")
    visit.run()
    shifts = visit.answer()["data"]["volunteerActivities"]["edges"][0]["node"]["shifts"]
    visit.choose("volunteer_points/4_sign_up")

    assert shifts[0]["id"] in visit.text_of("variables")
    assert "请换成真实编号" not in visit.status()


def test_a_subscription_shows_what_happens_until_it_is_stopped(visit: Visit) -> None:
    visit.sign_in("grid_worker")
    visit.choose("base/10_follow")
    visit.run()
    visit.page.wait_for_selector("#status:has-text('已订阅')")

    visit.page.evaluate(RECORD_A_DWELLING, visit.form)

    visit.page.wait_for_selector("#status:has-text('1 条事件')")
    told = json.dumps(visit.answer_now(), ensure_ascii=False)
    assert '"type": "base.dwelling.created"' in told
    assert '"name": "锦绣花园"' in told
    visit.run()
    visit.page.wait_for_selector("#status:has-text('订阅已结束')")


def test_a_refusal_is_readable_in_the_chosen_language(visit: Visit) -> None:
    visit.sign_in("grid_worker")
    visit.choose("base/9_reveal")
    assert "宜用身份" in visit.status()
    visit.run()
    visit.answer()
    assert "1 个错误: 此操作需要权限 base.people.reveal" in visit.status()

    visit.page.click("#language")

    assert "Demo role" in visit.page.inner_text("#side")
    visit.run()
    visit.answer()
    assert "1 error(s): You need the permission base.people.reveal" in visit.status()
    if visit.form == "plain":
        assert "FORBIDDEN" in visit.page.inner_text("#problems")


def test_the_documentation_says_who_may_ask_and_which_programme_it_is(visit: Visit) -> None:
    visit.sign_in("resident")
    if visit.form == "plain":
        visit.page.fill("#docs-search", "volunteerAccount")
        visit.page.click("#docs button:has-text('Person.volunteerAccount')")
        told = visit.page.inner_text('#docs [data-field="volunteerAccount"]')
        assert "PointsAccount" in told
        assert "需权限 volunteer_points.points.read" in told
        return
    visit.page.click('button[aria-label="Show Documentation Explorer"]')
    visit.page.click(".graphiql-doc-explorer-content a:text-is('Query')")
    visit.page.click(".graphiql-doc-explorer-content a:text-is('volunteerTeams')")
    told = visit.page.inner_text(".graphiql-doc-explorer-content")
    assert '@requires(permission: "volunteer_points.teams.read")' in told
    assert '@plugin(name: "volunteer_points"' in told


def test_a_token_outlives_a_reload_and_no_sign_out(visit: Visit) -> None:
    visit.sign_in("community_secretary")
    visit.open()
    assert "demo-community_secretary" in visit.page.inner_text("#me")

    visit.page.click("#me >> text=退出")
    visit.page.wait_for_selector("#me", state="detached")
    visit.open()

    assert visit.page.locator("#me").count() == 0
    assert visit.page.input_value("#token") == ""


def test_a_token_that_is_not_valid_is_refused_in_words(visit: Visit) -> None:
    visit.page.fill("#token", "not.a.token")
    visit.page.press("#token", "Enter")

    assert visit.page.inner_text("#side [role=alert]") != ""
    assert visit.page.locator("[data-example]").count() == 0


def test_the_page_fits_a_telephone(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 390, "height": 844})
    visit.sign_in("resident")

    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert visit.page.is_visible("#run" if visit.form == "plain" else ".graphiql-execute-button")


@pytest.mark.parametrize("form", ["plain"])
def test_the_plain_form_can_be_used_without_a_mouse(visit: Visit) -> None:
    page = visit.page
    page.focus("#query")
    page.keyboard.press("Control+A")
    page.keyboard.type("{")
    page.keyboard.press("Tab")
    page.keyboard.type("district { code } }")
    assert page.input_value("#query") == "{  district { code } }"

    page.keyboard.press("Control+Enter")

    assert visit.answer()["data"] == {"district": {"code": "370703"}}
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "tab-variables"


@pytest.mark.parametrize("form", ["plain"])
def test_what_is_no_json_is_said_before_anything_is_sent(visit: Visit) -> None:
    visit.page.fill("#variables", "{")

    visit.run()

    assert "变量不是有效的 JSON" in visit.page.inner_text("#problems")
    assert visit.page.locator("#status b").count() == 0


@pytest.mark.parametrize("form", ["plain"])
def test_everything_in_the_plain_form_has_a_name(visit: Visit) -> None:
    visit.sign_in("resident")

    nameless = visit.page.evaluate(
        """() => [...document.querySelectorAll("button, input, textarea, select, a")]
          .filter((one) => one.offsetParent && !(one.innerText || one.ariaLabel || one.labels?.length))
          .map((one) => one.outerHTML)"""
    )

    assert nameless == []


@pytest.mark.parametrize("form", ["plain"])
def test_the_documentation_knows_what_the_schema_knows(visit: Visit) -> None:
    visit.sign_in("resident")

    sdl, read = visit.page.evaluate(READ)

    known = {
        one.name.value: {
            field.name.value: [print_ast(field.type), *(mark.name.value for mark in field.directives or ())]
            for field in getattr(one, "fields", None) or ()
        }
        for one in parse(sdl).definitions
        if isinstance(one, TypeDefinitionNode)
    }
    assert read == known
    assert len(known) > 300


@pytest.mark.parametrize("form", ["graphiql"])
def test_graphiql_marks_what_the_schema_does_not_have(visit: Visit) -> None:
    visit.sign_in("resident")
    visit.choose("base/1_who_am_i")

    visit.page.evaluate(WRONG)

    marks = visit.page.wait_for_function(MARKS).json_value()
    assert marks == ['Cannot query field "nonsense" on type "District".']
