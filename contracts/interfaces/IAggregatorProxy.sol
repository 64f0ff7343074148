// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AggregatorV3Interface} from "./AggregatorV3Interface.sol";

/// @title What a consumer of a price feed is given
/// @notice Copies the proxy that Chainlink puts before a feed, with the older call that Aave's oracle makes. Unlike
/// Chainlink's it never points to another feed, and passes on the feed's own round ids.
/// @dev Nothing is checked or kept here: an answer may be of any age, and a feed without a round reverts with its own
/// error.
interface IAggregatorProxy is AggregatorV3Interface {
    /// @notice The feed whose answers are passed on.
    function aggregator() external view returns (AggregatorV3Interface);

    /// @notice The newest answer, with `decimals()` decimal places.
    function latestAnswer() external view returns (int256);
}
