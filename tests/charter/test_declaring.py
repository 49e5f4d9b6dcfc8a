"""Declaring: what is kept, what is refused and why, and who reads it."""

import asyncpg
import pytest

from charter.answering import Draft, checked, save
from charter.applicability import Establishment
from charter.declaring import review
from charter.definition import Audience
from quality.access.scope import scoped
from quality.errors import Invalid, NotFound
from tests.charter.declared import declare, edition
from tests.world import AIDE_34, CAP_DOMICILE, World


def refused(code: str, draft: Draft) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        checked(edition(), {code: draft})
    return [(error.field, error.message) for error in refusal.value.errors]


async def test_an_answer_is_kept_with_its_comment_and_read_by_its_provider(world: World) -> None:
    await save(world.provider, edition(), {"1.4": Draft("partly", "  L’astreinte appelle. ")})
    async with scoped(world.provider):
        of = await review(world.provider, "")
    declared = of.declared["1.4"]
    assert (declared.answer, declared.comment, declared.reason) == ("partly", "L’astreinte appelle.", "")
    assert (of.code, of.name, of.is_own) == (AIDE_34, "Aide 34", True)


async def test_answering_again_changes_the_answer_and_never_doubles_it(
    world: World, owner: asyncpg.Connection
) -> None:
    await declare(world, {"1.4": "no", "1.3": "not_concerned"})
    await declare(world, {"1.4": "yes", "1.3": "yes"})
    rows = await owner.fetch("SELECT criterion, answer, reason FROM assessment_answer ORDER BY criterion")
    assert [tuple(row) for row in rows] == [("1.3", "yes", ""), ("1.4", "yes", "")]
    assert await owner.fetchval("SELECT count(*) FROM assessment") == 1


async def test_an_answer_leaves_a_line_in_the_audit_trail(world: World, owner: asyncpg.Connection) -> None:
    await declare(world, {"1.4": "no"})
    row = await owner.fetchrow("SELECT action, subject, detail FROM audit")
    assert (row["action"], row["subject"]) == ("criterion.answer", "1.4")
    assert '"answer": "no"' in row["detail"]


async def test_a_comment_written_again_leaves_no_other_line_and_another_answer_does(
    world: World, owner: asyncpg.Connection
) -> None:
    for answer, comment in (("no", "a"), ("no", "ab"), ("yes", "ab")):
        await save(world.provider, edition(), {"1.4": Draft(answer, comment)})
    assert await owner.fetchval("SELECT count(*) FROM audit") == 2
    assert await owner.fetchval("SELECT comment FROM assessment_answer") == "ab"


def test_an_answer_that_is_none_of_the_scale_is_refused() -> None:
    for answer in ("", "maybe"):
        assert refused("1.4", Draft(answer)) == [("reponse-yes", "Choisissez une réponse.")]


def test_not_concerned_needs_its_reason() -> None:
    assert [field for field, _ in refused("1.3", Draft("not_concerned", reason="  "))] == ["motif"]


def test_not_concerned_is_refused_on_an_imperative_and_allowed_where_it_may_not_apply() -> None:
    assert [field for field, _ in refused("1.4", Draft("not_concerned", reason="Aucun"))] == ["reponse-yes"]
    kept = checked(edition(), {"2.5": Draft("not_concerned", reason="Aucun client fragile.")})
    assert kept["2.5"].reason == "Aucun client fragile."


def test_not_concerned_is_refused_once_the_criterion_surely_applies() -> None:
    fragile = Establishment(audiences=frozenset({Audience.FRAGILE}))
    with pytest.raises(Invalid):
        checked(edition(), {"2.5": Draft("not_concerned", reason="Aucun client fragile.")}, fragile)


def test_a_reason_is_kept_only_with_not_concerned() -> None:
    assert checked(edition(), {"1.3": Draft("yes", "Oui.", "Un reste.")})["1.3"].reason == ""


def test_a_text_too_long_is_refused_beside_the_rest() -> None:
    found = refused("1.3", Draft("", "a" * 2001, "b" * 2001))
    assert [field for field, _ in found] == ["reponse-yes", "commentaire", "motif"]


async def test_a_provider_reads_its_own_only_and_another_s_answers_404(world: World) -> None:
    await declare(world, {"1.4": "no"})
    other = world.actor("provider", world.cap)
    async with scoped(other):
        assert (await review(other, "")).declared == {}
        with pytest.raises(NotFound):
            await review(other, AIDE_34)


async def test_the_platform_reads_the_provider_it_names(world: World) -> None:
    await declare(world, {"1.4": "no"})
    for role in ("platform", "supervisor"):
        reader = world.actor(role)
        async with scoped(reader):
            of = await review(reader, AIDE_34)
            assert (of.is_own, of.answers, of.query) == (False, {"1.4": "no"}, f"?organisme={AIDE_34}")
            assert (await review(reader, CAP_DOMICILE)).declared == {}
            for unknown in ("", "nobody", "D34"):
                with pytest.raises(NotFound):
                    await review(reader, unknown)


async def test_gironde_reads_no_assessment_even_by_its_provider_s_code(world: World) -> None:
    await declare(world, {"1.4": "no"})
    async with scoped(world.stranger):
        with pytest.raises(NotFound):
            await review(world.stranger, AIDE_34)


async def test_a_funder_who_finances_the_provider_reads_no_answer(world: World) -> None:
    await declare(world, {"1.4": "no"})
    async with scoped(world.funder) as db:
        rows = await db.execute_query_dict("SELECT count(*) AS n FROM assessment_answer")
    assert rows == [{"n": 0}]


async def test_a_frozen_assessment_takes_no_answer_and_the_next_one_starts_empty(
    world: World, owner: asyncpg.Connection
) -> None:
    await declare(world, {"1.4": "no"})
    await owner.execute("UPDATE assessment SET frozen_at = opened_at, issued = ''")
    async with scoped(world.provider):
        assert (await review(world.provider, "")).declared == {}
    await declare(world, {"1.4": "yes"})
    answers = await owner.fetch("SELECT answer FROM assessment_answer ORDER BY answer")
    assert [row["answer"] for row in answers] == ["no", "yes"]
    async with scoped(world.provider) as db:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await _rewrite(db)


async def _rewrite(db: object) -> None:
    """Change every answer by hand, the frozen one too: the policy refuses."""
    try:
        await db.execute_query_dict("UPDATE assessment_answer SET comment = 'changé'")  # type: ignore[attr-defined]
    except Exception as error:
        raise error.__cause__ or error from None
