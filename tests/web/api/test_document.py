"""The published document: a valid OpenAPI 3.1, true of every operation, and browsable."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.web.api.documentation import document
from tests.web.api.conftest import Ask, check
from tests.web.reading import Page
from tests.web.shop import RED_KIWI, ZHENPIN_NUMBER

# What an operation cannot be asked without.
NEEDED: Mapping[str, Mapping[str, str]] = {
    "listProducts": {},
    "getProduct": {},
    "listCertificates": {"number": ZHENPIN_NUMBER},
    "getAssistanceTotals": {"period": "2026"},
}
# A value of each free text; the others follow from their schemas.
TEXTS = {"q": "猕猴桃", "number": ZHENPIN_NUMBER, "period": "2026-11", "rule": "platform_paid"}
OPERATIONS = [(path, item["get"]) for path, item in document()["paths"].items()]
PARAMETERS = [
    (path, operation["operationId"], parameter)
    for path, operation in OPERATIONS
    for parameter in operation["parameters"]
    if parameter["in"] == "query"
]


@pytest.fixture
def published(client: FlaskClient) -> Any:
    answer = client.get("/api/v1/openapi.json")
    assert answer.content_type == "application/json"
    return answer.get_json()


def parts(node: Any) -> Iterator[Mapping[str, Any]]:
    """Give every object of the document."""
    if isinstance(node, dict):
        yield node
    for one in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from parts(one)


def found(document: Any, pointer: str) -> Any:
    assert pointer.startswith("#/")
    for key in pointer[2:].split("/"):
        document = document[key.replace("~1", "/").replace("~0", "~")]
    return document


def test_it_is_openapi_3_1(published: Any) -> None:
    assert re.fullmatch(r"3\.1\.\d+", published["openapi"])
    assert {"title", "version"} <= set(published["info"])
    assert set(published) <= {"openapi", "info", "paths", "components", "servers", "tags"}
    names = [item["get"]["operationId"] for item in published["paths"].values()]
    assert len(names) == len(set(names)) == 4
    for path, item in published["paths"].items():
        assert path.startswith("/")
        operation = item["get"]
        assert operation["summary"]
        for status, response in operation["responses"].items():
            assert re.fullmatch(r"[1-5]\d\d", status)
            assert response["description"]
            assert all("schema" in content for content in response["content"].values())
        keys = [(one["name"], one["in"]) for one in operation["parameters"]]
        assert len(keys) == len(set(keys))
        in_path = {name for name, where in keys if where == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", path))
        for one in operation["parameters"]:
            assert one["in"] in {"path", "query"}
            assert one["required"] is (one["in"] == "path" or one["name"] in NEEDED[operation["operationId"]])
            assert "schema" in one
            assert one["description"] or one["name"] == "page"


def test_every_reference_leads_somewhere_and_every_schema_is_one(published: Any) -> None:
    references = [part["$ref"] for part in parts(published) if "$ref" in part]
    assert references
    for reference in references:
        assert isinstance(found(published, reference), dict)
    for name, schema in published["components"]["schemas"].items():
        assert re.fullmatch(r"[A-Za-z0-9._-]+", name)
        jsonschema.Draft202012Validator.check_schema(schema)
        assert f"#/components/schemas/{name}" in references, name
    for _path, _name, parameter in PARAMETERS:
        jsonschema.Draft202012Validator.check_schema(parameter["schema"])


def test_it_names_every_route_and_no_other(app: Flask, published: Any) -> None:
    routes = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(rule))
        for rule in app.url_map.iter_rules()
        if str(rule).startswith("/api/v1/") and not str(rule).endswith("openapi.json")
    }
    assert set(published["paths"]) == routes


def values(schema: Mapping[str, Any]) -> list[Any]:
    """Return values that a parameter's schema allows, its bounds among them."""
    if "$ref" in schema:
        return list(found(document(), schema["$ref"])["enum"])
    kind = schema["type"]
    if kind == "array":
        return [["x"], ["x"] * schema["maxItems"], ["长" * schema["items"]["maxLength"]]]
    if kind == "boolean":
        return ["true", "false", "1", "0"]
    assert kind in {"integer", "number"}
    return [schema["minimum"], schema["maximum"]]


@pytest.mark.parametrize(("path", "name", "parameter"), PARAMETERS, ids=lambda one: str(one)[:30])
def test_every_documented_parameter_is_taken(
    ask: Ask, path: str, name: str, parameter: Mapping[str, Any]
) -> None:
    known = TEXTS.get(parameter["name"])
    for value in [known] if known else values(parameter["schema"]):
        ask(path, **{**NEEDED[name], parameter["name"]: value})


def wrong_values(schema: Mapping[str, Any]) -> list[Any]:
    """Return values that a parameter's schema does not allow."""
    if "$ref" in schema:
        return ["unknown", "RELEVANCE", "relevance ;--", "1"]
    kind = schema.get("type")
    if kind == "array":
        return [["x"] * (schema["maxItems"] + 1), ["长" * 61], "a\x00b", "\x1b[2J"]
    if kind == "boolean":
        return ["maybe", "2", "\x00"]
    if kind == "integer":
        return ["0", "-1", "1.5", "1e3", "9" * 30, "NaN", "x", "\x00", "9" * 10_000]
    if kind == "number":
        return ["NaN", "inf", "-inf", "-1", "1e400", "1,5", "x", "\x00", "9" * 10_000]
    return ["a\x00b", "\x1b[2J", "长" * (schema["maxLength"] + 1), "长" * 10_000]


