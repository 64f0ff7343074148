// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ISeller} from "../interfaces/ISeller.sol";
import {ISplitPart} from "../interfaces/ISplitPart.sol";
import {IUniswapV3Pool} from "../interfaces/IUniswapV3Pool.sol";
import {IUniswapV3Seller} from "../interfaces/IUniswapV3Seller.sol";

/// @title Sells at Uniswap v3 pools
contract UniswapV3Seller is IUniswapV3Seller, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;
    using SafeCast for int256;

    uint256 private constant Q96 = 2 ** 96;

    /// @dev Prices lie between these; a sale goes as far as it must.
    uint160 private constant LOWEST = 4_295_128_739;
    uint160 private constant HIGHEST = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_342;

    /// @dev The one contract that may call back, while a sale runs.
    address private transient _expectedPool;

    /// @inheritdoc ISeller
    function sell(address pool, address tokenIn, address tokenOut, uint256 amountIn, address recipient)
        external
        nonReentrant
        returns (uint256 amountOut)
    {
        (address token0, address token1) = (IUniswapV3Pool(pool).token0(), IUniswapV3Pool(pool).token1());
        bool sellsToken0 = token0 == tokenIn;
        require(
            sellsToken0 ? token1 == tokenOut : (token0 == tokenOut && token1 == tokenIn),
            WrongPool(pool, tokenIn, tokenOut)
        );

        _expectedPool = pool;
        (int256 amount0, int256 amount1) = IUniswapV3Pool(pool)
            .swap(
                recipient, sellsToken0, amountIn.toInt256(), sellsToken0 ? LOWEST + 1 : HIGHEST - 1, abi.encode(tokenIn)
            );
        _expectedPool = address(0);

        (int256 paid, int256 received) = sellsToken0 ? (amount0, amount1) : (amount1, amount0);
        require(paid == amountIn.toInt256(), NotAllSold(amountIn, paid.toUint256()));
        amountOut = (-received).toUint256();
    }

    /// @inheritdoc IUniswapV3Seller
    function uniswapV3SwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata data) external {
        require(msg.sender == _expectedPool, UnexpectedCallback(msg.sender));
        int256 owed = amount0Delta > 0 ? amount0Delta : amount1Delta;
        IERC20(abi.decode(data, (address))).safeTransfer(msg.sender, owed.toUint256());
    }

    /// @inheritdoc ISplitPart
    function depth(address pool, address tokenIn)
        external
        view
        returns (uint256 reserveIn, uint256 reserveOut, uint256 fee)
    {
        (uint160 sqrtPrice,,,,,,) = IUniswapV3Pool(pool).slot0();
        uint256 liquidity = IUniswapV3Pool(pool).liquidity();
        uint256 reserve0 = Math.mulDiv(liquidity, Q96, sqrtPrice);
        uint256 reserve1 = Math.mulDiv(liquidity, sqrtPrice, Q96);
        (reserveIn, reserveOut) = IUniswapV3Pool(pool).token0() == tokenIn ? (reserve0, reserve1) : (reserve1, reserve0);
        fee = IUniswapV3Pool(pool).fee();
    }
}
