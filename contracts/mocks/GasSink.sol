// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Burns all gas of any call, at no computing cost
/// @notice Stands for other people's transactions, which fill blocks.
contract GasSink {
    fallback() external payable {
        // The one opcode that takes all gas at once has no Solidity counterpart.
        assembly ("memory-safe") {
            invalid()
        }
    }
}
