"""Group commit: what is sent at the same time is stored in one transaction.

After "Group commit timers and high volume transaction systems" (Helland et al., 1987), without the timer: whoever comes while a
transaction is under way goes into the next. Alone nobody waits, and a crowd shares what a transaction costs.
"""

import logging
from collections.abc import Sequence

from django.db import DatabaseError, InterfaceError

from notifier.batching import Batcher
from notifier.errors import NotifierError, TooMany, Unavailable
from notifier.publishing import Published, Sending, publish_all
from notifier.rates import check_rate

logger = logging.getLogger(__name__)

# So many share a transaction.
_AT_A_TIME = 100


async def publish_soon(sending: Sending) -> Published:
    """`publish`, from the event loop, for a backend whose requests are counted. TooMany, and the errors of `publish`."""
    return await _BATCHES.ask(sending)


def _publish(sendings: Sequence[Sending]) -> dict[Sending, Published | NotifierError]:
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
        return answers | (publish_all(allowed) if allowed else {})
    except (DatabaseError, InterfaceError) as error:
        logger.warning("answered 503: %s", error)
        return answers | dict.fromkeys(allowed, Unavailable("The database does not answer; try again."))


_BATCHES: Batcher[Sending, Published] = Batcher(_publish, at_a_time=_AT_A_TIME)
