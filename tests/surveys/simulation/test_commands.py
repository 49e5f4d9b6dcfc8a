"""`quality protocol simulate`, run as an operator runs it."""

import json
from pathlib import Path

from surveys.protocol.definition import PROTOCOLS
from tests.quality.measures.test_commands import Run, quality
from tests.surveys.simulation.sending_file import lines, written
from tests.surveys.visits import MOBILE, someone, visit
from tests.world import AIDE_34, World

__all__ = ["quality"]
DAYS = ("--from", "2026-11-01", "--until", "2026-11-30")
SIMULATE = ("protocol", "simulate", "--protocol", "default")


async def test_a_period_is_simulated_through_two_protocols(world: World, quality: Run) -> None:
    await visit(await someone(world, mobile=MOBILE))
    done = await quality(*SIMULATE, "--against", "integral:1", *DAYS, "--price", "sms=4,5", "--json")
    assert done.code == 0, done.err
    first, second = json.loads(done.out)["protocols"]
    assert (first["name"], first["visits"], first["asked"]) == ("default", 1, 1)
    assert first["reasons"] == {"first_intervention": 1}
    assert [(day["sms"], day["calls"]) for day in first["days"]] == [(1, 0), (1, 0), (0, 1), (0, 1)]
    assert first["costs"] == [
        {"channel": "sms", "number": 2, "cents": 9},
        {"channel": "phone", "number": 2, "cents": None},
    ]
    assert sum(day["calls"] for day in second["days"]) == 3
    said = await quality(*SIMULATE, *DAYS)
    assert "2 messages et 2 appels" in said.out


async def test_a_file_and_a_protocol_not_yet_published_are_simulated(
    world: World, quality: Run, tmp_path: Path
) -> None:
    file, draft = tmp_path / "visites.csv", tmp_path / "court.yaml"
    file.write_bytes(written(lines()))
    shipped = (PROTOCOLS / "integral.yaml").read_text(encoding="utf-8")
    draft.write_text(shipped.replace("attempts: 3", "attempts: 1"), encoding="utf-8")
    simulated = ("protocol", "simulate", "--protocol", str(draft), "--file", str(file), "--json")
    done = await quality(*simulated, "--provider", AIDE_34, "--arrival", "weekly", "--answers", "phone=100")
    assert done.code == 0, done.err
    (found,) = json.loads(done.out)["protocols"]
    assert found["visits"] == 210
    assert found["answers"] == sum(day["calls"] for day in found["days"]) > 0
    refused = await quality(*simulated)
    assert refused.code == 1
    assert "--provider" in refused.err


async def test_what_cannot_be_simulated_says_why(world: World, quality: Run) -> None:
    unknown = await quality("protocol", "simulate", "--protocol", "inconnu", *DAYS)
    assert (unknown.code, "Ceux qui existent" in unknown.err) == (1, True)
    assert (await quality(*SIMULATE)).code == 1
    assert "« sms=beaucoup »" in (await quality(*SIMULATE, *DAYS, "--answers", "sms=beaucoup")).err.replace(
        "\u00a0", " "
    )
