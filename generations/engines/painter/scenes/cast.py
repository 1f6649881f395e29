"""Where the named figures stand: one hero and its companions, the same way in every scene."""

from ..stage import Stage
from ..subjects import CATALOGUE


def heroes(
    stage: Stage,
    centre: tuple[float, float],
    habitats: tuple[str, ...],
    *,
    ground: float | None = None,
    scale: float = 1.0,
    shadow: float = 0.25,
    haze: float = 0.0,
    rim: float = 0.6,
) -> None:
    """Draws the prompt's subjects of the given habitats.

    Free ones float round `centre`; those of the ground and plants stand on row `ground` when
    it is given.
    """
    for at, subject in enumerate(stage.cast(*habitats)):
        entry = CATALOGUE[subject.name]
        size = entry.size * scale * (1.0 if at == 0 else 0.62)
        standing = ground is not None and entry.habitat in {"ground", "plant", "surface"}
        count = 3 if subject.several and entry.size < 0.6 else 1
        side = 1 if stage.either() else -1
        for copy in range(count):
            small = size * (1.0 if copy == 0 else stage.between(0.42, 0.62))
            away = side * (0.0 if copy + at == 0 else 0.16 + 0.13 * (copy + at)) * (-1) ** copy
            u = centre[0] + away + stage.between(-0.05, 0.05)
            v = (
                ground
                if standing and ground is not None
                else centre[1] + stage.between(-0.04, 0.04)
            )
            if copy and not standing:
                v += stage.between(-0.16, 0.16)
            tilt = 0.0 if standing else stage.between(-9, 9)
            stage.figure(
                subject.name,
                min(max(u, 0.12), 0.88),
                v,
                small,
                tint=subject.tint,
                shadow=shadow,
                haze=haze + 0.12 * (copy > 0),
                rim=rim,
                flip=side < 0,
                tilt=tilt,
                standing=standing,
            )
