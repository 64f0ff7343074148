// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {ISeller} from "../interfaces/ISeller.sol";
import {ISplitPart} from "../interfaces/ISplitPart.sol";
import {IUniswapV2Pair} from "../interfaces/IUniswapV2Pair.sol";

/// @title Sells at Uniswap v2 pairs
contract UniswapV2Seller is ISplitPart {
    using SafeERC20 for IERC20;

    uint256 private constant FEE = 3_000;
    uint256 private constant PARTS = 1_000_000;

    /// @inheritdoc ISeller
    function sell(address pool, address tokenIn, address tokenOut, uint256 amountIn, address recipient)
        external
        returns (uint256 amountOut)
    {
        (address token0, address token1) = (IUniswapV2Pair(pool).token0(), IUniswapV2Pair(pool).token1());
        bool sellsToken0 = token0 == tokenIn;
        require(
            sellsToken0 ? token1 == tokenOut : (token0 == tokenOut && token1 == tokenIn),
            WrongPool(pool, tokenIn, tokenOut)
        );

        (uint256 reserveIn, uint256 reserveOut) = _reserves(pool, sellsToken0);
        uint256 kept = amountIn * (PARTS - FEE);
        amountOut = Math.mulDiv(kept, reserveOut, reserveIn * PARTS + kept);
        IERC20(tokenIn).safeTransfer(pool, amountIn);
        IUniswapV2Pair(pool).swap(sellsToken0 ? 0 : amountOut, sellsToken0 ? amountOut : 0, recipient, "");
    }

    /// @inheritdoc ISplitPart
    function depth(address pool, address tokenIn)
        external
        view
        returns (uint256 reserveIn, uint256 reserveOut, uint256 fee)
    {
        (reserveIn, reserveOut) = _reserves(pool, IUniswapV2Pair(pool).token0() == tokenIn);
        fee = FEE;
    }

    function _reserves(address pool, bool sellsToken0) private view returns (uint256 reserveIn, uint256 reserveOut) {
        (uint256 reserve0, uint256 reserve1,) = IUniswapV2Pair(pool).getReserves();
        (reserveIn, reserveOut) = sellsToken0 ? (reserve0, reserve1) : (reserve1, reserve0);
    }
}
