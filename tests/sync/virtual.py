"""An event loop without a clock and without sockets: time is what the next callback says it is.

The product's own asyncio code runs in it, unchanged. Whatever is due runs in the order of its moment,
and at one moment in the order in which it was asked for, so the same seed gives the same evening.

Several processes share the loop. What a process starts (tasks, timers, callbacks) carries its `Life` in
its context, so a process can die between any two callbacks, which is to say at any await: from then
on nothing of it runs any more. `bury` ends what is left of the dead when all is over.
"""

import asyncio
import heapq
import itertools
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from typing import Any


class Life:
    """One life of a process, from its start to its death."""

    def __init__(self, name: str, dies: Callable[[], None]) -> None:
        self.name = name
        self.alive = True
        self.fuse = 0  # so many callbacks until it dies by itself; 0: it does not
        self.left: list[asyncio.Handle] = []  # what would have run, had it lived
        self.tasks: list[asyncio.Task[Any]] = []
        self.dies = dies
        self.context: Context = copy_context()
        self.context.run(_LIFE.set, self)


_LIFE: ContextVar[Life | None] = ContextVar("life", default=None)


class Loop(asyncio.AbstractEventLoop):
    def __init__(self) -> None:
        self.now = 0.0
        self.troubles: list[str] = []  # exceptions that nobody caught
        self._heap: list[tuple[float, int, asyncio.Handle | Callable[[], None]]] = []
        self._order = itertools.count()
        self._lives: list[Life] = []
        self._over = False

    # -- for whoever plays --------------------------------------------------------------

    def at(self, moment: float, what: Callable[[], None]) -> None:
        """Call this then, in nobody's life."""
        if self._over:
            return
        heapq.heappush(self._heap, (max(moment, self.now), next(self._order), what))

    def in_life(
        self, life: Life, moment: float, what: Callable[..., object], *arguments: Any
    ) -> None:
        """Call this then, as part of a process."""
        handle = asyncio.Handle(what, arguments, self, life.context)
        heapq.heappush(self._heap, (max(moment, self.now), next(self._order), handle))

    def begin(self, life: Life, work: Coroutine[Any, Any, None]) -> None:
        """Start a coroutine as part of a process, now."""
        self.in_life(life, self.now, self.create_task, work)

    async def wait(self, seconds: float) -> None:
        """As `asyncio.sleep`."""
        waiting = self.create_future()
        self.call_later(seconds, _ring, waiting)
        await waiting

    def live(self, name: str, dies: Callable[[], None]) -> Life:
        life = Life(name, dies)
        self._lives.append(life)
        return life

    @property
    def idle(self) -> bool:
        return not self._heap

    def run_to(self, moment: float) -> None:
        """Everything that is due until then."""
        heap = self._heap
        asyncio._set_running_loop(self)
        try:
            while heap and heap[0][0] <= moment:
                at, _, what = heapq.heappop(heap)
                if at > self.now:
                    self.now = at
                if type(what) is asyncio.Handle or type(what) is asyncio.TimerHandle:
                    if not what._cancelled:  # type: ignore[attr-defined]
                        self._step(what)
                else:
                    what()  # type: ignore[operator]
            self.now = max(self.now, moment)
        finally:
            asyncio._set_running_loop(None)

    def _step(self, handle: asyncio.Handle) -> None:
        life: Life | None = handle._context.get(_LIFE)  # type: ignore[attr-defined]
        if life is None:
            handle._run()
        elif not life.alive:
            life.left.append(handle)
        else:
            handle._run()
            if life.fuse:
                life.fuse -= 1
                if not life.fuse and life.alive:
                    life.dies()

    def bury(self) -> None:
        """All is over: let every task end, so that none complains when it is thrown away."""
        self._over = True
        self.troubles, troubles = [], self.troubles
        self._heap = [one for one in self._heap if isinstance(one[2], asyncio.Handle)]
        heapq.heapify(self._heap)
        for life in self._lives:
            life.alive, life.fuse = True, 0
            for handle in life.left:
                heapq.heappush(self._heap, (self.now, next(self._order), handle))
            life.left.clear()
        for _ in range(10):
            waiting = [task for life in self._lives for task in life.tasks if not task.done()]
            if not waiting:
                break
            for task in waiting:
                task.cancel()
            self.run_to(self.now + 10)
        self._heap.clear()
        self.troubles = troubles

    # -- what asyncio asks of a loop ------------------------------------------------------

    def time(self) -> float:
        return self.now

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        heapq.heappush(self._heap, (self.now, next(self._order), handle))
        return handle

    def call_at(  # type: ignore[override]
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._heap, (max(when, self.now), next(self._order), handle))
        return handle

    def call_later(  # type: ignore[override]
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        return self.call_at(self.now + delay, callback, *args, context=context)

    def create_future(self) -> "asyncio.Future[Any]":
        return asyncio.Future(loop=self)

    def create_task(self, coro: Any, **named: Any) -> "asyncio.Task[Any]":
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=self, **named)
        life = _LIFE.get()
        if life is not None:
            life.tasks.append(task)
        return task

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        self.troubles.append(repr(context.get("exception") or context.get("message")))

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        pass


def _ring(waiting: "asyncio.Future[None]") -> None:
    if not waiting.done():
        waiting.set_result(None)
