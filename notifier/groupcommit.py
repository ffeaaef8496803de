"""Group commit: what is sent at the same time is stored in one transaction.

After "Group commit timers and high volume transaction systems" (Helland et al., 1987), without the timer: whoever comes while a
transaction is under way goes into the next. Alone nobody waits, and a crowd shares what a transaction costs.
"""

import logging
from collections.abc import Callable, Mapping, Sequence

from django.db import DatabaseError, InterfaceError

from notifier import bus
from notifier.batching import Batcher
from notifier.bus import Entered
from notifier.database import in_database
from notifier.errors import NotifierError, TooMany, Unavailable
from notifier.publishing import Published, Sending, publish_all
from notifier.rates import check_rate

logger = logging.getLogger(__name__)

# So many share a transaction.
_AT_A_TIME = 100


async def publish_soon(sending: Sending) -> Published:
    """`publish`, from the event loop, for a backend whose requests are counted. TooMany, and the errors of `publish`."""
    return await _COMMITS.ask(sending)


class _Commits(Batcher[Sending, Published]):
    """The browsers are woken from the event loop, where the channel layer is at home."""

    async def _do(self, wants: list[Sending]) -> Mapping[Sending, Published | Exception]:
        entered: list[Entered] = []
        answers = await in_database(_publish, wants, entered.extend)
        await bus.announce_here(entered)
        return answers


def _publish(
    sendings: Sequence[Sending], wake: Callable[[list[Entered]], None]
) -> dict[Sending, Published | NotifierError]:
    answers: dict[Sending, Published | NotifierError] = {}
    allowed = []
    for sending in sendings:
        try:
            if sending.sender_id is not None:
                check_rate(sending.sender_id)
        except TooMany as error:
            answers[sending] = error
        else:
            allowed.append(sending)
    try:
        return answers | (publish_all(allowed, wake) if allowed else {})
    except (DatabaseError, InterfaceError) as error:
        logger.warning("answered 503: %s", error)
        return answers | dict.fromkeys(allowed, Unavailable("The database does not answer; try again."))


_COMMITS = _Commits(at_a_time=_AT_A_TIME)
