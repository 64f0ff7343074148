// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IAuctionLiquidation} from "../interfaces/IAuctionLiquidation.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {ILiquidationModule} from "../interfaces/ILiquidationModule.sol";
import {WadMath} from "../libraries/WadMath.sol";

/// @title What auctions of every kind have in common: who may be auctioned, what is, and how it is paid
abstract contract AuctionLiquidation is IAuctionLiquidation, Ownable2Step, ReentrancyGuardTransient {
    using Math for uint256;
    using SafeERC20 for IERC20;
    using WadMath for uint256;

    /// @dev What one auction is about.
    struct Pair {
        address borrower;
        address debtAsset;
        address collateralAsset;
    }

    /// @dev A pair, and its account, now.
    struct Situation {
        uint256 owed; // not under auction
        uint256 held; // not under auction
        uint256 collateralValue; // of all assets
        uint256 debtValue; // of all assets
    }

    /// @notice Health factor below which an account may be liquidated, scaled by 1e18.
    uint256 public constant LIQUIDATION_HEALTH_FACTOR = 1e18;

    /// @notice A part of one in so many is the rounding of assets and shares.
    uint256 public constant ROUNDING = 1e6;

    /// @inheritdoc IAuctionLiquidation
    ILendingPool public immutable pool;

    /// @inheritdoc IAuctionLiquidation
    uint256 public auctionCount;

    mapping(address borrower => mapping(address debtAsset => uint256)) private _debtUnderAuction;
    mapping(address borrower => mapping(address collateralAsset => uint256)) private _collateralUnderAuction;

    constructor(address owner_, ILendingPool pool_) Ownable(owner_) {
        pool = pool_;
    }

    /// @inheritdoc IAuctionLiquidation
    function underAuction(address borrower, address debtAsset, address collateralAsset)
        external
        view
        returns (uint256 debtAssets, uint256 collateralAssets)
    {
        return (_debtUnderAuction[borrower][debtAsset], _collateralUnderAuction[borrower][collateralAsset]);
    }

    /// @inheritdoc IAuctionLiquidation
    function startable(address borrower, address debtAsset, address collateralAsset)
        external
        view
        returns (uint256 lot, uint256 debt)
    {
        Pair memory pair = Pair(borrower, debtAsset, collateralAsset);
        uint256 largest = _largestLot(pair);
        if (largest == 0 || !_isAttached() || pool.seizable(debtAsset, collateralAsset) == 0) return (0, 0);

        try pool.position(borrower) returns (
            uint256 collateralValue, uint256, uint256 thresholdValue, uint256 debtValue
        ) {
            if (_health(thresholdValue, debtValue) >= LIQUIDATION_HEALTH_FACTOR) return (0, 0);

            Situation memory now_ = _situation(pair, collateralValue, debtValue);
            if (now_.owed == 0 || now_.held == 0) return (0, 0);

            (lot, debt) = _share(pair, now_, largest);
            if (debt == 0) lot = 0;
        } catch {
            // A price that the oracle does not trust: nothing can be started now.
        }
    }

    /// @dev Largest lot that an auction of `pair` may have; zero when none may be started.
    function _largestLot(Pair memory pair) internal view virtual returns (uint256);

    /// @dev Number and share of a new auction. What it takes is recorded.
    function _begin(Pair memory pair) internal returns (uint256 id, uint256 lot, uint256 debt) {
        require(_isAttached(), ILendingPool.NotLiquidationModule(address(this), pool.liquidationModule()));
        (uint256 collateralValue,, uint256 thresholdValue, uint256 debtValue) = pool.position(pair.borrower);
        uint256 health = _health(thresholdValue, debtValue);
        require(health < LIQUIDATION_HEALTH_FACTOR, ILiquidationModule.NotLiquidatable(pair.borrower, health));
        Situation memory now_ = _situation(pair, collateralValue, debtValue);
        require(now_.owed != 0, ILiquidationModule.NoDebt(pair.borrower, pair.debtAsset));
        require(now_.held != 0, ILiquidationModule.NoCollateral(pair.borrower, pair.collateralAsset));
        uint256 seizable = pool.seizable(pair.debtAsset, pair.collateralAsset);
        require(seizable != 0, ILiquidationModule.NothingSeizable(pair.debtAsset, pair.collateralAsset));

        (lot, debt) = _share(pair, now_, _largestLot(pair));

        require(debt != 0, ILiquidationModule.NothingSeizable(pair.debtAsset, pair.collateralAsset));
        id = ++auctionCount;
        _debtUnderAuction[pair.borrower][pair.debtAsset] += debt;
        _collateralUnderAuction[pair.borrower][pair.collateralAsset] += lot;
    }

    /// @dev So much of `pair` is no longer under auction.
    function _release(Pair memory pair, uint256 debt, uint256 lot) internal {
        _debtUnderAuction[pair.borrower][pair.debtAsset] -= debt;
        _collateralUnderAuction[pair.borrower][pair.collateralAsset] -= lot;
    }

    /// @dev The module must hold `repaid`.
    function _seize(Pair memory pair, uint256 repaid, uint256 writtenOff, uint256 lot, address recipient) internal {
        IERC20(pair.debtAsset).forceApprove(address(pool), repaid);
        pool.seize(
            ILendingPool.Seizure({
                borrower: pair.borrower,
                debtAsset: pair.debtAsset,
                debtAssets: repaid,
                writtenOffAssets: writtenOff,
                collateralAsset: pair.collateralAsset,
                collateralAssets: lot,
                protocolAssets: 0,
                recipient: recipient
            })
        );
    }

    /// @dev Supplies `assets` that the module holds for `account`; sends them where the pool takes no more, as a full
    /// supply cap must not stop a liquidation.
    function _supply(address asset, uint256 assets, address account) internal {
        if (assets == 0) return;

        IERC20(asset).forceApprove(address(pool), assets);
        try pool.supply(asset, assets, account) {}
        catch {
            IERC20(asset).forceApprove(address(pool), 0);
            IERC20(asset).safeTransfer(account, assets);
        }
    }

    /// @dev Debt and collateral of the position, under auction or not.
    function _position(Pair memory pair) internal view returns (uint256 owed, uint256 held) {
        owed = pool.borrowBalance(pair.debtAsset, pair.borrower);
        held = pool.supplyBalance(pair.collateralAsset, pair.borrower);
    }

    /// @dev Zero where the oracle has no price that it trusts.
    function _healthFactorOrZero(address borrower) internal view returns (uint256 health) {
        try pool.healthFactor(borrower) returns (uint256 health_) {
            health = health_;
        } catch {}
    }

    function _isAttached() internal view returns (bool) {
        return pool.liquidationModule() == address(this);
    }

    /// @dev `held` is zero where the asset does not count as collateral.
    function _situation(Pair memory pair, uint256 collateralValue, uint256 debtValue)
        private
        view
        returns (Situation memory now_)
    {
        (uint256 owed, uint256 held) = _position(pair);
        now_.owed = owed.saturatingSub(_debtUnderAuction[pair.borrower][pair.debtAsset]);
        (, uint256 threshold) = pool.marginModel().margin(pair.collateralAsset, pair.borrower);
        if (threshold != 0) {
            now_.held = held.saturatingSub(_collateralUnderAuction[pair.borrower][pair.collateralAsset]);
        }
        (now_.collateralValue, now_.debtValue) = (collateralValue, debtValue);
    }

    /// @dev The debt that a lot carries, rounded up, and the lot, lowered when less is owed.
    function _share(Pair memory pair, Situation memory now_, uint256 largest)
        private
        view
        returns (uint256 lot, uint256 debt)
    {
        lot = Math.min(now_.held, largest);
        if (now_.collateralValue == 0) return (lot, now_.owed); // nothing of value backs the debt

        (uint256 debtPrice,) = pool.oracle().price(pair.debtAsset);
        (uint256 collateralPrice,) = pool.oracle().price(pair.collateralAsset);
        uint256 owedValue = now_.owed.mulDiv(debtPrice, pool.unit(pair.debtAsset), Math.Rounding.Ceil);
        uint256 lotValue = lot.mulDiv(collateralPrice, pool.unit(pair.collateralAsset));
        uint256 carried = lotValue.mulDiv(now_.debtValue, now_.collateralValue, Math.Rounding.Ceil);
        if (carried <= owedValue) return (lot, now_.owed.mulDiv(carried, owedValue, Math.Rounding.Ceil));

        // What earlier lots took too much by rounding must not leave dust of collateral behind.
        if (carried - owedValue > owedValue / ROUNDING) lot = lot.mulDiv(owedValue, carried, Math.Rounding.Ceil);
        return (lot, now_.owed);
    }

    function _health(uint256 thresholdValue, uint256 debtValue) private pure returns (uint256) {
        return debtValue == 0 ? type(uint256).max : thresholdValue.divWadDown(debtValue);
    }
}
