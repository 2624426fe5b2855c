"""What the API's tests share: ask, and hold every answer against the published document."""

from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from marketplace.web.api.documentation import document

Ask = Callable[..., Any]
"""Ask a path with parameters; gives the parsed answer once it fits the document."""


def validator(model: str) -> jsonschema.Draft202012Validator:
    """Return a validator of one published schema that also refuses fields the document does not name."""
    schemas = {
        name: schema | ({"additionalProperties": False} if "properties" in schema else {})
        for name, schema in document()["components"]["schemas"].items()
    }
    return jsonschema.Draft202012Validator(
        {"$ref": f"#/components/schemas/{model}", "components": {"schemas": schemas}},
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )


def schema_of(path: str, status: int) -> str:
    """Return the name of what the document says a path answers with a status."""
    operation = next(item["get"] for template, item in document()["paths"].items() if _fits(template, path))
    (content,) = operation["responses"][str(status)]["content"].values()
    return str(content["schema"]["$ref"]).rpartition("/")[2]


def _fits(template: str, path: str) -> bool:
    stem, brace, _name = template.partition("{")
    return path.startswith(stem) and "/" not in path[len(stem) :] if brace else path == template


def check(answer: TestResponse, path: str) -> Any:
    """Hold an answer against the document: its status, its type, every field."""
    is_good = answer.status_code == 200
    assert answer.content_type == ("application/json" if is_good else "application/problem+json")
    body = answer.get_json()
    validator(schema_of(path, answer.status_code)).validate(body)
    return body


@pytest.fixture
def ask(client: FlaskClient) -> Ask:
    return asking(client)


def asking(client: FlaskClient) -> Ask:
    def ask(path: str, status: int = 200, **parameters: Any) -> Any:
        answer = client.get(path, query_string=parameters)
        assert answer.status_code == status, (path, parameters, answer.text)
        return check(answer, path)

    return ask


@pytest.fixture
def own_ask(own_app: Flask) -> Ask:
    return asking(own_app.test_client())
