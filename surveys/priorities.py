"""Who is called before whom: the one table of priorities, stored by each case when it is written (pure)."""

from collections.abc import Mapping

# Those who wait for somebody to act come first, then those who asked to be called, then those who are asked.
PRIORITY: Mapping[str, int] = {"complaint": 10, "inbound": 15, "callback": 20, "verdict": 30, "survey": 50}
# An hour agreed with somebody is kept before everything else.
AGREED = 5
ALL = (AGREED, *sorted(PRIORITY.values()))
