// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IConstantProductPool} from "../interfaces/IConstantProductPool.sol";
import {IPoolRouter} from "../interfaces/IPoolRouter.sol";

/// @title Router of constant-product pools
contract PoolRouter is IPoolRouter {
    using SafeERC20 for IERC20;

    /// @inheritdoc IPoolRouter
    function swapExactInput(
        IConstantProductPool pool,
        address tokenIn,
        uint256 amountIn,
        uint256 minimumOut,
        address recipient,
        uint256 deadline
    ) external returns (uint256 amountOut) {
        require(block.timestamp <= deadline, Expired(deadline));
        amountOut = pool.quoteExactInput(tokenIn, amountIn);
        require(amountOut >= minimumOut, OutputBelowMinimum(amountOut, minimumOut));

        IERC20(tokenIn).safeTransferFrom(msg.sender, address(pool), amountIn);
        if (tokenIn == pool.token0()) {
            pool.swap(0, amountOut, recipient, "");
        } else {
            pool.swap(amountOut, 0, recipient, "");
        }
    }

    /// @inheritdoc IPoolRouter
    function addLiquidity(IConstantProductPool pool, uint256 amount0, uint256 amount1, address recipient)
        external
        returns (uint256 used0, uint256 used1, uint256 liquidity)
    {
        (used0, used1) = _atRatio(pool, amount0, amount1);
        IERC20(pool.token0()).safeTransferFrom(msg.sender, address(pool), used0);
        IERC20(pool.token1()).safeTransferFrom(msg.sender, address(pool), used1);
        liquidity = pool.mint(recipient);
    }

    /// @inheritdoc IPoolRouter
    function removeLiquidity(
        IConstantProductPool pool,
        uint256 liquidity,
        uint256 minimum0,
        uint256 minimum1,
        address recipient
    ) external returns (uint256 amount0, uint256 amount1) {
        IERC20(address(pool)).safeTransferFrom(msg.sender, address(pool), liquidity);
        (amount0, amount1) = pool.burn(recipient);
        require(amount0 >= minimum0, OutputBelowMinimum(amount0, minimum0));
        require(amount1 >= minimum1, OutputBelowMinimum(amount1, minimum1));
    }

    function _atRatio(IConstantProductPool pool, uint256 amount0, uint256 amount1)
        private
        view
        returns (uint256 used0, uint256 used1)
    {
        (uint256 reserve0, uint256 reserve1,) = pool.getReserves();
        if (reserve0 == 0 || reserve1 == 0) return (amount0, amount1);

        uint256 matching1 = Math.mulDiv(amount0, reserve1, reserve0);
        if (matching1 <= amount1) return (amount0, matching1);
        return (Math.mulDiv(amount1, reserve0, reserve1), amount1);
    }
}
