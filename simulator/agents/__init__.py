"""View → transactions; one strategy a file."""

from .agent import Agent

__all__ = ["Agent"]
