// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IInterestRateModel} from "./IInterestRateModel.sol";
import {IMarginModel} from "./IMarginModel.sol";
import {IPoolGuard} from "./IPoolGuard.sol";
import {IPriceOracle} from "./IPriceOracle.sol";

/// @title A pool of assets that cross-margined accounts supply and borrow
/// @notice Units: `assets` are token units, `shares` are claims on a total, values are 1e18-scaled quote units.
/// Every conversion rounds in favour of the pool.
/// @dev Assumes ERC-20 tokens that neither rebase, nor charge on transfer, nor call back. Balances are accounted, not
/// read: tokens sent to the pool outside its functions belong to nobody and change nothing.
/// Books, at every block and for every asset, to the unit:
/// `balanceOf(pool) >= totalSupplyAssets - totalBorrowAssets - deficit`, with equality when nobody donated.
interface ILendingPool {
    /// @notice What governance sets for an asset.
    struct AssetConfiguration {
        IInterestRateModel interestRateModel;
        uint256 reserveFactor; // share of interest kept for the treasury, scaled by 1e18
        uint256 supplyCap; // assets
        uint256 borrowCap; // assets
    }

    /// @notice Totals of an asset.
    struct AssetState {
        uint256 totalSupplyAssets;
        uint256 totalSupplyShares;
        uint256 totalBorrowAssets;
        uint256 totalBorrowShares;
        uint256 deficit; // assets lent, written off, and not yet covered
        uint256 accruedAt; // timestamp, seconds
    }

    /// @notice One liquidation, as the module decided it.
    struct Seizure {
        address borrower;
        address debtAsset;
        uint256 debtAssets; // taken from the module
        uint256 writtenOffAssets; // debt that nobody pays: it becomes deficit
        address collateralAsset;
        uint256 collateralAssets; // sent to `recipient`
        uint256 protocolAssets; // collateral moved to the treasury's account
        address recipient;
    }

    event AssetListed(address indexed asset, uint256 unit);
    event AssetConfigured(
        address indexed asset, address interestRateModel, uint256 reserveFactor, uint256 supplyCap, uint256 borrowCap
    );
    event OracleSet(address oracle);
    event MarginModelSet(address marginModel);
    event LiquidationModuleSet(address liquidationModule);
    event GuardSet(address guard);
    event FlashLoanFeeSet(uint256 flashLoanFee);
    event Supplied(
        address indexed asset, address indexed account, address indexed payer, uint256 assets, uint256 shares
    );
    event Withdrawn(
        address indexed asset, address indexed account, address indexed recipient, uint256 assets, uint256 shares
    );
    event Borrowed(
        address indexed asset, address indexed account, address indexed recipient, uint256 assets, uint256 shares
    );
    event Repaid(address indexed asset, address indexed account, address indexed payer, uint256 assets, uint256 shares);
    event Accrued(address indexed asset, uint256 interest, uint256 treasuryShares);
    event Seized(
        address indexed borrower,
        address indexed debtAsset,
        address indexed collateralAsset,
        uint256 debtAssets,
        uint256 collateralAssets,
        uint256 protocolAssets,
        address recipient
    );
    event DeficitRecorded(address indexed asset, address indexed account, uint256 assets);
    event DeficitCovered(address indexed asset, address indexed payer, uint256 assets);
    /// @notice Suppliers bore `assets` of the deficit: each lost `lossPerShare` (1e18-scaled) of its supply.
    event DeficitSocialised(address indexed asset, uint256 assets, uint256 lossPerShare);
    event FlashLoan(address indexed asset, address indexed receiver, uint256 assets, uint256 fee);

    error AssetNotListed(address asset);
    error AssetAlreadyListed(address asset);
    error TooManyAssets(uint256 maximum);
    error ReserveFactorTooHigh(uint256 reserveFactor);
    error FlashLoanFeeTooHigh(uint256 flashLoanFee);
    error ZeroAmount();
    error ZeroAddress();
    error SupplyCapExceeded(address asset, uint256 totalSupplyAssets, uint256 supplyCap);
    error BorrowCapExceeded(address asset, uint256 totalBorrowAssets, uint256 borrowCap);
    error InsufficientLiquidity(address asset, uint256 requested, uint256 available);
    error InsufficientSupply(address asset, address account, uint256 requestedShares, uint256 shares);
    /// @notice The account's debt would exceed what its collateral lets it borrow.
    error InsufficientCollateral(address account, uint256 debtValue, uint256 borrowLimit);
    error NotLiquidationModule(address caller, address liquidationModule);
    error NotTreasury(address caller, address treasury);
    error RepaysMoreThanDebt(address borrower, uint256 debtAssets, uint256 owed);
    error SeizesMoreThanCollateral(address borrower, uint256 collateralAssets, uint256 held);
    error NoDeficit(address asset);
    /// @notice The receiver did not answer with the selector of `onFlashLoan`.
    error FlashLoanRefused(address receiver);

    /// @notice Add an asset. Only the owner; at most 32.
    function listAsset(address asset, AssetConfiguration calldata configuration) external;

