// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice What a market is: its identity, fixed when it is created.
struct MarketParams {
    address loanToken;
    address collateralToken;
    address oracle; // `IMorphoOracle`
    address irm; // `IMorphoRateModel`
    uint256 lltv; // liquidation loan-to-value, 1e18-scaled
}

/// @notice Totals of a market as they stood at `lastUpdate`; interest since then is not in them.
struct Market {
    uint128 totalSupplyAssets;
    uint128 totalSupplyShares;
    uint128 totalBorrowAssets;
    uint128 totalBorrowShares;
    uint128 lastUpdate; // timestamp, seconds
    uint128 fee; // of the interest, 1e18-scaled
}

/// @notice An account in a market: shares of supply and debt, collateral in token units.
struct Position {
    uint256 supplyShares;
    uint128 borrowShares;
    uint128 collateral;
}

/// @title The part of Morpho Blue that our contracts call
/// @notice Morpho's own documentation is that of its package; a market's id is the hash of its parameters.
interface IMorpho {
    /// @notice Totals of market `id`.
    function market(bytes32 id) external view returns (Market memory);

    /// @notice `account` in market `id`.
    function position(bytes32 id, address account) external view returns (Position memory);

    /// @notice Bring the totals of a market up to now.
    function accrueInterest(MarketParams memory marketParams) external;

    /// @notice Repay debt of an account that owes more than it may, for its collateral and a bonus.
    /// @dev Exactly one of `seizedAssets` and `repaidShares` must be zero. The collateral is sent first; with `data`,
    /// the caller's `onMorphoLiquidate` is called before the debt is taken from it.
    function liquidate(
        MarketParams memory marketParams,
        address borrower,
        uint256 seizedAssets,
        uint256 repaidShares,
        bytes memory data
    ) external returns (uint256 seized, uint256 repaid);
}
