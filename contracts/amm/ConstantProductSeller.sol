// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IConstantProductPool} from "../interfaces/IConstantProductPool.sol";
import {ISeller} from "../interfaces/ISeller.sol";
import {ISplitPart} from "../interfaces/ISplitPart.sol";

/// @title Sells on constant-product pools
contract ConstantProductSeller is ISplitPart {
    using SafeERC20 for IERC20;

    /// @inheritdoc ISeller
    function sell(address pool, address tokenIn, address tokenOut, uint256 amountIn, address recipient)
        external
        returns (uint256 amountOut)
    {
        IConstantProductPool venue = IConstantProductPool(pool);
        (address token0, address token1) = (venue.token0(), venue.token1());
        bool sellsToken0 = token0 == tokenIn;
        require(
            sellsToken0 ? token1 == tokenOut : (token0 == tokenOut && token1 == tokenIn),
            WrongPool(pool, tokenIn, tokenOut)
        );

        amountOut = venue.quoteExactInput(tokenIn, amountIn);
        IERC20(tokenIn).safeTransfer(pool, amountIn);
        venue.swap(sellsToken0 ? 0 : amountOut, sellsToken0 ? amountOut : 0, recipient, "");
    }

    /// @inheritdoc ISplitPart
    function depth(address pool, address tokenIn)
        external
        view
        returns (uint256 reserveIn, uint256 reserveOut, uint256 fee)
    {
        IConstantProductPool venue = IConstantProductPool(pool);
        (uint256 reserve0, uint256 reserve1,) = venue.getReserves();
        (reserveIn, reserveOut) = venue.token0() == tokenIn ? (reserve0, reserve1) : (reserve1, reserve0);
        fee = venue.feePartsPerMillion();
    }
}
