"""Which processes run on which cores: servers on their own, the load client and the data stores on the others."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Cores:
    """Sets of core numbers. On a machine with one core they are the same, and figures are of little use."""

    server: frozenset[int]
    second_server: frozenset[int]
    """For the second of two server processes: a core of its own where there are at least three."""
    others: frozenset[int]


def divide() -> Cores:
    """The first core is the server's; where there are three or more the second server has the next one."""
    first, *rest = sorted(os.sched_getaffinity(0))
    if not rest:
        return Cores(frozenset({first}), frozenset({first}), frozenset({first}))
    if len(rest) == 1:
        return Cores(frozenset({first}), frozenset(rest), frozenset(rest))
    return Cores(frozenset({first}), frozenset(rest[:1]), frozenset(rest[1:]))


@contextmanager
def started_on(cores: frozenset[int]) -> Iterator[None]:
    """Processes that are started within this block run on these cores, and so do all their threads."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def raise_file_limit() -> int:
    """Let this process, and those that it starts, open as many files as the system allows. Returns how many that is."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most
