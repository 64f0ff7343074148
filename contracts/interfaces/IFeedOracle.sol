// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AggregatorV3Interface} from "./AggregatorV3Interface.sol";
import {IPriceOracle} from "./IPriceOracle.sol";

/// @title Prices straight from one feed per asset
interface IFeedOracle is IPriceOracle {
    /// @notice Where the price of an asset comes from.
    struct Source {
        AggregatorV3Interface feed;
        uint256 maximumAge; // seconds; an older answer is refused
        uint256 scale; // 10 ** decimals of the feed
    }

    /// @notice Governance set the feed of `asset`.
    event FeedSet(address indexed asset, address indexed feed, uint256 maximumAge);

    /// @notice Set the feed of `asset`. Only the owner. The zero address removes it.
    /// @dev The feed's decimals are read here, once.
    /// @param maximumAge Oldest answer accepted, seconds.
    function setFeed(address asset, AggregatorV3Interface feed, uint256 maximumAge) external;

    /// @notice Source of `asset`; all zero when none is set.
    function source(address asset) external view returns (Source memory);
}
