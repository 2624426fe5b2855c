"""The OpenAPI 3.1 document, made from the types that validate."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Response, jsonify
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from marketplace.web.api import blueprint, schemas
from marketplace.web.api.parameters import CertificateParameters, TotalsParameters
from marketplace.web.guard import public
from marketplace.web.searching import SearchParameters

REF = "#/components/schemas/"
_SLUG = {
    "name": "slug",
    "in": "path",
    "required": True,
    "description": "As in a list's items",
    "schema": {"type": "string"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be asked: where, with which parameters, what it answers."""

    path: str
    name: str
    summary: str
    description: str
    parameters: type[BaseModel] | None
    answer: type[BaseModel]


OPERATIONS = (
    Operation(
        path="/api/v1/products",
        name="listProducts",
        summary="Search the catalogue",
        description="The same words, filters, orders and pages as the search page, and the same totals.",
        parameters=SearchParameters,
        answer=schemas.Products,
    ),
    Operation(
        path="/api/v1/products/{slug}",
        name="getProduct",
        summary="One product",
        description="A listed product with its offers and the certificates that are valid now.",
        parameters=None,
        answer=schemas.Product,
    ),
    Operation(
        path="/api/v1/certificates",
        name="listCertificates",
        summary="Certificates with a number",
        description="What stands in the public register under a whole number, valid or not; usually one.",
        parameters=CertificateParameters,
        answer=schemas.Certificates,
    ),
    Operation(
        path="/api/v1/assistance/totals",
        name="getAssistanceTotals",
        summary="Consumption-assistance volume of a period",
        description="Ordered, paid and completed goods without freight, and what the rule counts of them.",
        parameters=TotalsParameters,
        answer=schemas.Totals,
    ),
)


@blueprint.get("/api/v1/openapi.json")
@public
def openapi() -> Response:
    return jsonify(document())


@cache
def document() -> Mapping[str, Any]:
    """Return the OpenAPI document."""
    answers: list[type[BaseModel]] = [*dict.fromkeys(one.answer for one in OPERATIONS), schemas.Problem]
    _, defined = models_json_schema(
        [(model, "serialization") for model in answers], ref_template=REF + "{model}"
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "黔货入粤 API",
            "version": "1",
            "description": "Read-only: catalogue, certificates and consumption-assistance volume. "
            "Amounts are integers in fen (CNY), days and months are those of Asia/Shanghai.",
        },
        "paths": {one.path: {"get": _described(one)} for one in OPERATIONS},
        "components": {"schemas": defined["$defs"] | _enums()},
    }


def _described(operation: Operation) -> Mapping[str, Any]:
    parameters = [_SLUG] if operation.parameters is None else _parameters(operation.parameters)
    refused = ("404", "No such product") if operation.parameters is None else ("422", "A parameter is wrong")
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": operation.description,
        "parameters": parameters,
        "responses": {
            "200": _answer("OK", "application/json", operation.answer),
            refused[0]: _answer(refused[1], "application/problem+json", schemas.Problem),
        },
    }


def _answer(description: str, content_type: str, model: type[BaseModel]) -> Mapping[str, Any]:
    return {
        "description": description,
        "content": {content_type: {"schema": {"$ref": REF + model.__name__}}},
    }


def _parameters(model: type[BaseModel]) -> list[Mapping[str, Any]]:
    schema = model.model_json_schema(ref_template=REF + "{model}")
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", []),
            "description": found.get("description", ""),
            "schema": _sendable(found),
        }
        for name, found in schema["properties"].items()
    ]


def _sendable(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a parameter's schema as an address can carry it: an absent one is left out, never null."""
    kept = {key: value for key, value in schema.items() if key not in {"description", "title"}}
    if kept.get("default", "") is None:
        del kept["default"]
    choices = [one for one in kept.pop("anyOf", []) if one != {"type": "null"}]
    return kept | (choices[0] if len(choices) == 1 else {"anyOf": choices} if choices else {})


def _enums() -> Mapping[str, Any]:
    """Return what the parameters' schemas refer to."""
    found: dict[str, Any] = {}
    for operation in OPERATIONS:
        if operation.parameters is not None:
            schema = operation.parameters.model_json_schema(ref_template=REF + "{model}")
            found |= schema.get("$defs", {})
    return found
