// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Borrower of a flash loan
interface IFlashLoanReceiver {
    /// @notice Called by the pool between lending and taking back; must leave `assets + fee` approved to the pool.
    /// @param initiator Account that asked the pool for the loan.
    /// @param asset Token lent.
    /// @param assets Amount lent.
    /// @param fee Amount owed on top.
    /// @param data What the initiator passed.
    /// @return accepted This function's selector. Anybody may name a receiver, so a contract that merely tolerates
    /// unknown calls and has approved the pool must not be made to pay fees.
    function onFlashLoan(address initiator, address asset, uint256 assets, uint256 fee, bytes calldata data)
        external
        returns (bytes4 accepted);
}
