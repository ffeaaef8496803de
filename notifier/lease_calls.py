"""The scripts of `notifier.lease_scripts`, called for one server on its event loop."""

from collections.abc import AsyncIterator
from typing import Any

import redis.asyncio

from notifier import lease_scripts
from notifier.facts import Facts
from notifier.lease_scripts import LOT, Names

# What a beat brings back at most: servers to bury, and people to announce.
_PER_BEAT = 200


class LeaseGone(Exception):
    """Redis does not know of the lease: it lost it, or this process slept until others removed it."""


class LeaseCalls:
    """`put`, `update` and `drop` raise LeaseGone, and change nothing, when the server holds no lease."""

    def __init__(self, client: "redis.asyncio.Redis", names: Names, server: str) -> None:
        self._client, self._names, self._server = client, names, server
        self._enter, self._beat, self._put, self._update, self._drop, self._bury = (
            client.register_script(text)
            for text in (
                lease_scripts.ENTER,
                lease_scripts.BEAT,
                lease_scripts.PUT,
                lease_scripts.UPDATE,
                lease_scripts.DROP,
                lease_scripts.BURY,
            )
        )

    async def enter(self, lease: str) -> None:
        await self._enter(keys=[self._names.servers], args=[self._server, lease])

    async def beat(self, lease: str, grace: str) -> Any:
        keys = [self._names.servers, self._names.leaving, self._names.born]
        return await self._beat(keys=keys, args=[self._server, lease, grace, _PER_BEAT])

    async def put(self, lot: list[Facts], *, quiet: bool) -> tuple[float, list[str]]:
        """The time, and who has come online."""
        parts = [part for facts in lot for part in (facts.connection, facts.recipient, facts.stored())]
        arguments = [self._server, self._names.persons, "1" if quiet else "0", *parts]
        at, *came = _held(await self._put(keys=self._keys(self._server), args=arguments))
        return float(at), came

    async def update(self, lot: list[Facts]) -> None:
        parts = [part for facts in lot for part in (facts.connection, facts.stored())]
        keys = [self._names.servers, self._names.of_servers + self._server]
        _held(await self._update(keys=keys, args=[self._server, *parts]))

    async def drop(self, how: str, lot: list[tuple[str, str]]) -> None:
        """Connections, each with its recipient. What `how` says is told at the script."""
        parts = [part for pair in lot for part in pair]
        arguments = [self._server, self._names.persons, how, *parts]
        _held(await self._drop(keys=self._keys(self._server), args=arguments))

    async def bury(self, server: str, lots: int) -> int:
        """Remove what a server left behind whose lease ran out, so many lots at most. Ends too when the server is back. How many lots more might have been."""
        while lots and await self._bury(keys=self._keys(server), args=[server, self._names.persons, LOT]):
            lots -= 1
        return lots

    async def known(self) -> AsyncIterator[list[tuple[str, str]]]:
        """Lots of what Redis knows of this server: connections, each with its recipient."""
        cursor = None
        while cursor != 0:
            lot: dict[str, str]
            cursor, lot = await self._client.hscan(self._names.of_servers + self._server, cursor or 0, count=LOT)  # type: ignore[assignment]
            yield [(connection, facts.partition("\n")[0]) for connection, facts in lot.items()]

    def _keys(self, server: str) -> list[str]:
        return [self._names.servers, self._names.people, self._names.leaving, self._names.of_servers + server]


def _held(answer: Any) -> Any:
    if answer is None:
        raise LeaseGone
    return answer
