"""The search of cycles waits for a work that makes none, and goes on after it."""

import gc

import pytest

from quality.cycles import unsearched


def test_the_search_waits_for_the_outermost_work():
    assert gc.isenabled()
    with unsearched():
        with unsearched():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_search_goes_on_after_a_work_that_failed():
    with pytest.raises(ValueError, match="half"), unsearched():
        raise ValueError("half done")
    assert gc.isenabled()
