// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Two reserves whose product a swap may not lower
/// @notice Same integers as Uniswap v2 at a fee of 3,000 parts per million.
/// @dev A low-level contract: send tokens first, then call. Callers that are not contracts use `PoolRouter`.
interface IConstantProductPool {
    event Minted(address indexed sender, uint256 amount0, uint256 amount1);
    event Burned(address indexed sender, uint256 amount0, uint256 amount1, address indexed recipient);
    event Swapped(
        address indexed sender,
        uint256 amount0In,
        uint256 amount1In,
        uint256 amount0Out,
        uint256 amount1Out,
        address indexed recipient
    );
    event Synced(uint112 reserve0, uint112 reserve1);

    error IdenticalTokens(address token);
    error FeeTooHigh(uint256 feePartsPerMillion);
    /// @notice The pool trades other tokens.
    error UnknownToken(address token);
    error InsufficientLiquidityMinted();
    error InsufficientLiquidityBurned();
    error InsufficientOutput();
    error InsufficientInput();
    error InsufficientReserves(uint256 amount0Out, uint256 amount1Out, uint256 reserve0, uint256 reserve1);
    error InvalidRecipient(address recipient);
    error ReserveOverflow(uint256 balance0, uint256 balance1);
    /// @notice The product of the fee-adjusted balances fell.
    error ProductDecreased(uint256 productAfter, uint256 productBefore);

    /// @notice Mint liquidity for tokens sent since the last call. The first minter leaves 1,000 shares locked.
    function mint(address recipient) external returns (uint256 liquidity);

    /// @notice Redeem the liquidity tokens sent since the last call.
    function burn(address recipient) external returns (uint256 amount0, uint256 amount1);

    /// @notice Send outputs, call back when `data` is not empty, then require that inputs arrived.
    function swap(uint256 amount0Out, uint256 amount1Out, address recipient, bytes calldata data) external;

    /// @notice Output of an exact input, as `swap` will accept it: floor(in*f*y / (x*1e6 + in*f)), f = 1e6 - fee.
    function quoteExactInput(address tokenIn, uint256 amountIn) external view returns (uint256 amountOut);

    function token0() external view returns (address);
    function token1() external view returns (address);
    function feePartsPerMillion() external view returns (uint256);

    /// @notice Reserves and the timestamp (seconds) of the last block in which they moved.
    function getReserves() external view returns (uint112 reserve0, uint112 reserve1, uint32 updatedAt);

    /// @notice Sum over time of token1 per token0 in UQ112x112, seconds.
    function price0CumulativeLast() external view returns (uint256);

    /// @notice Sum over time of token0 per token1 in UQ112x112, seconds.
    function price1CumulativeLast() external view returns (uint256);
}
