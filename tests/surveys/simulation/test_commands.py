"""`quality protocol simulate`, run as an operator runs it."""

import csv
import io
import json
from datetime import datetime, timedelta
from pathlib import Path

from surveys.protocol.definition import PROTOCOLS
from tests.quality.measures.test_commands import Run, quality
from tests.surveys.simulation.sending_file import lines, written
from tests.surveys.visits import MOBILE, someone, visit
from tests.world import AIDE_34, World

__all__ = ["quality"]
DAYS = ("--from", "2026-11-01", "--to", "2026-11-30")
SIMULATE = ("protocol", "simulate", "default")


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
    draft.write_text(
        shipped.replace("attempts: 3", "attempts: 1").replace("interval_days: 0", "interval_days: 14"),
        encoding="utf-8",
    )
    simulated = ("protocol", "simulate", str(draft), "--file", str(file), "--json")
    done = await quality(*simulated, "--provider", AIDE_34, "--arrival", "weekly", "--answers", "phone=100")
    assert done.code == 0, done.err
    (found,) = json.loads(done.out)["protocols"]
    assert "le fichier dit 14 jours" in done.err.replace("\u00a0", " ")
    assert found["visits"] == 210
    assert found["answers"] == sum(day["calls"] for day in found["days"]) > 0
    both = await quality(*simulated, *DAYS)
    assert (both.code, "pas les deux" in both.err) == (1, True)


async def test_every_message_is_listed_with_its_visit_its_client_its_place_and_its_instant(
    world: World, quality: Run, tmp_path: Path
) -> None:
    client = await someone(world, mobile=MOBILE)
    seen, listed = await visit(client), tmp_path / "messages.csv"
    done = await quality(*SIMULATE, *DAYS, "--out", str(listed), "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert (told["messages"], told["calls"]) == (2, 2)
    assert told["channels"] == {"sms": 2, "email": 0, "phone": 2}
    text = listed.read_text(encoding="utf-8")
    assert text.splitlines()[0] == "occasion,client,departement,channel,at"
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["channel"] for row in rows] == ["sms", "sms", "phone", "phone"]
    assert {(row["occasion"], row["client"], row["departement"]) for row in rows} == {
        (str(seen), str(client.id), "34")
    }
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert all(datetime.fromisoformat(row["at"]).utcoffset() == timedelta(0) for row in rows)
    lost = await quality(*SIMULATE, *DAYS, "--out", str(tmp_path / "nulle-part" / "messages.csv"))
    assert (lost.code, "ne peut pas être écrit" in lost.err) == (1, True)


async def test_a_file_of_no_provider_is_listed_by_its_own_references(
    world: World, quality: Run, tmp_path: Path
) -> None:
    file, listed = tmp_path / "visites.csv", tmp_path / "messages.csv"
    file.write_bytes(written(lines()))
    done = await quality(
        "protocol", "simulate", "default", "--file", str(file), "--out", str(listed), "--json"
    )
    assert done.code == 0, done.err
    rows = list(csv.DictReader(io.StringIO(listed.read_text(encoding="utf-8"))))
    told = json.loads(done.out)
    assert len(rows) == told["messages"] + told["calls"] > 100
    known = {line["reference"]: line["client_reference"] for line in lines()}
    assert all(known[row["occasion"]] == row["client"] for row in rows)
    assert {row["departement"] for row in rows} == {"34", "974"}


async def test_what_cannot_be_simulated_says_why(world: World, quality: Run) -> None:
    unknown = await quality("protocol", "simulate", "inconnu", *DAYS)
    assert (unknown.code, "Ceux qui existent" in unknown.err) == (1, True)
    assert (await quality(*SIMULATE)).code == 1
    assert "« sms=beaucoup »" in (await quality(*SIMULATE, *DAYS, "--answers", "sms=beaucoup")).err.replace(
        "\u00a0", " "
    )
