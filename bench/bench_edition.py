"""An edition of 300 criteria read and checked: `python bench/bench_edition.py [criteria]`.

Ten chapters of themes, objectives and criteria with three elements each, written as YAML; `decode` reads it
with every check, beside `yaml.load` alone (the C loader), the two by turns. Prints one line of JSON: the best
and the slowest seconds, the best of the processor, that of `yaml.load`, their ratio, the size of the file.
Target: 300 criteria in under 1 s.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator

import yaml

from charter.editions import decode

CRITERIA, CHAPTERS, OBJECTIVES, TURNS = 300, 10, 5, 7
HEAD = """\
code: bench
version: 1
dated: "2026-11-01"
title: {{fr: Grande grille, en: Large grid}}
source: {{fr: Essai, en: Trial}}
ours: {{fr: Tout, en: Everything}}
renewal_months: 12
scale: marks
scoring: {{code: means, version: 1, carry: exact, words: {{fr: Des moyennes, en: Means}}}}
counts:
  {{criteria: {n}, compulsory: 0, compulsory_for_all: 0, imperative: 0, themes: {themes}, objectives: {aims},
    elements: {n3}}}
evidence:
"""
CRITERION = """\
              - code: "{code}"
                label: {{fr: Le service tient le point {code}., en: The service keeps point {code}.}}
                evidence: [proof_{proof}]
                weight: 2
                concerns: {{modes: [prestataire, mandataire], activities: [I-3, II-1], least_employees: 2}}
                practice: {{fr: Écrivez-le et relisez-le., en: Write it and read it again.}}
                elements:
"""
ELEMENT = """\
                  - code: "{code}.{rank}"
                    label: {{fr: Le point {rank} de {code} est tenu., en: Point {rank} of {code} is kept.}}
"""


def lines(criteria: int) -> Iterator[str]:
    aims = CHAPTERS * OBJECTIVES
    each = criteria // aims
    n = each * aims
    yield HEAD.format(n=n, n3=3 * n, themes=CHAPTERS, aims=aims)
    for proof in range(each):
        yield f"  - {{code: proof_{proof}, label: {{fr: Pièce {proof}, en: Document {proof}}}}}\n"
    yield "chapters:\n"
    for chapter in range(1, CHAPTERS + 1):
        yield f"  - number: {chapter}\n    title: {{fr: Chapitre, en: Chapter}}\n    themes:\n"
        yield f"      - code: theme_{chapter}\n        title: {{fr: Thème, en: Theme}}\n        objectives:\n"
        for aim in range(1, OBJECTIVES + 1):
            yield f'          - code: "{chapter}.{aim}"\n            title: {{fr: But, en: Aim}}\n'
            yield "            criteria:\n"
            for rank in range(1, each + 1):
                code = f"{chapter}.{aim}.{rank}"
                yield CRITERION.format(code=code, proof=rank - 1)
                yield from (ELEMENT.format(code=code, rank=element) for element in (1, 2, 3))


def taken(act: Callable[[], object]) -> tuple[float, float]:
    """Give the seconds of the clock and of the processor."""
    start, busy = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - start, time.process_time() - busy


def main(criteria: int) -> None:
    raw = "".join(lines(criteria)).encode()
    read = decode(raw, "bench")  # the other editions are read once, before the clock
    ours, bare = [], []
    for _ in range(TURNS):
        ours.append(taken(lambda: decode(raw, "bench")))
        bare.append(taken(lambda: yaml.load(raw, Loader=yaml.CSafeLoader)))
    clock, busy = (min(each) for each in zip(*ours, strict=True))
    plain = min(each for _, each in bare)
    found = {
        "bench": "edition",
        "criteria": len(read.criteria),
        "kilobytes": len(raw) // 1000,
        "seconds": round(clock, 3),
        "slowest": round(max(each for each, _ in ours), 3),
        "processor": round(busy, 3),
        "yaml_processor": round(plain, 3),
        "ratio": round(busy / plain, 2),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CRITERIA)