    /// @notice Replace the configuration of a listed asset, after accruing with the old one. Only the owner.
    function configureAsset(address asset, AssetConfiguration calldata configuration) external;

    /// @notice Set the oracle that values everything. Only the owner.
    function setOracle(IPriceOracle oracle_) external;

    /// @notice Set the margin model. Only the owner.
    function setMarginModel(IMarginModel marginModel_) external;

    /// @notice Set the only contract that may call `seize`. Only the owner.
    function setLiquidationModule(address liquidationModule_) external;

    /// @notice Set what may refuse liquidations and borrowing; the zero address refuses nothing. Only the owner.
    function setGuard(IPoolGuard guard_) external;

    /// @notice Set the fee on flash loans, scaled by 1e18. Only the owner.
    function setFlashLoanFee(uint256 flashLoanFee_) external;

    /// @notice Supply `assets` for `account`, paid by the caller. Every supplied asset with a threshold is collateral.
    /// @return shares Supply shares credited, rounded down.
    function supply(address asset, uint256 assets, address account) external returns (uint256 shares);

    /// @notice Withdraw the caller's supply to `recipient`; `type(uint256).max` withdraws all of it.
    /// @return withdrawn Assets sent. The shares burnt are rounded up.
    function withdraw(address asset, uint256 assets, address recipient) external returns (uint256 withdrawn);

    /// @notice Borrow against the caller's collateral and send to `recipient`.
    /// @return shares Borrow shares charged, rounded up.
    function borrow(address asset, uint256 assets, address recipient) external returns (uint256 shares);

    /// @notice Repay debt of `account`, paid by the caller; capped at what it owes, so `type(uint256).max` repays all.
    /// @return repaid Assets taken. The shares burnt are rounded down.
    function repay(address asset, uint256 assets, address account) external returns (uint256 repaid);

    /// @notice Lend `assets` for the length of one call. The fee goes to suppliers.
    /// @dev Callable while another function of the pool is not running; liquidation and repayment inside the callback
    /// are allowed, because no accounting depends on the pool's balance.
    function flashLoan(address receiver, address asset, uint256 assets, bytes calldata data) external;

    /// @notice Bring interest of `asset` up to the block's timestamp.
    function accrue(address asset) external;

    /// @notice Carry out a liquidation. Only the liquidation module, which must hold and have approved the debt assets.
    /// @dev If the borrower has no collateral left afterwards, all that it still owes becomes deficit. Reverts when the
    /// guard does.
    function seize(Seizure calldata seizure) external;

    /// @notice Pay `assets` of the deficit; capped at it.
    /// @return covered Assets taken from the caller.
    function coverDeficit(address asset, uint256 assets) external returns (uint256 covered);

    /// @notice Let suppliers bear `assets` of the deficit; capped at it. Only the treasury.
    /// @dev Every share loses the same part of its value, the treasury's own among them.
    /// @return socialised Assets taken off the total supply.
    function socialiseDeficit(address asset, uint256 assets) external returns (uint256 socialised);

    /// @notice Listed assets, in listing order.
    function assetList() external view returns (address[] memory);

    /// @notice Totals with interest up to the block's timestamp.
    /// @dev Among the shares are those that the next accrual will credit to the treasury.
    function assetState(address asset) external view returns (AssetState memory);

    /// @notice Configuration of `asset`.
    function configuration(address asset) external view returns (AssetConfiguration memory);

    /// @notice 10 ** decimals of `asset`.
    function unit(address asset) external view returns (uint256);

    /// @notice Supply shares of `account`.
    function supplyShares(address asset, address account) external view returns (uint256);

    /// @notice Borrow shares of `account`.
    function borrowShares(address asset, address account) external view returns (uint256);

    /// @notice Supply of `account` in assets with interest, rounded down.
    function supplyBalance(address asset, address account) external view returns (uint256);

    /// @notice Debt of `account` in assets with interest, rounded up.
    function borrowBalance(address asset, address account) external view returns (uint256);

    /// @notice Position of `account` at current prices.
    /// @dev Reverts when the oracle does.
    /// @return collateralValue Value of all supplies that count as collateral, 1e18-scaled, rounded down.
    /// @return borrowLimit Sum of value x loan-to-value, 1e18-scaled, rounded down.
    /// @return thresholdValue Sum of value x liquidation threshold, 1e18-scaled, rounded down.
    /// @return debtValue Value of all debts, 1e18-scaled, rounded up.
    function position(address account)
        external
        view
        returns (uint256 collateralValue, uint256 borrowLimit, uint256 thresholdValue, uint256 debtValue);

    /// @notice Most debt that the guard lets one seizure repay or write off now; `type(uint256).max` without a guard.
    function seizable(address debtAsset, address collateralAsset) external view returns (uint256 debtAssets);

    /// @notice thresholdValue / debtValue, scaled by 1e18, rounded down; `type(uint256).max` without debt.
    function healthFactor(address account) external view returns (uint256);

    function oracle() external view returns (IPriceOracle);
    function marginModel() external view returns (IMarginModel);
    function liquidationModule() external view returns (address);
    function guard() external view returns (IPoolGuard);
    function treasury() external view returns (address);
    function flashLoanFee() external view returns (uint256);
}
