// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICircuitBreaker} from "./ICircuitBreaker.sol";
import {IMarginModel} from "./IMarginModel.sol";

/// @title Margins that a circuit breaker tightens
/// @notice While the breaker is tripped, loan-to-value and liquidation threshold of every asset are the source's times
/// 1 - haircut, rounded down; else the source's. Exchanges raise margin requirements in turmoil in the same way.
/// @dev It protects lenders at the cost of accounts near the line: those with a health factor below 1 / (1 - haircut)
/// fall due at once, in the block of the trip and at its prices, and are safe again when it ends. Together with a
/// breaker that also pauses liquidations it works on new debt and on withdrawals alone, for the two end together.
/// The haircut is at most the breaker's `MAXIMUM_HAIRCUT`.
interface IRaisedMarginModel is IMarginModel {
    /// @notice Whose margins are tightened.
    function source() external view returns (IMarginModel);

    /// @notice Who says when, and by how much.
    function breaker() external view returns (ICircuitBreaker);
}
