"""Small editions for the tests of the charter: a grid of marks with every level, and one of words."""

from charter.definition import Edition
from charter.editions import decode

WORDS = """\
code: words
version: 1
dated: "2026-11-01"
title: {fr: Petite charte, en: Small charter}
source: {fr: Essai, en: Trial}
ours: {fr: Tout, en: Everything}
renewal_months: 12
scale: words
counts: {criteria: 4, compulsory: 2, compulsory_for_all: 1, imperative: 1}
evidence:
  - code: log
    label: {fr: Registre, en: Log}
chapters:
  - number: 1
    title: {fr: Un, en: One}
    criteria:
      - code: "1.1"
        compulsory: true
        imperative: true
        label: {fr: Vous notez., en: You note.}
        evidence: [log]
      - code: "1.2"
        compulsory: true
        concerns: {modes: [mandataire]}
        label: {fr: Vous suivez., en: You follow.}
        evidence: [log]
      - code: "1.3"
        weight: 2
        concerns: {activities: [I-3, II-2], least_employees: 5, most_employees: 50, finess: ["460"]}
        label: {fr: Vous comptez., en: You count.}
        evidence: [log]
  - number: 2
    title: {fr: Deux, en: Two}
    criteria:
      - code: "2.1"
        applies_to: [fragile]
        label: {fr: Vous veillez., en: You watch.}
        evidence: [log]
scoring:
  code: half
  version: 1
  partly: 50
  words: {fr: Un demi, en: A half}
  classes:
    - {code: good, at_least: "85", label: {fr: Bien, en: Good}}
    - {code: fair, at_least: "50", label: {fr: Moyen, en: Fair}}
    - {code: poor, at_least: "0", label: {fr: Peu, en: Poor}}
  cap: fair
"""

MARKS = """\
code: marks
version: 1
dated: "2026-11-01"
title: {fr: Petite grille, en: Small grid}
source: {fr: Essai, en: Trial}
ours: {fr: Tout, en: Everything}
renewal_months: 12
scale: marks
counts:
  {criteria: 5, compulsory: 1, compulsory_for_all: 1, imperative: 1, themes: 3, objectives: 2, elements: 7}
evidence:
  - code: log
    label: {fr: Registre, en: Log}
chapters:
  - number: 1
    title: {fr: Un, en: One}
    allows_ri: true
    themes:
      - code: first
        title: {fr: Premier, en: First}
        criteria:
          - code: "1.1"
            label: {fr: La personne choisit., en: The person chooses.}
            evidence: [log]
            elements:
              - {code: "1.1.1", label: {fr: Elle dit., en: They say.}}
              - {code: "1.1.2", label: {fr: Elle sait., en: They know.}}
              - {code: "1.1.3", label: {fr: Elle peut., en: They can.}}
          - code: "1.2"
            weight: 2
            label: {fr: La personne sait., en: The person knows.}
            evidence: [log]
      - code: second
        title: {fr: Deuxième, en: Second}
        objectives:
          - code: "1.3"
            title: {fr: But, en: Aim}
            criteria:
              - code: "1.3.1"
                label: {fr: La personne va., en: The person goes.}
                evidence: [log]
                elements:
                  - {code: "1.3.1.1", label: {fr: Elle va., en: They go.}}
                  - {code: "1.3.1.2", label: {fr: Elle vient., en: They come.}}
          - code: "1.4"
            title: {fr: Fin, en: End}
            criteria:
              - code: "1.4.1"
                label: {fr: La personne dit., en: The person says.}
                evidence: [log]
  - number: 2
    title: {fr: Deux, en: Two}
    themes:
      - code: third
        title: {fr: Troisième, en: Third}
        criteria:
          - code: "2.1"
            compulsory: true
            imperative: true
            label: {fr: Le service note., en: The service notes.}
            evidence: [log]
            elements:
              - {code: "2.1.1", label: {fr: Il écrit., en: It writes.}}
              - {code: "2.1.2", label: {fr: Il lit., en: It reads.}}
scoring:
  code: means
  version: 1
  carry: exact
  words: {fr: Des moyennes, en: Means}
  classes:
    - {code: good, at_least: "3.50", label: {fr: Bien, en: Good}}
    - {code: fair, at_least: "2", label: {fr: Moyen, en: Fair}}
    - {code: poor, at_least: "1", label: {fr: Peu, en: Poor}}
  cap: fair
"""


def words() -> Edition:
    return decode(WORDS.encode(), "words", ())


def marks(carry: str = "exact") -> Edition:
    return decode(MARKS.replace("carry: exact", f"carry: {carry}").encode(), "marks", ())
