"""Push feed with heartbeat and deviation threshold: Chainlink's way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ...fields import Model, Name, Reference
from ..site import Site

__all__ = ["Feed"]


class Feed(Model):
    """The last report of each asset's feed; `feed` names a further one, for the assets that have it."""

    kind: Literal["feed"] = "feed"
    feed: Name | None = None

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        if self.feed:
            yield Reference("feed", "feeds", self.feed)

    def deploy(self, site: Site) -> str:
        """Create it; returns the address."""
        oracle = site.set_up.deploy("FeedOracle", site.owner)
        for asset in site.assets:
            feed = site.feeds.get(f"{asset}/{self.feed}", site.feeds[asset])
            site.govern(oracle, "FeedOracle", "setFeed", site.token(asset), feed, site.maximum_price_age)
        return oracle

    def extra_gas(self) -> int:
        """Gas of a price beyond a feed's."""
        return 0
