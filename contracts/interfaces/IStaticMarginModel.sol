// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IMarginModel} from "./IMarginModel.sol";

/// @title Margins that only governance moves
interface IStaticMarginModel is IMarginModel {
    /// @notice Margins and bonus of one asset, each scaled by 1e18.
    struct Margin {
        uint256 loanToValue;
        uint256 liquidationThreshold;
        uint256 liquidationBonus;
    }

    /// @notice Governance set the margins of `asset`.
    event MarginSet(address indexed asset, uint256 loanToValue, uint256 liquidationThreshold, uint256 liquidationBonus);

    /// @notice A position could be opened that is at once liquidatable.
    error LoanToValueAboveThreshold(uint256 loanToValue, uint256 liquidationThreshold);
    /// @notice A threshold of one or more: debt could reach the value of its collateral before liquidation starts.
    error ThresholdTooHigh(uint256 liquidationThreshold);
    /// @notice A bonus of one or more: a parameter in the wrong scale.
    error BonusTooHigh(uint256 liquidationBonus);

    /// @notice Set the margins of `asset`. Only the owner.
    /// @dev A threshold with threshold * (1 + bonus) >= 1 is accepted: liquidation at the threshold is then toxic, and
    /// that such parameters pass on chain is one of the things a stress run shows.
    function setMargin(address asset, Margin calldata margin_) external;
}
