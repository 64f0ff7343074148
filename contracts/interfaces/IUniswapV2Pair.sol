// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title What our contracts call of a Uniswap v2 pair
interface IUniswapV2Pair {
    function token0() external view returns (address);
    function token1() external view returns (address);
    function getReserves() external view returns (uint112 reserve0, uint112 reserve1, uint32 updatedAt);
    function swap(uint256 amount0Out, uint256 amount1Out, address recipient, bytes calldata data) external;
}
