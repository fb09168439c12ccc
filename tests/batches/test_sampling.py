"""How many items a sample needs and which are drawn: exact figures, and a simulation of the claim."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from clearmyrecord.batches import sampling

USUAL = {"confidence": Decimal("95"), "most_wrong": Decimal("1")}
BATCHES = 4000


class TestSize:
    @pytest.mark.parametrize(
        ("items", "drawn"),
        [(0, 0), (1, 1), (2, 2), (19, 19), (20, 19), (50, 48), (100, 95), (101, 79), (200, 155), (500, 225),
         (1000, 258), (5000, 290), (100_000, 298)],
    )  # fmt: skip
    def test_is_the_whole_of_a_small_batch_and_under_three_hundred_of_a_large_one(self, items, drawn):
        assert sampling.size(items, **USUAL) == drawn

    def test_is_the_least_whose_chance_of_missing_every_wrong_item_is_at_most_five_percent(self):
        for items in [*range(1, 400), 999, 1000, 1001, 5000]:
            wrong, drawn = sampling.fewest_wrong(items, USUAL["most_wrong"]), sampling.size(items, **USUAL)
            assert sampling.chance_of_missing(items, wrong, drawn) <= Fraction(5, 100), items
            assert sampling.chance_of_missing(items, wrong, drawn - 1) > Fraction(5, 100), items

    def test_grows_with_confidence_and_with_fewer_allowed(self):
        usual = sampling.size(5000, **USUAL)
        assert sampling.size(5000, confidence=Decimal("99"), most_wrong=Decimal("1")) > usual
        assert sampling.size(5000, confidence=Decimal("95"), most_wrong=Decimal("0.5")) > usual
        assert sampling.size(5000, confidence=Decimal("90"), most_wrong=Decimal("5")) < usual

    def test_one_percent_itself_is_already_too_many(self):
        assert sampling.fewest_wrong(200, Decimal("1")) == 2
        assert sampling.fewest_wrong(201, Decimal("1")) == 3
        assert sampling.fewest_wrong(5, Decimal("1")) == 1

    def test_the_chance_of_missing_is_that_of_drawing_without_putting_back(self):
        assert sampling.chance_of_missing(10, 1, 5) == Fraction(1, 2)
        assert sampling.chance_of_missing(4, 2, 2) == Fraction(1, 6)
        assert sampling.chance_of_missing(4, 2, 3) == 0


class TestDraw:
    def test_the_same_seed_draws_the_same_whatever_the_order(self):
        ids = list(range(500))
        shuffled = random.Random(1).sample(ids, len(ids))
        drawn = sampling.draw(ids, seed="a", number=40)
        assert sampling.draw(shuffled, seed="a", number=40) == drawn
        assert len(set(drawn)) == 40

    def test_another_seed_draws_others(self):
        assert sampling.draw(range(500), seed="a", number=40) != sampling.draw(range(500), seed="b", number=40)

    def test_every_item_is_drawn_equally_often(self):
        times = [0] * 20
        for seed in range(BATCHES):
            for each in sampling.draw(range(20), seed=str(seed), number=5):
                times[each] += 1
        assert all(abs(number - BATCHES / 4) < 4 * (BATCHES * 3 / 16) ** 0.5 for number in times), times

    def test_can_be_done_again_elsewhere(self):
        """Of the three sums that `printf seed:1 | sha256sum` and so on print, that of seed:3 is lowest."""
        assert sampling.draw([1, 2, 3], seed="seed", number=1) == [3]


@pytest.mark.parametrize("items", [30, 150, 400, 1000])
def test_batches_with_one_percent_wrong_pass_at_most_five_times_in_a_hundred(items):
    """Simulated: the wrong ones anywhere, a new seed for each batch. Three standard deviations are allowed for luck."""
    chance, drawn = random.Random(items), sampling.size(items, **USUAL)
    number_wrong, number_of_batches = (
        sampling.fewest_wrong(items, USUAL["most_wrong"]),
        BATCHES * 100 // max(100, items),
    )
    passed = 0
    for seed in range(number_of_batches):
        wrong = set(chance.sample(range(items), number_wrong))
        passed += wrong.isdisjoint(sampling.draw(range(items), seed=str(seed), number=drawn))
    assert passed / number_of_batches <= 0.05 + 3 * (0.05 * 0.95 / number_of_batches) ** 0.5
    if items > 100:
        assert passed > 0, "nothing ever passed: the sample is larger than it says"
