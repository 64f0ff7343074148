// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title What a protocol reads to value an asset
/// @notice One function, so that adapters stack (feed, cap, delay, median, time average) and a protocol cannot tell
/// how many stand behind the address it holds.
interface IPriceOracle {
    /// @notice No source was configured for `asset`.
    error NoFeed(address asset);
    /// @notice The source's last answer is older than the adapter accepts.
    error StalePrice(address asset, uint256 updatedAt, uint256 maximumAge);
    /// @notice The source answered zero or less.
    error InvalidAnswer(address asset, int256 answer);

    /// @notice Price of one whole token of `asset`, whatever its decimals.
    /// @dev Reverts rather than answer with a price it does not trust.
    /// @param asset ERC-20 token.
    /// @return price Quote units per whole token, scaled by 1e18.
    /// @return updatedAt Timestamp (seconds) of the observation that the price rests on.
    function price(address asset) external view returns (uint256 price, uint256 updatedAt);
}
