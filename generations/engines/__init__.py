"""The engines that can make images, by the name that the catalogue uses."""

from generations.engines.base import Engine
from generations.engines.demo import DemoEngine

ENGINES: dict[str, Engine] = {"demo": DemoEngine()}
