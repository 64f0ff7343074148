// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title What our contracts call of a Uniswap v3 pool
interface IUniswapV3Pool {
    function token0() external view returns (address);
    function token1() external view returns (address);
    function fee() external view returns (uint24);
    function liquidity() external view returns (uint128);

    /// @return sqrtPriceX96 Square root of token1 units for a token0 unit, 96 fractional bits.
    function slot0()
        external
        view
        returns (
            uint160 sqrtPriceX96,
            int24 tick,
            uint16 observationIndex,
            uint16 observationCardinality,
            uint16 observationCardinalityNext,
            uint8 feeProtocol,
            bool unlocked
        );

    /// @param amountSpecified Of the input, when positive.
    /// @return amount0 Paid to the pool when positive, received from it when negative; `amount1` likewise.
    function swap(
        address recipient,
        bool zeroForOne,
        int256 amountSpecified,
        uint160 sqrtPriceLimitX96,
        bytes calldata data
    ) external returns (int256 amount0, int256 amount1);
}
