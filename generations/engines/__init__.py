"""The engines that can make images, by the name that the catalogue uses."""

from generations.engines.base import Engine
from generations.engines.demo import DemoEngine
from generations.engines.fal import FalEngine
from generations.engines.openai import OpenAIEngine
from generations.engines.replicate import ReplicateEngine
from generations.engines.sharkapi import SharkAPIEngine
from generations.engines.wire import Wire

ENGINES: dict[str, type[Engine]] = {
    "demo": DemoEngine,
    "openai": OpenAIEngine,
    "replicate": ReplicateEngine,
    "fal": FalEngine,
    "sharkapi": SharkAPIEngine,
}


def connected(wire: Wire) -> dict[str, Engine]:
    """Every engine, ready to talk over that wire."""
    return {name: engine(wire) for name, engine in ENGINES.items()}
