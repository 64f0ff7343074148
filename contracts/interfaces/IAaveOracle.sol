// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title The one call of Aave v3's oracle that contracts of ours make
interface IAaveOracle {
    /// @notice Price of a whole token of `asset`, eight decimal places in dollar markets.
    function getAssetPrice(address asset) external view returns (uint256);
}
