"""The job of the year: each client is asked about it on a day of their own."""

from datetime import timedelta
from typing import TYPE_CHECKING

from quality.component import Job
from surveys.yearly.asking import ask_due

if TYPE_CHECKING:
    from quality.app import House


async def ask_yearly(house: "House") -> None:
    """Ask those whose day came, and those who waited."""
    await ask_due(house)


JOBS = (Job("ask-yearly", ask_yearly, timedelta(hours=1)),)
