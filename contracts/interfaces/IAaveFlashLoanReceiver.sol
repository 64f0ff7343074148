// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Borrower of a simple flash loan of Aave v3
interface IAaveFlashLoanReceiver {
    /// @notice Called by the pool between lending and taking back; must leave `amount + premium` approved to the pool.
    /// @param asset Token lent.
    /// @param amount Amount lent.
    /// @param premium Amount owed on top.
    /// @param initiator Account that asked the pool for the loan.
    /// @param params What the initiator passed.
    /// @return accepted Whether the loan will be repaid; the pool reverts otherwise.
    function executeOperation(address asset, uint256 amount, uint256 premium, address initiator, bytes calldata params)
        external
        returns (bool accepted);
}
