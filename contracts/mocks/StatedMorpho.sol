// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Market, MarketParams} from "../interfaces/IMorpho.sol";

/// @title All that a Morpho Blue market asks others, as plain as can be
/// @notice One number that anybody states is its oracle's price and a feed's answer; the rate is the utilisation, a year.
/// Gas measured with it is Morpho's own.
contract StatedMorpho {
    int256 private _stated;

    /// @notice Say what is answered.
    function state(int256 stated) external {
        _stated = stated;
    }

    /// @notice As `IMorphoOracle`.
    function price() external view returns (uint256) {
        return uint256(_stated);
    }

    /// @notice As a feed without decimals.
    function decimals() external pure returns (uint8) {
        return 0;
    }

    /// @notice As a feed.
    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (1, _stated, block.timestamp, block.timestamp, 1);
    }

    /// @notice As `IMorphoRateModel`.
    function borrowRate(MarketParams memory params, Market memory market) external pure returns (uint256) {
        return borrowRateView(params, market);
    }

    /// @notice As `IMorphoRateModel`.
    function borrowRateView(MarketParams memory, Market memory market) public pure returns (uint256) {
        if (market.totalSupplyAssets == 0) return 0;
        return uint256(market.totalBorrowAssets) * 1e18 / market.totalSupplyAssets / 365 days;
    }
}
