"""A worker that only simulates, for tests that stop it: `python -m tests.surveys.simulation.working`."""

import asyncio

from quality.app import compose
from quality.settings import from_environment
from quality.worker import work

if __name__ == "__main__":
    house = compose(from_environment())
    asyncio.run(work(house, [house.jobs["simulate-protocols"]]))
