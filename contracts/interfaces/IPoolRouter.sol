// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IConstantProductPool} from "./IConstantProductPool.sol";

/// @title Safe entry to constant-product pools for accounts that are not contracts
/// @notice Takes tokens that the caller approved, and never holds any between calls.
interface IPoolRouter {
    error Expired(uint256 deadline);
    error OutputBelowMinimum(uint256 output, uint256 minimum);

    /// @notice Sell `amountIn` of `tokenIn`.
    /// @param minimumOut Least of the other token to receive.
    /// @param deadline Last timestamp (seconds) at which the trade may happen.
    function swapExactInput(
        IConstantProductPool pool,
        address tokenIn,
        uint256 amountIn,
        uint256 minimumOut,
        address recipient,
        uint256 deadline
    ) external returns (uint256 amountOut);

    /// @notice Add at most the given amounts, at the pool's ratio; an empty pool takes both as they are.
    /// @return used0 Taken of token0.
    /// @return used1 Taken of token1.
    /// @return liquidity Shares minted to `recipient`.
    function addLiquidity(IConstantProductPool pool, uint256 amount0, uint256 amount1, address recipient)
        external
        returns (uint256 used0, uint256 used1, uint256 liquidity);

    /// @notice Redeem `liquidity` shares of the caller for at least the given amounts.
    function removeLiquidity(
        IConstantProductPool pool,
        uint256 liquidity,
        uint256 minimum0,
        uint256 minimum1,
        address recipient
    ) external returns (uint256 amount0, uint256 amount1);
}
