"""Statements of many messages made one: what is asked for while one runs goes in the next."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Together(Generic[Item, Answer]):
    """Call `verb` with all the items that wait; it answers in their order, or fails for all of them."""

    def __init__(self, verb: Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]]) -> None:
        self._verb = verb
        self._waiting: list[tuple[Item, asyncio.Future[Answer]]] = []
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, item: Item) -> Answer:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return await answer

    async def rest(self) -> None:
        """Wait until all that was asked for is done."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                answers = await self._verb([item for item, _ in batch])
            except Exception as error:
                for asked in _asked(batch):
                    asked.set_exception(error)
            else:
                for (_, asked), answer in zip(batch, answers, strict=True):
                    if not asked.done():  # whoever asked was cancelled
                        asked.set_result(answer)


def _asked(batch: Sequence[tuple[Item, "asyncio.Future[Answer]"]]) -> "list[asyncio.Future[Answer]]":
    return [asked for _, asked in batch if not asked.done()]
