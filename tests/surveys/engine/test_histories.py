"""Random histories, in memory: visits, files, messages, answers and refusals; every promise holds.

`make test` lives 300 of them, `make long` 100,000. Twice the same rules: tests/surveys/engine/promises.py and
reasons.py are a second writing, beside the engine's. What fails names its seed.
"""

import pytest

from tests.scale import SCALE
from tests.surveys.engine import promises, reasons
from tests.surveys.engine.histories import TOGETHER, live


@pytest.mark.parametrize("seed", range(300 // TOGETHER))
def test_random_histories_keep_every_promise(seed: int) -> None:
    look_at(seed)


@pytest.mark.long
@pytest.mark.parametrize("tenth", range(10))
def test_a_hundred_thousand_random_histories_keep_every_promise(tenth: int) -> None:
    number = 100 * SCALE // TOGETHER
    for seed in range(tenth * number, (tenth + 1) * number):
        look_at(seed)


def look_at(seed: int) -> None:
    past = live(seed)
    try:
        promises.look_at(past)
        reasons.look_at(past)
    except AssertionError as broken:
        broken.add_note(f"seed {seed}")
        raise
