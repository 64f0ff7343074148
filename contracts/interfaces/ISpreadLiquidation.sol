// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILendingPool} from "./ILendingPool.sol";
import {ILiquidationModule} from "./ILiquidationModule.sol";

/// @title Liquidation at the oracle's price plus a bonus, with the rules of Aave v3.3 and later
/// @notice An account is liquidatable while its health factor is below one. One call repays part of one debt:
///  1. at most `closeFactor` of the value of ALL debts of the account; or all of the one debt when the health factor
///     is at most `fullCloseHealthFactor`, or when that debt or that collateral is below `minimumPositionValue`;
///  2. for seized = debt * price of debt / price of collateral * (1 + bonus), rounded down. When the account holds
///     less, all of it is seized, and the debt repaid is lowered to match, rounded up;
///  3. unless it clears the debt or the collateral, what is left of both is worth at least `minimumValueLeft`.
/// The most that 1. allows can break 3. It is then lowered to the most that keeps it. Raising it to clear one side is
/// never possible, for it would break 1. Where that leaves nothing to repay, the pair is not eligible: this needs a
/// debt or collateral of less than `minimumValueLeft` that is at the same time not below `minimumPositionValue`,
/// which `setRules` rules out up to equality.
/// What decides the bonus, and what may lower 1. further (the pool's guard always may), is the mechanism's.
interface ISpreadLiquidation is ILiquidationModule {
    /// @notice All scaled by 1e18; values are in quote units.
    struct Rules {
        uint256 closeFactor; // share of all debt that one call may repay
        uint256 fullCloseHealthFactor; // at or below it, one call may repay one debt in full
        uint256 minimumPositionValue; // below it, a debt or collateral may be closed in full
        uint256 minimumValueLeft; // least that may remain of each side if neither is cleared
        uint256 protocolShare; // of the bonus, in collateral, to the treasury
    }

    event RulesSet(
        uint256 closeFactor,
        uint256 fullCloseHealthFactor,
        uint256 minimumPositionValue,
        uint256 minimumValueLeft,
        uint256 protocolShare
    );

    /// @notice Not in (0, 1e18].
    error CloseFactorOutOfRange(uint256 closeFactor);
    /// @notice Above 1e18.
    error FullCloseHealthFactorTooHigh(uint256 fullCloseHealthFactor);
    /// @notice Positions would exist that may be closed neither in part nor in full.
    error MinimumValueLeftTooHigh(uint256 minimumValueLeft, uint256 minimumPositionValue);
    /// @notice Above 1e18.
    error ProtocolShareTooHigh(uint256 protocolShare);

    /// @notice Replace the rules. Only the owner.
    function setRules(Rules calldata rules_) external;

    /// @notice The rules in force.
    function rules() external view returns (Rules memory);

    /// @notice The pool whose accounts are liquidated.
    function pool() external view returns (ILendingPool);
}
