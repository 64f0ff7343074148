// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IFlashLoanReceiver} from "./IFlashLoanReceiver.sol";

/// @title A keeper without capital: borrow, buy collateral, sell it, repay, in one transaction
/// @notice Nothing stays in the contract between two calls.
interface IFlashKeeper is IFlashLoanReceiver {
    /// @notice Selling the collateral brings less than what was repaid, the loan's fee and the profit asked for.
    error Unprofitable(uint256 proceeds, uint256 required);
    /// @notice The venue does not trade the two assets.
    error WrongVenue(address venue, address debtAsset, address collateralAsset);
    /// @notice The call back does not come from the pool of the order under way, or was not asked for by this contract.
    error UnexpectedCallback(address caller, address initiator);
}
