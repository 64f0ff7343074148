// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IMorpho, MarketParams, Position} from "./IMorpho.sol";

/// @title Batch reads of a Morpho Blue market
/// @notice Morpho has no view of a debt with interest, of health or of a liquidation's amounts; these are computed here
/// in its order and rounding. Token units; prices as `IMorphoOracle` scales them.
interface IMorphoLens {
    /// @notice A market now, with interest.
    struct MarketView {
        uint256 totalSupplyAssets;
        uint256 totalSupplyShares;
        uint256 totalBorrowAssets;
        uint256 totalBorrowShares;
        uint256 price;
    }

    /// @notice An account now; the health factor is `maximumDebt` over `debt`, 1e18-scaled and rounded down, and
    /// `type(uint256).max` without debt. Morpho liquidates where it is below one.
    struct AccountView {
        uint256 collateral;
        uint256 maximumDebt; // loan token units
        uint256 debt; // loan token units
        uint256 healthFactor;
    }

    /// @notice The market of `params`.
    function marketView(IMorpho morpho, MarketParams memory params) external view returns (MarketView memory);

    /// @notice Shares and collateral of `accounts`.
    function positions(IMorpho morpho, MarketParams memory params, address[] memory accounts)
        external
        view
        returns (Position[] memory);

    /// @notice Health of `accounts`.
    function health(IMorpho morpho, MarketParams memory params, address[] memory accounts)
        external
        view
        returns (AccountView[] memory);

    /// @notice The most that a liquidation of `borrower` may repay, and what it takes for it; zero where there is none.
    function checkLiquidation(IMorpho morpho, MarketParams memory params, address borrower)
        external
        view
        returns (bool eligible, uint256 healthFactor, uint256 repaidAssets, uint256 seizedAssets);
}
