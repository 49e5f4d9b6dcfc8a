"""A worker process of its own, for tests that kill it: `python -m tests.surveys.dispatch.crash_worker 2`.

It is the house's worker, with the jobs of dispatch alone and a lease as short as the tests need.
"""

import asyncio
import sys
from datetime import timedelta

from quality.app import compose
from quality.settings import from_environment
from quality.worker import work
from surveys.dispatch.worker import jobs
from tests.surveys.dispatch import keyed

if __name__ == "__main__":
    keyed.register()
    asyncio.run(work(compose(from_environment()), jobs(timedelta(seconds=float(sys.argv[1])))))
