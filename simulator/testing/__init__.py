"""Contracts of a user's own in a market of ours: what the pytest plugin's fixtures are made of."""

from .bots import Turn
from .choice import chosen
from .contract import Contract, Function, Mined, Reverted
from .project import Project
from .rehearsal import Rehearsal
from .world import World

__all__ = ["Contract", "Function", "Mined", "Project", "Rehearsal", "Reverted", "Turn", "World", "chosen"]
