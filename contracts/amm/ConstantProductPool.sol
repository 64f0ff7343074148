// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IConstantProductPool} from "../interfaces/IConstantProductPool.sol";
import {ISwapCallee} from "../interfaces/ISwapCallee.sol";

/// @title Constant-product pool; its liquidity token is the contract itself
contract ConstantProductPool is IConstantProductPool, ERC20, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @notice Parts in one whole: the scale of the fee.
    uint256 public constant PARTS = 1_000_000;

    /// @notice Most of one reserve, so that the product of two, each scaled by `PARTS`, fits in 256 bits.
    uint256 public constant MAXIMUM_RESERVE = 2 ** 108 - 1;

    /// @notice Shares that the first minter leaves behind, so that one share can never be made dear.
    uint256 public constant LOCKED_LIQUIDITY = 1_000;

    /// @notice Where the locked shares lie: OpenZeppelin's ERC20 does not mint to the zero address.
    address public constant LOCK = address(0xdead);

    /// @inheritdoc IConstantProductPool
    address public immutable token0;

    /// @inheritdoc IConstantProductPool
    address public immutable token1;

    /// @inheritdoc IConstantProductPool
    uint256 public immutable feePartsPerMillion;

    uint112 private _reserve0;
    uint112 private _reserve1;
    uint32 private _updatedAt;

    /// @inheritdoc IConstantProductPool
    uint256 public price0CumulativeLast;

    /// @inheritdoc IConstantProductPool
    uint256 public price1CumulativeLast;

    constructor(address token0_, address token1_, uint256 feePartsPerMillion_)
        ERC20("Undertow Constant Product", "UCP")
    {
        require(token0_ != token1_, IdenticalTokens(token0_));
        require(feePartsPerMillion_ < PARTS, FeeTooHigh(feePartsPerMillion_));
        token0 = token0_;
        token1 = token1_;
        feePartsPerMillion = feePartsPerMillion_;
    }

    /// @inheritdoc IConstantProductPool
    function mint(address recipient) external nonReentrant returns (uint256 liquidity) {
        (uint256 balance0, uint256 balance1) = _balances();
        uint256 amount0 = balance0 - _reserve0;
        uint256 amount1 = balance1 - _reserve1;
        uint256 supply = totalSupply();

        if (supply == 0) {
            liquidity = Math.saturatingSub(Math.sqrt(amount0 * amount1), LOCKED_LIQUIDITY);
        } else {
            liquidity = Math.min(
                Math.mulDiv(amount0, supply, _reserve0), // what exceeds the ratio is a gift to all holders
                Math.mulDiv(amount1, supply, _reserve1)
            );
        }
        require(liquidity != 0, InsufficientLiquidityMinted());

        if (supply == 0) _mint(LOCK, LOCKED_LIQUIDITY);
        _mint(recipient, liquidity);
        _writeReserves(balance0, balance1);
        emit Minted(msg.sender, amount0, amount1);
    }

    /// @inheritdoc IConstantProductPool
    function burn(address recipient) external nonReentrant returns (uint256 amount0, uint256 amount1) {
        (uint256 balance0, uint256 balance1) = _balances();
        uint256 liquidity = balanceOf(address(this));
        uint256 supply = totalSupply();
        require(liquidity != 0, InsufficientLiquidityBurned());

        // Of the balances, not the reserves: gifts belong to the holders.
        amount0 = Math.mulDiv(liquidity, balance0, supply);
        amount1 = Math.mulDiv(liquidity, balance1, supply);
        require(amount0 != 0 && amount1 != 0, InsufficientLiquidityBurned());

        _burn(address(this), liquidity);
        _writeReserves(balance0 - amount0, balance1 - amount1);
        emit Burned(msg.sender, amount0, amount1, recipient);
        IERC20(token0).safeTransfer(recipient, amount0);
        IERC20(token1).safeTransfer(recipient, amount1);
    }

    /// @inheritdoc IConstantProductPool
    function swap(uint256 amount0Out, uint256 amount1Out, address recipient, bytes calldata data)
        external
        nonReentrant
    {
        (uint256 reserve0, uint256 reserve1) = (_reserve0, _reserve1);
        require(amount0Out != 0 || amount1Out != 0, InsufficientOutput());
        require(
            amount0Out < reserve0 && amount1Out < reserve1,
            InsufficientReserves(amount0Out, amount1Out, reserve0, reserve1)
        );
        require(recipient != token0 && recipient != token1, InvalidRecipient(recipient));

        if (amount0Out != 0) IERC20(token0).safeTransfer(recipient, amount0Out);
        if (amount1Out != 0) IERC20(token1).safeTransfer(recipient, amount1Out);
        if (data.length != 0) ISwapCallee(recipient).onSwap(msg.sender, amount0Out, amount1Out, data);

        (uint256 balance0, uint256 balance1) = _balances();
        uint256 amount0In = Math.saturatingSub(balance0, reserve0 - amount0Out);
        uint256 amount1In = Math.saturatingSub(balance1, reserve1 - amount1Out);
        require(amount0In != 0 || amount1In != 0, InsufficientInput());

        emit Swapped(msg.sender, amount0In, amount1In, amount0Out, amount1Out, recipient);
        _writeReserves(balance0, balance1);

        uint256 adjusted0 = balance0 * PARTS - amount0In * feePartsPerMillion;
        uint256 adjusted1 = balance1 * PARTS - amount1In * feePartsPerMillion;
        uint256 product = reserve0 * reserve1 * PARTS ** 2;
        require(adjusted0 * adjusted1 >= product, ProductDecreased(adjusted0 * adjusted1, product));
    }

    /// @inheritdoc IConstantProductPool
    function quoteExactInput(address tokenIn, uint256 amountIn) external view returns (uint256 amountOut) {
        require(tokenIn == token0 || tokenIn == token1, UnknownToken(tokenIn));
        (uint256 reserveIn, uint256 reserveOut) = tokenIn == token0 ? (_reserve0, _reserve1) : (_reserve1, _reserve0);
        require(reserveIn != 0 && reserveOut != 0, InsufficientReserves(0, 0, _reserve0, _reserve1));

        uint256 afterFee = amountIn * (PARTS - feePartsPerMillion);
        amountOut = Math.mulDiv(afterFee, reserveOut, reserveIn * PARTS + afterFee);
    }

    /// @inheritdoc IConstantProductPool
    function getReserves() external view returns (uint112 reserve0, uint112 reserve1, uint32 updatedAt) {
        return (_reserve0, _reserve1, _updatedAt);
    }

    function _balances() private view returns (uint256 balance0, uint256 balance1) {
        balance0 = IERC20(token0).balanceOf(address(this));
        balance1 = IERC20(token1).balanceOf(address(this));
    }

    /// @dev The only place that writes reserves. Cumulative prices take the reserves that stood until now.
    function _writeReserves(uint256 balance0, uint256 balance1) private {
        require(Math.max(balance0, balance1) <= MAXIMUM_RESERVE, ReserveOverflow(balance0, balance1));

        uint256 timestamp = block.timestamp % 2 ** 32;
        uint256 elapsed = (timestamp + 2 ** 32 - _updatedAt) % 2 ** 32;
        // Sums of 224-bit prices over less than 2**32 seconds fit in 256 bits.
        if (elapsed != 0 && _reserve0 != 0 && _reserve1 != 0) {
            price0CumulativeLast += (uint256(_reserve1) << 112) / _reserve0 * elapsed;
            price1CumulativeLast += (uint256(_reserve0) << 112) / _reserve1 * elapsed;
        }

        _reserve0 = uint112(balance0);
        _reserve1 = uint112(balance1);
        _updatedAt = uint32(timestamp);
        emit Synced(uint112(balance0), uint112(balance1));
    }
}