WRONG = [
    (path, name, parameter["name"], value)
    for path, name, parameter in PARAMETERS
    if parameter["name"] != "q"
    for value in wrong_values(parameter["schema"])
]


@pytest.mark.parametrize(("path", "name", "parameter", "value"), WRONG, ids=lambda one: str(one)[:24])
def test_what_a_parameter_cannot_be_is_refused_by_its_name(
    ask: Ask, path: str, name: str, parameter: str, value: Any
) -> None:
    problem = ask(path, 422, **{**NEEDED[name], parameter: value})
    assert (problem["status"], problem["code"]) == (422, "bad_search")
    assert parameter in problem["detail"]


@pytest.mark.parametrize("typed", ["", " ", "\x00", "a\x00猕", "长" * 10_000, "' OR 1 --", "🥝", "\u202e桃"])
def test_anything_may_be_typed_to_search(ask: Ask, typed: str) -> None:
    ask("/api/v1/products", q=typed)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/api/v1/certificates", {}),
        ("/api/v1/certificates", {"number": ""}),
        ("/api/v1/certificates", {"number": "   "}),
        ("/api/v1/assistance/totals", {}),
        ("/api/v1/assistance/totals", {"period": "2026-13"}),
        ("/api/v1/assistance/totals", {"period": "2026-12..2026-01"}),
        ("/api/v1/assistance/totals", {"period": "2026-10..2026-10..2026-10"}),
        ("/api/v1/assistance/totals", {"period": "二〇二六"}),
        ("/api/v1/assistance/totals", {"period": "2026", "rule": "unknown"}),
        ("/api/v1/products", {"price_min": "20", "price_max": "10"}),
    ],
)
def test_what_is_missing_or_means_nothing_is_refused(ask: Ask, path: str, asked: dict[str, str]) -> None:
    problem = ask(path, 422, **asked)
    assert problem["status"] == 422
    if not any(asked.values()):
        assert problem["code"] == "missing_parameter"
        assert ("number" if path.endswith("certificates") else "period") in problem["detail"]


@pytest.mark.parametrize("slug", ["%00", "a%00b", "%F0%9F%A5%9D", "x" * 10_000, "..%2F..", "%FF"])
def test_no_address_breaks_a_product(client: FlaskClient, slug: str) -> None:
    path = f"/api/v1/products/{slug}"
    answer = client.get(path)
    assert answer.status_code == 404
    assert check(answer, "/api/v1/products/x")["status"] == 404


def test_an_unknown_parameter_changes_nothing(ask: Ask) -> None:
    assert ask("/api/v1/products", nonsense="1", q="猕猴桃") == ask("/api/v1/products", q="猕猴桃")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_it_is_read_only(client: FlaskClient, method: str) -> None:
    answer = client.open("/api/v1/products", method=method)
    assert answer.status_code in {400, 405}
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v2/products", "/api/v1/products/a/b"])
def test_what_is_not_there_says_so_as_a_problem(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_the_page_shows_every_operation_with_parameters_types_and_an_example(client: FlaskClient) -> None:
    html = client.get("/api/docs").text
    page = Page(html)
    words = {one.text for one in page.words}
    for path, operation in OPERATIONS:
        assert f"GET {path}" in words
        section = html.partition(f'id="{operation["operationId"]}"')[2].partition("</section>")[0]
        assert operation["summary"] in section
        for parameter in operation["parameters"]:
            assert f"<code>{parameter['name']}</code>" in section
            assert parameter["description"].replace("'", "&#39;") in section
        example = re.search(r'href="(/api/v1/[^"]+)"', section)
        assert example is not None
        answer = client.get(example.group(1).replace("&amp;", "&"))
        assert answer.status_code == 200, example.group(1)
        check(answer, example.group(1).partition("?")[0])
    for name in ("1 – 10,000", "relevance | sales", "number 0", "[string]", "boolean"):
        assert name in html
    assert "/api/v1/openapi.json" in page.links
    for link in page.links:
        assert not link.startswith("#") or f'id="{link[1:]}"' in html, link


def test_the_examples_lead_to_goods_with_a_proof(client: FlaskClient) -> None:
    html = client.get("/api/docs").text
    slug = re.search(r'href="/api/v1/products/([\w-]+)"', html)
    number = re.search(r'href="(/api/v1/certificates\?number=[^"]+)"', html)
    assert slug is not None
    assert number is not None
    assert client.get(f"/api/v1/products/{slug.group(1)}").get_json()["certificates"]
    assert client.get(number.group(1)).get_json()["items"][0]["valid_now"] is True


def test_answers_say_what_the_reader_s_cookies_cannot_change(app: Flask) -> None:
    plain, other = app.test_client(), app.test_client()
    other.set_cookie("lang", "en")
    other.set_cookie("city", "440300")
    path = f"/api/v1/products/{RED_KIWI}"
    assert plain.get(path).data == other.get(path).data
    assert "Set-Cookie" not in plain.get(path).headers
