"""JSON as RFC 8259 has it, and no more."""

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.parsers import BaseParser

from notifier.errors import FieldProblem, Malformed, TooLarge
from notifier.wire import unique_fields


class StrictJSONParser(BaseParser):
    """One JSON value in UTF-8. Refuses NaN and Infinity, and a field that is given twice: neither has one meaning."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge(f"A body has at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes.", code="body_too_large")
        try:
            return json.loads(body.decode("utf-8"), object_pairs_hook=unique_fields, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise Malformed([FieldProblem("#", "json", f"Not JSON: {error}")], code="invalid_json") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
