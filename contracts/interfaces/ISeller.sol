// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Sells tokens on one kind of venue, for contracts
/// @notice The caller sends the tokens first and sells in the same transaction: what lies here between two transactions
/// is anybody's. There is no minimum: who sells compares what it got with what it needs.
interface ISeller {
    /// @notice The pool does not trade the two tokens.
    error WrongPool(address pool, address tokenIn, address tokenOut);

    /// @notice Sell `amountIn` of `tokenIn`, which the caller has sent here, for `tokenOut`.
    /// @param pool Where, of the kind that this contract knows.
    /// @param recipient Who gets what it brings.
    /// @return amountOut Of `tokenOut`.
    function sell(address pool, address tokenIn, address tokenOut, uint256 amountIn, address recipient)
        external
        returns (uint256 amountOut);
}
