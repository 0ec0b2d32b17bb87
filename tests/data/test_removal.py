"""Records of removed density: taken out again and put back, bit for bit."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from difffit_core.data.removal import Removal, explained_fraction, removal_of, restored, without
from difffit_core.data.volume import Volume


def random_volume(seed: int) -> Volume:
    data = np.random.default_rng(seed).normal(size=(9, 11, 13)).astype(np.float32)
    return Volume(data, np.array([1.0, 1.5, 2.0]), np.array([3.0, -4, 5]))


def random_removals(volume: Volume, seed: int, count: int) -> tuple[Removal, ...]:
    rng, data, made = np.random.default_rng(seed), volume.data.copy(), []
    for _ in range(count):
        low = rng.integers(0, np.array(data.shape) - 3)
        size = rng.integers(1, np.array(data.shape) - low + 1)
        mask = rng.random(size) < 0.4
        amount = rng.normal(size=int(mask.sum())).astype(np.float32) if rng.random() < 0.5 else None
        removal = removal_of(data, tuple(int(n) for n in low), mask, fill=0.25, amount=amount)
        removal.take_out(data)
        made.append(removal)
    return tuple(made)


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(0, 5))
def test_overlapping_removals_are_restored_bit_for_bit(seed, count):
    volume = random_volume(seed)
    removals = random_removals(volume, seed, count)
    remaining = without(volume, removals)
    assert restored(remaining, removals).data.tobytes() == volume.data.tobytes()
    assert restored(remaining, removals[1:]).data.tobytes() == without(volume, removals[:1]).data.tobytes()


def test_nothing_outside_of_the_mask_changes():
    volume = random_volume(0)
    mask = np.zeros((2, 2, 2), bool)
    mask[0, 1, 1] = True
    remaining = without(volume, [removal_of(volume.data, (4, 5, 6), mask, fill=7.0)])
    changed = np.argwhere(remaining.data != volume.data)
    np.testing.assert_array_equal(changed, [[4, 6, 7]])
    assert remaining.data[4, 6, 7] == 7.0


def test_a_record_is_much_smaller_than_the_map():
    volume = Volume(np.zeros((100, 100, 100), np.float32), np.ones(3), np.zeros(3))
    removal = removal_of(volume.data, (10, 10, 10), np.ones((20, 20, 20), bool))
    assert removal.bits.nbytes + removal.before.nbytes < 0.01 * volume.data.nbytes


def test_voxels_that_two_copies_explain_are_counted_once():
    data = np.zeros((1, 1, 10), np.float32)
    data[0, 0, :8] = 1
    volume = Volume(data, np.ones(3), np.zeros(3))
    halves = [removal_of(data, (0, 0, low), np.ones((1, 1, 4), bool)) for low in (0, 2)]
    assert explained_fraction(volume, 0.5, halves) == 6 / 8
    assert explained_fraction(volume, 0.5, []) == 0
    assert explained_fraction(volume, 5.0, halves) == 0
