// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IConstantProductPool} from "./IConstantProductPool.sol";
import {ILendingPool} from "./ILendingPool.sol";

/// @title Capital that stands between a pool's deficits and its suppliers
/// @notice Combines what lending protocols and derivative venues do with bad debt. The fund is the pool's treasury: the
/// reserve factor's interest and the protocol's share of penalties are its capital, held as supply in the pool, where
/// it earns interest and can be lent. Deficits are paid out of it. What it cannot pay, suppliers bear, if the owner has
/// enabled that: the auto-deleveraging of venues without its choice of victims.
/// @dev Anyone adds capital with `pool.supply(asset, assets, fund)`; nobody, the owner included, takes any out other
/// than to pay a deficit. Tokens sent here in any other way lie idle. A deficit ends in exactly three ways: covered
/// (here or by a donor), socialised, or standing.
interface IInsuranceFund {
    /// @notice The part of a deficit whose time runs.
    struct Notice {
        uint256 assets;
        uint256 notedAt; // timestamp, seconds; zero when nothing is noted
    }

    event PoolSet(address pool);
    event ManagerSet(address manager, uint256 maximumDiscount);
    event SocialisationSet(bool enabled, uint256 patience);
    event DeficitNoted(address indexed asset, uint256 assets);
    event Covered(address indexed asset, uint256 assets);
    event Sold(
        address indexed collateralAsset,
        address indexed debtAsset,
        address venue,
        uint256 collateralAssets,
        uint256 debtAssets
    );
    event Socialised(address indexed asset, uint256 assets);

    error PoolAlreadySet(address pool);
    error PoolNotSet();
    /// @notice The pool pays another treasury than this fund.
    error NotItsTreasury(address pool, address treasury);
    error NotManager(address caller, address manager);
    /// @notice Above 1e18.
    error DiscountTooHigh(uint256 maximumDiscount);
    error SameAsset(address asset);
    error VenueDoesNotTrade(address venue, address collateralAsset, address debtAsset);
    /// @notice Less arrived than the manager asked for, or than the owner's discount on the oracle's price allows.
    error ProceedsBelowMinimum(uint256 proceeds, uint256 minimum);
    error SocialisationDisabled();

    /// @notice Set the pool, whose treasury must be this fund. Only the owner, once.
    function setPool(ILendingPool pool_) external;

    /// @notice Set who may sell, and the most that a sale may lose on the oracle's prices, scaled by 1e18: a bound on
    /// what a careless or dishonest manager, or a sandwich, can cost. Only the owner.
    function setManager(address manager_, uint256 maximumDiscount_) external;

    /// @notice Let deficits that stood for `patience_` seconds be socialised, or not. Only the owner.
    function setSocialisation(bool enabled, uint256 patience_) external;

    /// @notice Pay the deficit of `asset` as far as capital and the pool's liquidity go, and note what remains. Anyone.
    /// @dev Does not revert when there is nothing to pay. Paying leaves liquidity as it was, so where liquidity was the
    /// limit, calling again pays more.
    /// @return covered Assets paid.
    function cover(address asset) external returns (uint256 covered);

    /// @notice Sell collateral that the fund earned for `debtAsset`, and supply the proceeds. Only the manager.
    /// @dev Reverts when the pool's oracle does.
    /// @param assets Collateral to withdraw and sell; `type(uint256).max` is all.
    /// @param minimumOut Least to receive.
    /// @return proceeds Assets supplied.
    function sell(
        address collateralAsset,
        address debtAsset,
        IConstantProductPool venue,
        uint256 assets,
        uint256 minimumOut
    ) external returns (uint256 proceeds);

    /// @notice Cover, and let suppliers bear what remains of the deficit noted `patience` ago. Anyone, if enabled.
    /// @dev Answers zero, keeping what it covered and noted, while patience runs or while the fund has capital in
    /// `asset` that could not be withdrawn. Time runs from the first `cover` or `socialise` that saw the deficit. What
    /// was added since is noted once the older part is gone; a deficit paid and replaced between two looks keeps its
    /// time, up to the amount noted.
    /// @return socialised Assets that suppliers bore.
    function socialise(address asset) external returns (uint256 socialised);

    /// @notice What the fund could pay of a deficit in `asset` if all of it were liquid, in assets with interest.
    /// @dev Interest since the last accrual includes the fund's own from lending, not its fee on it.
    function capital(address asset) external view returns (uint256);

    /// @notice The part of the deficit of `asset` whose time runs.
    function notice(address asset) external view returns (Notice memory);

    function pool() external view returns (ILendingPool);
    function manager() external view returns (address);
    function maximumDiscount() external view returns (uint256);
    function socialisationEnabled() external view returns (bool);
    function patience() external view returns (uint256);
}
