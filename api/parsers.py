"""What a request's body may be."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import BaseParser

from notifier import strictjson
from notifier.errors import FieldProblem, Malformed, TooLarge


class StrictJSONParser(BaseParser):
    """One JSON value in UTF-8, of a bounded size."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge(f"A body has at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes.", code="body_too_large")
        return parse_json(body)


def parse_json(body: bytes) -> Any:
    """Malformed, with `invalid_json`, when it is none."""
    try:
        return strictjson.loads(body.decode("utf-8"))
    except ValueError as error:
        raise Malformed([FieldProblem("#", "json", f"Not JSON: {error}")], code="invalid_json") from None
