// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Who may be liquidated, how much, at what price
/// @notice The pool knows none of it: it only lets this module call `seize`.
interface ILiquidationModule {
    /// @notice What a liquidation of one debt against one collateral would do now.
    struct LiquidationTerms {
        bool eligible;
        uint256 healthFactor; // 1e18-scaled
        uint256 maximumDebtAssets; // most that one call may repay; zero when not eligible
        uint256 collateralAssets; // what the liquidator receives for `maximumDebtAssets`
        uint256 protocolAssets; // collateral that goes to the treasury
    }

    /// @notice A liquidation was carried out.
    /// @param healthFactor Health factor before, 1e18-scaled.
    event Liquidated(
        address indexed borrower,
        address indexed debtAsset,
        address indexed collateralAsset,
        address liquidator,
        uint256 debtAssets,
        uint256 collateralAssets,
        uint256 protocolAssets,
        uint256 healthFactor
    );

    error NotLiquidatable(address borrower, uint256 healthFactor);
    error NoDebt(address borrower, address debtAsset);
    error NoCollateral(address borrower, address collateralAsset);
    /// @notice The rules or the pool's guard let nothing be repaid now.
    error NothingSeizable(address debtAsset, address collateralAsset);
    /// @notice Less collateral than the liquidator asked for at least.
    error InsufficientCollateralOut(uint256 collateralAssets, uint256 minimumCollateralAssets);
    /// @notice Neither side is cleared, and one would be left too small to be worth liquidating.
    error LeavesDust(uint256 debtValueLeft, uint256 collateralValueLeft, uint256 minimumValueLeft);

    /// @notice Repay debt of `borrower` and receive its collateral.
    /// @dev Takes the debt asset from the caller, who must have approved this module.
    /// @param debtAssets Most to repay; capped by the rules.
    /// @param minimumCollateralAssets Least to receive; reverts below it.
    /// @return repaid Debt assets taken.
    /// @return seized Collateral assets sent to the caller.
    function liquidate(
        address borrower,
        address debtAsset,
        address collateralAsset,
        uint256 debtAssets,
        uint256 minimumCollateralAssets
    ) external returns (uint256 repaid, uint256 seized);

    /// @notice The terms now. Does not revert for a healthy account, an unknown asset or a stale price: not eligible.
    /// @dev `liquidate` accepts `maximumDebtAssets` in the same block. Later, interest may have made it leave dust: who
    /// sends a transaction for a later block should offer more, which `liquidate` caps.
    function checkLiquidation(address borrower, address debtAsset, address collateralAsset)
        external
        view
        returns (LiquidationTerms memory terms);
}
