"""False calls: what the invented person says, where a run stands, and what was right in it (pure).

A run is the list of its steps; everything shown is computed from them again, and nothing else is stored.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec

from surveys.questionnaire.definition import Words
from surveys.questionnaire.logic import Answer
from surveys.respondents import Who, who_of

SOURCE = Path(__file__).with_name("data") / "training.yaml"
Code = Annotated[str, msgspec.Meta(pattern=r"\A[a-z][a-z_]{0,39}\Z")]
# What may be granted in a false call: the grid of no real provider.
GRID = {"replan_hours": 48, "replace_worker": True, "refund_cents": 4000, "mediation": True}


class Step(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing done in a run; as a rule's pattern, what is empty matches all."""

    do: str
    what: str = ""
    value: str = ""
    who: str = ""


class Pattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The steps that a scenario awaits, or does not want."""

    do: str
    what: str = ""
    value: tuple[str, ...] = ()

    def matches(self, step: Step) -> bool:
        is_value = not self.value or step.value in self.value
        return step.do == self.do and self.what in ("", step.what) and is_value


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"others": "or"}):
    """One thing to do, or another that is as good, and the rule that says why."""

    step: Pattern
    rule: Code
    others: tuple[Pattern, ...] = ()

    def is_met(self, steps: Sequence[Step]) -> bool:
        return any(pattern.matches(step) for step in steps for pattern in (self.step, *self.others))


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: Code
    title: Words
    text: Words


class FalsePerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    age: str
    commune: str


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One invented person, what they say, and what a good call with them holds."""

    code: Code
    title: Words
    person: FalsePerson
    opens: Words
    answers: dict[str, Words]
    expects: tuple[Expected, ...]
    forbids: tuple[Expected, ...] = ()
    panels: dict[str, Words] = {}


class Training(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rules: tuple[Rule, ...]
    scenarios: tuple[Scenario, ...]

    def scenario(self, code: str) -> Scenario | None:
        return next((each for each in self.scenarios if each.code == code), None)

    def rule(self, code: str) -> tuple[int, Rule]:
        """Give a rule with its number, by which it is spoken of."""
        return next((number, each) for number, each in enumerate(self.rules, 1) if each.code == code)


@cache
def training() -> Training:
    """Read the false calls, once; every rule that a scenario names exists."""
    found = msgspec.yaml.decode(SOURCE.read_bytes(), type=Training)
    known = {rule.code for rule in found.rules}
    missing = {each.rule for each in _named(found)} - known
    if missing:
        message = f"training.yaml: no rule {', '.join(sorted(missing))}"
        raise ValueError(message)
    return found


def _named(found: Training) -> Iterator[Expected]:
    return (each for scenario in found.scenarios for each in (*scenario.expects, *scenario.forbids))


def answers_of(steps: Sequence[Step]) -> dict[str, dict[str, Answer]]:
    """Give what was answered, by respondent; an answer undone is not there any more, one told moves.

    >>> answers_of([Step("answer", "globale", "4", "client"), Step("answer", "travail", "nsp", "client"),
    ...             Step("undo", "travail", who="client")])
    {'client': {'globale': 4}}
    >>> answers_of([Step("answer", "globale", "4", "client"), Step("who", "child", "aide", "client")])
    {'relative': {'globale': 4}}
    """
    found: dict[str, dict[str, Answer]] = {}
    for step in steps:
        if step.do == "answer":
            found.setdefault(step.who, {})[step.what] = (
                int(step.value) if step.value.isdecimal() else step.value
            )
        elif step.do == "undo":
            found.get(step.who, {}).pop(step.what, None)
        elif step.do == "who":
            found[Who(step.what).place(step.who)] = found.pop(step.who, {})
    return found


def told_of(steps: Sequence[Step]) -> dict[str, Who]:
    """Give who the answers were told to be of, by respondent.

    >>> told_of([Step("who", "child", "aide", "client")])
    {'relative': Who(relation='child', help='helped', worker='')}
    """
    said = [(step.who, who_of(step.what, step.value.split())) for step in steps if step.do == "who"]
    return {who.place(respondent): who for respondent, who in said}


def last_given(steps: Sequence[Step]) -> Step | None:
    """Give the answer that an undo takes back: the last step that is not only a look at a panel."""
    done = [step for step in steps if step.do not in ("panel", "respondent")]
    return done[-1] if done and done[-1].do == "answer" else None


def is_wished(steps: Sequence[Step]) -> bool:
    """Tell whether the person said what they wish after a low mark."""
    return any(step.do in ("wish", "complaint") for step in steps)


def reply(scenario: Scenario, alias: str, panel: str, *, is_first: bool) -> Words | None:
    """Say what the person says now: to the panel that is open, else to the question, and first of all."""
    if panel in scenario.panels:
        return scenario.panels[panel]
    if panel:
        return None
    return scenario.opens if is_first and not alias else scenario.answers.get(alias, scenario.opens)


class Judged(msgspec.Struct, frozen=True):
    """One rule in the debrief, and whether the run kept it."""

    rule: str
    is_kept: bool
    step: Pattern
    is_forbidden: bool = False


def judge(scenario: Scenario, steps: Sequence[Step]) -> tuple[Judged, ...]:
    """Compare a run with what a good call holds, in the order of the scenario.

    >>> scenario = training().scenario("confused")
    >>> [each.is_kept for each in judge(scenario, [Step("end", "unable")])]
    [True, True, True]
    """
    kept = _last_words(steps)
    awaited = [Judged(each.rule, each.is_met(kept), each.step) for each in scenario.expects]
    unwanted = [
        Judged(each.rule, not each.is_met(kept), each.step, is_forbidden=True) for each in scenario.forbids
    ]
    return (*awaited, *unwanted)


def _last_words(steps: Sequence[Step]) -> list[Step]:
    """Drop what was undone or corrected: a mistake mended in time is none."""
    kept: list[Step] = []
    for step in steps:
        if step.do in ("answer", "undo"):
            kept = [
                each for each in kept if (each.do, each.what, each.who) != ("answer", step.what, step.who)
            ]
        if step.do != "undo":
            kept.append(step)
        if step.do in ("answer", "who"):
            kept.append(Step("respondent", Who(step.what if step.do == "who" else "").place(step.who)))
    return kept
