from itertools import pairwise

import pytest

from projects.stages import GATES, MILESTONE_STAGES, ORDER, STAGES, Pool, Stage, pool_of, position, reached, stages_of

POOLS = {
    Pool.PLANNING: "L01 L02 L03 L04",
    Pool.RESERVE: "L05 L06 L07",
    Pool.STARTED: "L08 L09 L10 L11 L12",
    Pool.PRODUCTION: "L13 L14 L15",
}


@pytest.mark.parametrize(("pool", "codes"), POOLS.items())
def test_stages_of_pool_in_order(pool, codes):
    assert [stage.value for stage in stages_of(pool)] == codes.split()
    assert {pool_of(stage) for stage in stages_of(pool)} == {pool}


def test_order_runs_from_l01_to_l15():
    assert [stage.value for stage in ORDER] == [f"L{n:02}" for n in range(1, 16)]
    assert [position(stage) for stage in ORDER] == list(range(15))


def test_reached_is_a_total_order():
    for before, after in pairwise(ORDER):
        assert reached(after, before) and reached(after, after) and not reached(before, after)


def test_every_stage_says_when_it_is_entered_and_with_which_evidence():
    for stage in ORDER:
        info = STAGES[stage]
        texts = (
            info.name_zh,
            info.name_en,
            info.enters_when_zh,
            info.enters_when_en,
            info.evidence_zh,
            info.evidence_en,
        )
        assert info.stage == stage and all(texts)


def test_milestones_begin_with_the_signing():
    assert ORDER[2:] == MILESTONE_STAGES


def test_gates():
    assert GATES == {
        Stage.LAND: "LAND_SUPPLIED",
        Stage.STARTED: "CONSTRUCTION_START",
        Stage.TRIAL: "TRIAL_PRODUCTION",
        Stage.COMPLETED: "COMPLETED",
    }


def test_unknown_stage_is_an_error():
    with pytest.raises(ValueError, match="L99"):
        pool_of("L99")
