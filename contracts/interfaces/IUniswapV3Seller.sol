// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISplitPart} from "./ISplitPart.sol";

/// @title Sells at Uniswap v3 pools
interface IUniswapV3Seller is ISplitPart {
    /// @notice The pool ran out of liquidity before it took everything.
    error NotAllSold(uint256 amountIn, uint256 sold);
    /// @notice The call back does not come from the pool of the sale under way.
    error UnexpectedCallback(address caller);

    /// @notice Pays the pool what it asks for; pools call it during a sale, nobody else may.
    /// @param amount0Delta Owed to the pool, when positive; `amount1Delta` likewise.
    /// @param data The token that is sold.
    function uniswapV3SwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata data) external;
}
