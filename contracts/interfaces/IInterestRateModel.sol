// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Borrow rate as a function of utilisation
interface IInterestRateModel {
    /// @notice Rate that borrowers pay.
    /// @param utilisation Borrowed over supplied less deficit, scaled by 1e18; at most 1e18.
    /// @return ratePerSecond Interest a second on one unit of debt, scaled by 1e18.
    function borrowRate(uint256 utilisation) external view returns (uint256 ratePerSecond);
}
