// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title How much the price of an asset moves
interface IVolatility {
    /// @notice Annualised volatility of the price of `asset`, scaled by 1e18 (0.6e18 is 60 % a year).
    function volatility(address asset) external view returns (uint256);
}
