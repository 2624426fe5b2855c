"""The OpenAPI 3.1 document, made from the types that validate, and a page to browse it."""

from functools import cache
from typing import Any

from flask import Response, jsonify, render_template
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from marketplace.web.api import blueprint, schemas
from marketplace.web.api.parameters import CertificateParameters, TotalsParameters
from marketplace.web.guard import public
from marketplace.web.searching import SearchParameters

_REF = "#/components/schemas/{model}"
_OPERATIONS: tuple[tuple[str, str, str, type[BaseModel] | None, type[BaseModel]], ...] = (
    ("/api/v1/products", "listProducts", "Search the catalogue", SearchParameters, schemas.Products),
    ("/api/v1/products/{slug}", "getProduct", "One product", None, schemas.Product),
    (
        "/api/v1/certificates",
        "listCertificates",
        "Certificates with a number",
        CertificateParameters,
        schemas.Certificates,
    ),
    (
        "/api/v1/assistance/totals",
        "getAssistanceTotals",
        "Consumption-assistance volume of a period",
        TotalsParameters,
        schemas.Totals,
    ),
)


@blueprint.get("/api/v1/openapi.json")
@public
def openapi() -> Response:
    return jsonify(document())


@blueprint.get("/api/docs")
@public
def docs() -> str:
    return render_template("api/docs.html", document=document())


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    answers: list[type[BaseModel]] = [*dict.fromkeys(answer for *_, answer in _OPERATIONS), schemas.Problem]
    asked = [model for _, _, _, model, _ in _OPERATIONS if model is not None]
    _, defined = models_json_schema([(model, "serialization") for model in answers], ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "黔货入粤 API",
            "version": "1",
            "description": "Read-only: catalogue, certificates and consumption-assistance volume.",
        },
        "paths": {
            path: {"get": _operation(path, name, summary, parameters, answer)}
            for path, name, summary, parameters, answer in _OPERATIONS
        },
        "components": {"schemas": defined["$defs"] | _enums(asked)},
    }


def _operation(
    path: str, name: str, summary: str, parameters: type[BaseModel] | None, answer: type[BaseModel]
) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}}
    responses = {
        "200": {
            "description": "OK",
            "content": {"application/json": {"schema": {"$ref": _REF.format(model=answer.__name__)}}},
        },
        "422": {"description": "A parameter cannot be read", "content": problem},
    }
    described = _parameters(parameters) if parameters else []
    if "{slug}" in path:
        described = [{"name": "slug", "in": "path", "required": True, "schema": {"type": "string"}}]
        responses = {"200": responses["200"], "404": {"description": "No such product", "content": problem}}
    return {"operationId": name, "summary": summary, "parameters": described, "responses": responses}


def _parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(ref_template=_REF)
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", []),
            "description": found.get("description", ""),
            "schema": {key: value for key, value in found.items() if key not in {"description", "title"}},
        }
        for name, found in schema["properties"].items()
    ]


def _enums(models: list[type[BaseModel]]) -> dict[str, Any]:
    """Return what the parameters' schemas refer to."""
    found: dict[str, Any] = {}
    for model in models:
        found |= model.model_json_schema(ref_template=_REF).get("$defs", {})
    return found
