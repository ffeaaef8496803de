"""Who holds an API key, asked from the event loop."""

from collections.abc import Mapping

from notifier.access import Caller, caller_of_key, known_caller
from notifier.batching import Batcher
from notifier.errors import NotifierError

# So many keys, each of which may be another, does one thread look up in a row.
_AT_A_TIME = 20


async def caller_soon(text: str) -> Caller:
    """`caller_of_key`; of all that ask for the same key at once one looks it up. Unavailable when the database does not answer."""
    return known_caller(text) or await _LOOK_UPS.ask(text)


def _callers(texts: list[str]) -> Mapping[str, Caller | Exception]:
    return {text: _caller(text) for text in texts}


def _caller(text: str) -> Caller | NotifierError:
    try:
        return caller_of_key(text)
    except NotifierError as error:
        return error


_LOOK_UPS = Batcher(_callers, at_a_time=_AT_A_TIME)
