// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Receiver of a flash swap
interface ISwapCallee {
    /// @notice Called by the pool after it sent its outputs, before it checks its inputs.
    function onSwap(address sender, uint256 amount0Out, uint256 amount1Out, bytes calldata data) external;
}
