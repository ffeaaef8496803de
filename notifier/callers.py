"""Who holds an API key, asked from the event loop."""

from collections.abc import Mapping

from notifier.access import Caller, caller_of_key, known_caller, was_known
from notifier.batching import Batcher
from notifier.errors import NotifierError

# So many keys, each of which may be another, does one thread look up in a row.
_AT_A_TIME = 20


async def caller_soon(text: str) -> Caller | None:
    """`caller_of_key`; of all that ask for the same key at once one looks it up. Unavailable when the database does not answer.

    None for a key that was not known before: nobody waits here for the look-up of what others guess.
    """
    if known := known_caller(text):
        return known
    return await _LOOK_UPS.ask(text) if was_known(text) else None


def _callers(texts: list[str]) -> Mapping[str, Caller | Exception]:
    return {text: _caller(text) for text in texts}


def _caller(text: str) -> Caller | NotifierError:
    try:
        return caller_of_key(text)
    except NotifierError as error:
        return error


_LOOK_UPS = Batcher(_callers, at_a_time=_AT_A_TIME)
