"""Outside a terminal, the making of the story is told line by line: silence would look like a failure."""

from quality.demo.running import by_line


def test_each_stage_is_said_when_it_begins_and_then_tenth_by_tenth() -> None:
    said: list[str] = []
    told = by_line(said.append)
    for done in range(101):
        told("Dix-huit mois de visites et d’avis" if done < 60 else "Publications", done / 100)
    assert said[0] == "Dix-huit mois de visites et d’avis\u00a0: 0\u00a0%"
    assert [line for line in said if line.startswith("Publications")] == [
        f"Publications\u00a0: {done}\u00a0%" for done in (60, 70, 80, 90, 100)
    ]
    assert len(said) == 11
