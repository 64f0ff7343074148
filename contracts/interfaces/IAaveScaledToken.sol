// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title The calls of Aave v3's supply and debt tokens that contracts of ours make
/// @notice Balances before interest: times the asset's index they are assets.
interface IAaveScaledToken {
    /// @notice Scaled balance of `user`.
    function scaledBalanceOf(address user) external view returns (uint256);

    /// @notice Sum of all scaled balances.
    function scaledTotalSupply() external view returns (uint256);
}
