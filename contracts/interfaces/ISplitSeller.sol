// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISeller} from "./ISeller.sol";
import {ISplitPart} from "./ISplitPart.sol";

/// @title Sells over several venues of one pair, so that the next unit would bring the same at each
/// @notice Like the routers that aggregate exchanges, but that these choose the amounts off chain, from the ticks that
/// they index. A keeper's contract learns what it seizes only while it liquidates, so this one chooses them itself,
/// from what a contract can read cheaply: each pool's price and the liquidity around it. Selling d at a pool with
/// reserves x and y and a share g of the input left after its fee, the next unit brings g*x*y / (x + g*d)^2. That is
/// the same everywhere when d = s*z - c, with s = sqrt(x*y/g), c = x/g and z = (amountIn + sum of c) / sum of s. Pools
/// whose d is negative pay too little for the first unit: they are left out, and z is taken over the rest.
/// @dev A sale that leaves a range of concentrated liquidity is divided as though the range went on.
interface ISplitSeller is ISeller {
    /// @dev `seller` sells at `pool`.
    struct Part {
        ISplitPart seller;
        address pool;
    }

    error NoParts();
    error Expired(uint256 deadline);
    error OutputBelowMinimum(uint256 output, uint256 minimum);
    /// @notice A sale names this contract as its pool.
    error NotThisSplit(address pool);
    /// @notice None of the pools has both tokens.
    error NothingToTradeAgainst(address tokenIn);

    /// @notice Sell `amountIn` of the caller's `tokenIn`, who approved this contract.
    /// @param minimumOut Least of `tokenOut` to receive.
    /// @param deadline Last timestamp (seconds) at which the trade may happen.
    function swapExactInput(
        address tokenIn,
        address tokenOut,
        uint256 amountIn,
        uint256 minimumOut,
        address recipient,
        uint256 deadline
    ) external returns (uint256 amountOut);

    /// @notice Part of `amountIn` that each pool would get; rounded down, what is left goes to the first that trades.
    function divide(address tokenIn, uint256 amountIn) external view returns (uint256[] memory amounts);

    function parts() external view returns (Part[] memory);
}
