// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title How much of an asset's value counts, for whom
/// @notice Static, tiered by size or scaled by volatility: the pool only asks.
interface IMarginModel {
    /// @notice Margins of `asset` as collateral of `account`.
    /// @dev `loanToValue <= liquidationThreshold < 1e18`. Both are zero for an asset that is no collateral.
    /// @param asset ERC-20 token.
    /// @param account Holder of the position; `address(0)` asks for the margins of a small position.
    /// @return loanToValue Share of the value that may be borrowed against, scaled by 1e18.
    /// @return liquidationThreshold Share of the value that covers debt before liquidation, scaled by 1e18.
    function margin(address asset, address account)
        external
        view
        returns (uint256 loanToValue, uint256 liquidationThreshold);

    /// @notice Premium in collateral that a liquidator receives on the debt it repays.
    /// @param asset Collateral seized.
    /// @return bonus Scaled by 1e18: 0.05e18 pays 1.05 of collateral for 1 of debt.
    function liquidationBonus(address asset) external view returns (uint256 bonus);
}
