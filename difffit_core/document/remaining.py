"""Maps less what copies explain, made from the map as it was read when they are asked for.

A session holds the map and short records of what was taken out of it, so a long history costs no memory. The arrays
made from them live as long as somebody holds them; the latest few are kept, for going back and forth.
"""

from collections import deque
from threading import Lock
from weakref import ref

from difffit_core.data.removal import Removal, without
from difffit_core.data.volume import Volume

KEPT = 2  # maps: undo and redo of the latest removal cost nothing

_Key = tuple[int, ...]
_made: dict[_Key, tuple[ref[Volume], tuple[ref[Removal], ...], ref[Volume]]] = {}
_latest: deque[Volume] = deque(maxlen=KEPT)
_lock = Lock()  # jobs and the window ask at the same time


def remaining_volume(base: Volume, removals: tuple[Removal, ...]) -> Volume:
    """The map without what the removals take out: the same object for as long as anybody holds it."""
    if not removals:
        return base
    key = (id(base), *map(id, removals))
    with _lock:
        known = _known(key, base, removals)
        if known is None:
            known = without(base, removals)
            _forget_the_dead()
            _made[key] = (ref(base), tuple(map(ref, removals)), ref(known))
        if not any(volume is known for volume in _latest):
            _latest.append(known)
        return known


def _known(key: _Key, base: Volume, removals: tuple[Removal, ...]) -> Volume | None:
    """What was made before; an id may have passed on to another object, hence the second look."""
    if key not in _made:
        return None
    made_from, taken_out, volume = _made[key]
    same = made_from() is base and all(a() is b for a, b in zip(taken_out, removals, strict=True))
    return volume() if same else None


def _forget_the_dead() -> None:
    for key in [key for key, (_, _, volume) in _made.items() if volume() is None]:
        del _made[key]
