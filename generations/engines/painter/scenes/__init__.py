"""One module per family of scenes; a painter takes a stage and fills its canvas."""

from collections.abc import Callable

from ..stage import Stage
from .abstract import paint_abstract
from .city import paint_city
from .deep import paint_deep
from .desert import paint_desert
from .emblem import paint_emblem
from .forest import paint_forest
from .meadow import paint_meadow
from .mountains import paint_mountains
from .sea import paint_sea
from .space import paint_space

PAINTERS: dict[str, Callable[[Stage], None]] = {
    "abstract": paint_abstract,
    "city": paint_city,
    "deep": paint_deep,
    "desert": paint_desert,
    "emblem": paint_emblem,
    "forest": paint_forest,
    "meadow": paint_meadow,
    "mountains": paint_mountains,
    "sea": paint_sea,
    "space": paint_space,
}
