// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {IFlashLoanReceiver} from "../interfaces/IFlashLoanReceiver.sol";
import {ISwapCallee} from "../interfaces/ISwapCallee.sol";

/// @title Contract that does what it is told, also from inside a callback
/// @notice Lets a test act within a flash loan or flash swap. Never give it anything: anybody may direct it.
contract Puppet is IFlashLoanReceiver, ISwapCallee {
    struct Act {
        address target;
        bytes data;
    }

    /// @notice Make calls in order; the first that reverts reverts all, with its error.
    function perform(Act[] memory acts) public {
        for (uint256 i = 0; i < acts.length; ++i) {
            Address.functionCall(acts[i].target, acts[i].data);
        }
    }

    /// @inheritdoc IFlashLoanReceiver
    function onFlashLoan(address, address, uint256, uint256, bytes calldata data) external returns (bytes4) {
        perform(abi.decode(data, (Act[])));
        return IFlashLoanReceiver.onFlashLoan.selector;
    }

    /// @inheritdoc ISwapCallee
    function onSwap(address, uint256, uint256, bytes calldata data) external {
        perform(abi.decode(data, (Act[])));
    }
}
