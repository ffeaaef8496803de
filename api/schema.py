"""What the OpenAPI schema cannot find out by itself."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.contrib.pydantic import PydanticExtension
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from notifier import clientframes, content, instructions, names


class _KeyScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.KeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "nk_<prefix>_<secret>"}


class _PersonScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.PersonAuthentication"
    name = ["ConnectionToken", "Session"]

    def get_security_definition(self, auto_schema: object) -> list[dict[str, str]]:
        return [
            {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            {"type": "apiKey", "in": "cookie", "name": "sessionid"},
        ]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        """Any one of them, or an API key where the view takes it."""
        names = [*self.name, "ApiKey"] if getattr(auto_schema.view, "for_backends", False) else self.name
        return [{name: []} for name in names]


class _OperatorScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.OperatorAuthentication"
    name: list[str] = []  # both are described above

    def get_security_definition(self, auto_schema: object) -> list[dict[str, str]]:
        return []

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        """Either of them."""
        return [{"ApiKey": []}, {"Session": []}]


# ------------------------------------------------------------------ what the domain's own checks allow

# Insides of character classes, in the dialect that Python and ECMA 262 share. ECMA's \s is not what Python's strip() takes.
CONTROL = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"
_CONTROL_BUT_LAYOUT = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
_SPACE = r" \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"

_INSIDE, _LAST = rf"[^\\{CONTROL}]*", rf"[^\\{CONTROL}{_SPACE}]"
_PATH = rf"/([^/\\{CONTROL}{_SPACE}]|[^/\\{CONTROL}]{_INSIDE}{_LAST})?"
_ABSOLUTE = rf"[Hh][Tt][Tt][Pp][Ss]?://([^/?#\\{CONTROL}{_SPACE}]|[^/?#\\{CONTROL}]{_INSIDE}{_LAST})"

# Pydantic describes the limits that it knows, but not the functions that it calls.
_ALLOWED_BY: dict[Callable[..., Any], JsonSchemaValue] = {
    names.one_line: {"pattern": f"^[^{CONTROL}]*$"},
    names.plain_text: {"pattern": f"^[^{_CONTROL_BUT_LAYOUT}]*$"},
    # Only what is on one line anyway is asked this.
    content._not_blank: {"pattern": f"^[^{CONTROL}]*[^{CONTROL}{_SPACE}][^{CONTROL}]*$"},
    content._safe_url: {
        "pattern": f"^({_PATH}|{_ABSOLUTE})?$",
        "description": "`https://…` or `http://…` with a well-formed host, or `/…`",
    },
    content._storable: {
        "description": f"At most {content.MAX_DATA_BYTES} bytes as JSON, {content.MAX_DATA_DEPTH} deep, without NUL; "
        "whole numbers within 53 bits, others between 1e-21 and 1e21"
    },
    clientframes._true: {"const": True},
    instructions._is_true: {"const": True},
}


def _just(field: str, kind: str = "string") -> JsonSchemaValue:
    """This field is given, and not null."""
    return {"properties": {field: {"type": kind}}, "required": [field]}


# Rules between the fields of a model.
_ALLOWED_IN: dict[type[BaseModel], JsonSchemaValue] = {
    content.Audience: {
        "anyOf": [
            {"properties": {"users": {"minItems": 1}}, "required": ["users"]},
            {"properties": {"topics": {"minItems": 1}}, "required": ["topics"]},
            {"properties": {"everyone": {"const": True}}, "required": ["everyone"]},
        ]
    },
    instructions.Disconnect: {"oneOf": [_just("user"), _just("connection")]},
    instructions.Test: {"oneOf": [_just("user"), _just("topic"), _just("everyone", "boolean"), _just("me", "boolean")]},
    clientframes.ReadMarks: {
        "oneOf": [
            {"properties": {"ids": {"type": "array"}}, "required": ["ids"]},
            {"properties": {"all": {"const": True}}, "required": ["all"]},
        ]
    },
}


class _Described(GenerateJsonSchema):
    """A model in JSON Schema, with what its validators allow."""

    def function_after_schema(self, schema: core_schema.AfterValidatorFunctionSchema) -> JsonSchemaValue:
        return super().function_after_schema(schema) | _ALLOWED_BY.get(schema["function"]["function"], {})

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        described = super().model_schema(schema)
        if between := _ALLOWED_IN.get(schema["cls"]):
            # A tool that fills in every field's default would make what is not allowed.
            for field in described["properties"].values():
                field.pop("default", None)
            described |= between
        return described


class _Model(PydanticExtension):
    """As drf-spectacular describes a model of pydantic, with `_Described`."""

    priority = 1

    def map_serializer(self, auto_schema: Any, direction: str) -> Any:
        model: type[BaseModel] = self.target
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}", schema_generator=_Described)
        for name, inner in schema.pop("$defs", {}).items():
            auto_schema.registry.register_on_missing(
                ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, object=name, schema=inner)
            )
        return schema


def described(kind: Any) -> dict[str, Any]:
    """A type of pydantic's in JSON Schema."""
    return TypeAdapter(kind).json_schema(schema_generator=_Described)


def parameters_of(query: type[BaseModel]) -> list[OpenApiParameter]:
    """What may stand in an address, from the model that checks it."""
    parameters = []
    described = query.model_json_schema(schema_generator=_Described)
    for name, field in described["properties"].items():
        shape, *_ = field.get("anyOf", [field])  # the other alternative is that it is left out
        limits = {key: value for key, value in shape.items() if key not in {"title", "description"}}
        required = name in described.get("required", [])
        parameters.append(OpenApiParameter(name, limits, required=required, description=field["description"]))
    return parameters


class Generator(SchemaGenerator):
    def get_schema(self, request: Any = None, public: bool = False) -> Any:  # noqa: FBT001, FBT002 -- as the base has it
        """No body may be left out. drf-spectacular takes one without a required field for optional."""
        schema = super().get_schema(request, public)
        for path in schema["paths"].values():
            for operation in path.values():
                if "requestBody" in operation:
                    operation["requestBody"]["required"] = True
        return schema
