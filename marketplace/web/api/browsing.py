"""A page to browse the API: every operation with its parameters, what it answers, and an example to open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template, url_for
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.flow.ports import Ports
from marketplace.kernel import time
from marketplace.search.types import Facet, SearchRequest, Sort
from marketplace.web.api import blueprint
from marketplace.web.api.documentation import REF, document
from marketplace.web.database import read
from marketplace.web.guard import public

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One line of a table: a parameter, or a field of an answer."""

    name: str
    type: str
    description: str
    required: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One operation as the page shows it; ``example`` is an address that answers."""

    path: str
    name: str
    summary: str
    description: str
    parameters: list[Field]
    answer: str
    example: str


@blueprint.get("/api/docs")
@public
def docs() -> str:
    described = document()
    schemas: Mapping[str, Schema] = described["components"]["schemas"]
    examples = _examples(read())
    return render_template(
        "api/docs.html",
        about=described["info"]["description"],
        operations=[
            _shown(path, methods["get"], schemas, examples) for path, methods in described["paths"].items()
        ],
        answers={
            name: [_field(key, one, name in schema.get("required", []), schemas) for key, one in fields]
            for name, schema in schemas.items()
            if (fields := list(schema.get("properties", {}).items()))
        },
    )


def _shown(path: str, operation: Schema, schemas: Mapping[str, Schema], examples: Mapping[str, str]) -> Shown:
    answered = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return Shown(
        path=path,
        name=operation["operationId"],
        summary=operation["summary"],
        description=operation["description"],
        parameters=[
            _field(
                one["name"],
                one["schema"] | {"description": one["description"]},
                one["required"],
                schemas,
            )
            for one in operation["parameters"]
        ],
        answer=_type(answered, schemas),
        example=examples[operation["operationId"]],
    )


def _field(name: str, schema: Schema, required: bool, schemas: Mapping[str, Schema]) -> Field:
    default = schema.get("default")
    return Field(
        name=name,
        type=_type(schema, schemas),
        description=schema.get("description", ""),
        required=required,
        default="" if default in (None, "", [], False) else str(default),
    )


def _type(schema: Schema, schemas: Mapping[str, Schema]) -> str:
    """Write a schema's type in a few words: what may be sent, or the name of what is answered."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REF)
        return " | ".join(schemas[name]["enum"]) if "enum" in schemas[name] else name
    if "anyOf" in schema:
        return " | ".join(_type(one, schemas) for one in schema["anyOf"])
    kind = str(schema.get("type", ""))
    if kind == "array":
        return f"[{_type(schema['items'], schemas)}]"
    if kind == "object":
        return f"{{string: {_type(schema['additionalProperties'], schemas)}}}"
    low, high = schema.get("minimum"), schema.get("maximum")
    bounds = "" if low is None or high is None else f" {low:,} – {high:,}"
    return f"{schema.get('format', kind)}{bounds}"


def _examples(session: Session) -> Mapping[str, str]:
    """Return an address for each operation; product and certificate are ones that are on the shelf now."""
    ports: Ports = current_app.extensions["ports"]
    schemes = tuple(catalogue.reference(session).schemes)
    best = SearchRequest(at=time.now(), chosen={Facet.CERTIFICATION: schemes}, sort=Sort.SALES, per_page=1)
    found = ports.search.search(session, best).product_ids
    product = catalogue.products_by_id(session, found).get(found[0]) if found else None
    proofs = catalogue.valid_certificates(session, found, time.now())
    number = next((one.number for many in proofs.values() for one in many), "DEMO-000000")
    return {
        "listProducts": url_for("api.list_products", q="猕猴桃", in_stock=1, sort=Sort.PRICE_ASC),
        "getProduct": url_for("api.get_product", slug=product.slug if product else "none"),
        "listCertificates": url_for("api.list_certificates", number=number),
        "getAssistanceTotals": url_for(
            "api.assistance_totals", period=f"{time.today():%Y-%m}", by="prefecture"
        ),
    }
