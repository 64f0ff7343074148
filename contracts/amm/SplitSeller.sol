// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {ISeller} from "../interfaces/ISeller.sol";
import {ISplitSeller} from "../interfaces/ISplitSeller.sol";

/// @title Sells over several venues of one pair, so that the next unit would bring the same at each
contract SplitSeller is ISplitSeller {
    using SafeERC20 for IERC20;

    uint256 private constant PARTS = 1_000_000;

    /// @dev What of a pool decides how much it gets; `root` is zero once it gets nothing.
    struct Curve {
        uint256 root; // s
        uint256 start; // c
    }

    Part[] private _parts;

    constructor(Part[] memory parts_) {
        require(parts_.length != 0, NoParts());
        for (uint256 i = 0; i < parts_.length; ++i) {
            _parts.push(parts_[i]);
        }
    }

    /// @inheritdoc ISeller
    function sell(address pool, address tokenIn, address tokenOut, uint256 amountIn, address recipient)
        external
        returns (uint256)
    {
        require(pool == address(this), NotThisSplit(pool));
        return _sell(tokenIn, tokenOut, amountIn, recipient);
    }

    /// @inheritdoc ISplitSeller
    function swapExactInput(
        address tokenIn,
        address tokenOut,
        uint256 amountIn,
        uint256 minimumOut,
        address recipient,
        uint256 deadline
    ) external returns (uint256 amountOut) {
        require(block.timestamp <= deadline, Expired(deadline));
        IERC20(tokenIn).safeTransferFrom(msg.sender, address(this), amountIn);
        amountOut = _sell(tokenIn, tokenOut, amountIn, recipient);
        require(amountOut >= minimumOut, OutputBelowMinimum(amountOut, minimumOut));
    }

    /// @inheritdoc ISplitSeller
    function divide(address tokenIn, uint256 amountIn) public view returns (uint256[] memory amounts) {
        uint256 count = _parts.length;
        amounts = new uint256[](count);
        Curve[] memory curves = _curves(tokenIn);

        // Each round leaves out a pool or ends, and the one whose price is best is never left out.
        bool settled = false;
        while (!settled) {
            (uint256 above, uint256 below) = _level(curves, amountIn);
            require(below != 0, NothingToTradeAgainst(tokenIn));
            settled = true;
            for (uint256 i = 0; i < count; ++i) {
                uint256 reached = Math.mulDiv(curves[i].root, above, below);
                amounts[i] = Math.saturatingSub(reached, curves[i].start);
                if (reached < curves[i].start) {
                    curves[i] = Curve(0, 0);
                    settled = false;
                }
            }
        }

        uint256 left = amountIn;
        uint256 first = count;
        for (uint256 i = count; i != 0; --i) {
            left -= amounts[i - 1];
            if (curves[i - 1].root != 0) first = i - 1;
        }
        amounts[first] += left;
    }

    /// @inheritdoc ISplitSeller
    function parts() external view returns (Part[] memory) {
        return _parts;
    }

    function _sell(address tokenIn, address tokenOut, uint256 amountIn, address recipient)
        private
        returns (uint256 amountOut)
    {
        uint256[] memory amounts = divide(tokenIn, amountIn);
        for (uint256 i = 0; i < amounts.length; ++i) {
            if (amounts[i] == 0) continue;
            Part memory part = _parts[i];
            IERC20(tokenIn).safeTransfer(address(part.seller), amounts[i]);
            amountOut += part.seller.sell(part.pool, tokenIn, tokenOut, amounts[i], recipient);
        }
    }

    function _curves(address tokenIn) private view returns (Curve[] memory curves) {
        curves = new Curve[](_parts.length);
        for (uint256 i = 0; i < curves.length; ++i) {
            (uint256 reserveIn, uint256 reserveOut, uint256 fee) = _parts[i].seller.depth(_parts[i].pool, tokenIn);
            uint256 root = Math.sqrt(Math.mulDiv(reserveIn, reserveOut * PARTS, PARTS - fee));
            if (root != 0) curves[i] = Curve(root, Math.mulDiv(reserveIn, PARTS, PARTS - fee));
        }
    }

    /// @dev z as a fraction.
    function _level(Curve[] memory curves, uint256 amountIn) private pure returns (uint256 above, uint256 below) {
        above = amountIn;
        for (uint256 i = 0; i < curves.length; ++i) {
            above += curves[i].start;
            below += curves[i].root;
        }
    }
}
