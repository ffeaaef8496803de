"""Coroutines that seldom wait, run without a task."""

import asyncio
from collections.abc import Coroutine, Generator
from contextvars import copy_context
from types import coroutine
from typing import Any

Work = Coroutine[Any, Any, None]


def start(work: Work) -> asyncio.Task[None] | None:
    """Run it until it waits for the first time, and the rest in a task; None when it is done by then.

    Python 3.12 has this as `eager_start`. Before its first wait there is no current task: no `asyncio.timeout` there.
    """
    # As a task has: what it sets before its first wait is there after it, and nowhere else.
    context = copy_context()
    try:
        awaited = context.run(work.send, None)
    except StopIteration:
        return None
    return asyncio.get_running_loop().create_task(_rest(work, awaited), context=context)


@coroutine
def _rest(work: Work, awaited: Any) -> Generator[Any, Any, None]:
    try:
        while True:
            try:
                sent = yield awaited
            except BaseException as error:
                awaited = work.throw(error)
            else:
                awaited = work.send(sent)
    except StopIteration:
        return
