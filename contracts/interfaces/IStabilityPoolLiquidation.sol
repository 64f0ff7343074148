// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILendingPool} from "./ILendingPool.sol";

/// @title Liquidation paid out of deposits that wait for it
/// @notice Copies Liquity v1's stability pool. Depositors of one debt asset pay the debts of liquidatable accounts and
/// share the collateral, each in proportion to its deposit at that moment; whoever calls `liquidate` needs no capital.
///
/// Which debt, for which collateral. Once the health factor is below one, with C the value of all collateral of the
/// account, X that of its debt in the debt asset, and b the liquidation bonus of the collateral that is asked for:
///  1. C >= X * (1 + b): collateral worth 1 + b is taken for a debt of 1, up to all of X;
///  2. C < X * (1 + b): collateral worth C / X is taken for a debt of 1. All of X is paid for all of the collateral,
///     as in Liquity below 110 %, and the depositors bear the loss where C < X. With several collaterals each pays its
///     part of X, so that none of them can be left over, and the order in which they are asked for does not matter;
///  3. C / X < `minimumCollateralRatio`: refused. It is the most that depositors can lose. Zero refuses nothing.
/// At most the deposits are paid, and what the lending pool's guard lets go. The rest of the debt stays with the rest
/// of the collateral in the borrower's position, at the same ratio in case 2, for a later call. The caller receives
/// `gasCompensation` of all collateral taken.
///
/// What differs from Liquity v1:
///  - no redistribution to other borrowers when the deposits do not suffice;
///  - one bonus a collateral in place of 110 % and all collateral, so the borrower keeps what exceeds it;
///  - several collaterals, and debts in other assets: those are ignored, so depositors come before their lenders;
///  - deposits can be withdrawn at any time. Liquity refuses while an account can be liquidated. So depositors can leave
///    before a loss, or come for a single liquidation: they then lose or take a profit, but nobody else's deposit;
///  - no rewards, no front ends, no fixed part of the gas compensation, no smallest debt;
///  - P has 36 digits and is computed from amounts in one rounding, where Liquity has 18 and rounds a loss per unit:
///    so nothing worth feeding back into the next offset is lost, and there are no error terms;
///  - gains are kept until claimed. A collateral that cannot be transferred does not hold up deposits.
///
/// Product and sums. A deposit d made at product P0 is d * P / P0 now, where P is multiplied by 1 - debt / deposits at
/// each offset. It has gained d * (S - S0) / P0 of a collateral whose S grows by gain * P / deposits at each offset.
/// P below 1e27 is multiplied by 1e9 and the scale goes up by one; when deposits are used up the epoch does, and P
/// begins again. There is an S for each epoch, scale and collateral.
///
/// Rounding is always down, so that claims never exceed what is there: the compounded deposits of all accounts never
/// exceed `totalDeposits`, nor their gains what was received. Deposits and gains are kept with 18 digits more than
/// tokens have, so that settling costs nothing. An account is shown and paid less than one unit under its exact share,
/// plus one part in 1e27 of it for each offset; both stay in this contract.
/// @dev Assumes tokens that neither rebase, nor charge on transfer, nor call back, and less than 1e27 units of deposits.
/// Must be the pool's liquidation module to liquidate; depositing, withdrawing and claiming work without.
/// It is not an `ILiquidationModule`, since the caller pays nothing, but emits its `Liquidated`: `liquidator` is the
/// caller, `collateralAssets` all collateral taken.
interface IStabilityPoolLiquidation {
    /// @notice Both scaled by 1e18.
    struct StabilityRules {
        uint256 gasCompensation; // share of the collateral taken; Liquity: 0.5 %
        uint256 minimumCollateralRatio; // collateral / debt below which depositors do not pay; zero pays always
    }

    event StabilityRulesSet(uint256 gasCompensation, uint256 minimumCollateralRatio);
    event Deposited(address indexed account, uint256 assets, uint256 totalDeposits);
    event DepositWithdrawn(address indexed account, uint256 assets, uint256 totalDeposits);
    event GainClaimed(address indexed account, address indexed collateralAsset, uint256 assets);
    /// @notice Depositors paid `debtAssets` and received `gainAssets`, which exclude the caller's compensation.
    event DebtOffset(
        address indexed borrower,
        address indexed collateralAsset,
        uint256 debtAssets,
        uint256 gainAssets,
        uint256 totalDeposits
    );

    error ZeroAmount();
    /// @notice None, or more than `maximum`.
    error CollateralCountOutOfRange(uint256 count, uint256 maximum);
    error DuplicateCollateral(address collateralAsset);
    /// @notice Deposits and gains in the same asset are not told apart.
    error CollateralIsDebtAsset(address asset);
    error UnknownCollateral(address collateralAsset);
    error GasCompensationTooHigh(uint256 gasCompensation, uint256 maximum);
    /// @notice Above 1e18.
    error MinimumCollateralRatioTooHigh(uint256 minimumCollateralRatio);
    error NoDeposits();
    error CollateralRatioTooLow(address borrower, uint256 collateralRatio, uint256 minimumCollateralRatio);

    /// @notice Add `assets` of the debt asset to the caller's deposit.
    function deposit(uint256 assets) external;

    /// @notice Take from the caller's deposit; capped at it, so `type(uint256).max` takes all. Never refused.
    /// @return withdrawn Assets sent.
    function withdraw(uint256 assets) external returns (uint256 withdrawn);

    /// @notice Send the caller its gains in `collateralAsset`.
    /// @return claimed Assets sent; may be zero.
    function claim(address collateralAsset) external returns (uint256 claimed);

    /// @notice Pay debt of `borrower` out of the deposits, for `collateralAsset`.
    /// @return debt Assets paid.
    /// @return collateral All collateral taken.
    /// @return compensation The part of it that the caller received.
    function liquidate(address borrower, address collateralAsset)
        external
        returns (uint256 debt, uint256 collateral, uint256 compensation);

    /// @notice Replace the rules. Only the owner.
    function setStabilityRules(StabilityRules calldata rules_) external;

    /// @notice What `liquidate` would do in this block. Never reverts: all zero where it would.
    /// @dev Save for one case: the lending pool has lent out the collateral.
    function liquidatable(address borrower, address collateralAsset)
        external
        view
        returns (uint256 debt, uint256 collateral, uint256 compensation);

    /// @notice Deposit of `account` after all offsets until now, in assets, rounded down.
    function compoundedDeposit(address account) external view returns (uint256);

    /// @notice Gains of `account` in `collateralAsset` that it has not claimed, in assets, rounded down.
    function pendingGain(address account, address collateralAsset) external view returns (uint256);

    /// @notice The rules in force.
    function stabilityRules() external view returns (StabilityRules memory);

    /// @notice Collaterals that can be taken, fixed at construction.
    function collateralAssets() external view returns (address[] memory);

    /// @notice The pool whose accounts are liquidated.
    function pool() external view returns (ILendingPool);

    /// @notice What is deposited, and the only debt that is paid.
    function debtAsset() external view returns (address);

    /// @notice All deposits: what the next offset can use.
    function totalDeposits() external view returns (uint256);

    /// @notice P, from 1e27 to 1e36.
    function product() external view returns (uint256);

    /// @notice How often the product was multiplied by 1e9 in this epoch.
    function scale() external view returns (uint256);

    /// @notice How often the deposits were used up.
    function epoch() external view returns (uint256);

    /// @notice S of `collateralAsset`.
    function sum(address collateralAsset, uint256 epoch_, uint256 scale_) external view returns (uint256);
}
