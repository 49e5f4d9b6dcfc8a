"""Pages are drawn in a process apart, which is replaced: before it grows, and when it dies."""

import os
import signal
from collections.abc import Iterator

import pytest

from quality.typesetting import NotDrawn, Typesetter

SOURCE = b"""#let said = json(bytes(sys.inputs.at("said")))
#set document(title: said)
#set text(lang: "fr")
= #said
"""


@pytest.fixture
def setter() -> Iterator[Typesetter]:
    made = Typesetter(documents=3)
    yield made
    made.close()


def pid(setter: Typesetter) -> int | None:
    process = setter._process
    return process.pid if process else None


def draw(setter: Typesetter, words: bytes = b'"Bonjour"') -> bytes:
    return setter.draw(SOURCE, "said", words)


def test_the_same_words_give_the_same_bytes_whatever_was_drawn_before(setter: Typesetter) -> None:
    first = draw(setter)
    assert first.startswith(b"%PDF-")
    assert draw(setter, b'"Au revoir"') != first
    assert draw(setter) == first


def test_a_process_draws_some_documents_then_leaves_its_place(setter: Typesetter) -> None:
    draw(setter)
    one = pid(setter)
    draw(setter)
    assert pid(setter) == one
    draw(setter)
    assert pid(setter) is None
    draw(setter)
    assert pid(setter) not in {None, one}


def test_a_process_that_died_is_replaced(setter: Typesetter) -> None:
    first = draw(setter)
    process = setter._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert draw(setter) == first


def test_a_source_that_is_refused_says_why_and_the_next_is_drawn(setter: Typesetter) -> None:
    with pytest.raises(NotDrawn, match="unknown variable"):
        setter.draw(b"#nothing", "said", b"{}")
    assert draw(setter).startswith(b"%PDF-")
