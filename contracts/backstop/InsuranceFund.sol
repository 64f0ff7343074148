// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IConstantProductPool} from "../interfaces/IConstantProductPool.sol";
import {IInsuranceFund} from "../interfaces/IInsuranceFund.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";

/// @title Treasury of a pool that pays its deficits
contract InsuranceFund is IInsuranceFund, Ownable2Step, ReentrancyGuardTransient {
    using Math for uint256;
    using SafeERC20 for IERC20;

    /// @inheritdoc IInsuranceFund
    ILendingPool public pool;

    /// @inheritdoc IInsuranceFund
    address public manager;

    /// @inheritdoc IInsuranceFund
    uint256 public maximumDiscount;

    /// @inheritdoc IInsuranceFund
    bool public socialisationEnabled;

    /// @inheritdoc IInsuranceFund
    uint256 public patience;

    mapping(address asset => Notice) private _notices;

    modifier whenPoolSet() {
        require(address(pool) != address(0), PoolNotSet());
        _;
    }

    constructor(address owner_) Ownable(owner_) {}

    /// @inheritdoc IInsuranceFund
    function setPool(ILendingPool pool_) external onlyOwner {
        require(address(pool) == address(0), PoolAlreadySet(address(pool)));
        address treasury = pool_.treasury();
        require(treasury == address(this), NotItsTreasury(address(pool_), treasury));
        pool = pool_;
        emit PoolSet(address(pool_));
    }

    /// @inheritdoc IInsuranceFund
    function setManager(address manager_, uint256 maximumDiscount_) external onlyOwner {
        require(maximumDiscount_ <= 1e18, DiscountTooHigh(maximumDiscount_));
        manager = manager_;
        maximumDiscount = maximumDiscount_;
        emit ManagerSet(manager_, maximumDiscount_);
    }

    /// @inheritdoc IInsuranceFund
    function setSocialisation(bool enabled, uint256 patience_) external onlyOwner {
        socialisationEnabled = enabled;
        patience = patience_;
        emit SocialisationSet(enabled, patience_);
    }

    /// @inheritdoc IInsuranceFund
    function cover(address asset) external nonReentrant whenPoolSet returns (uint256 covered) {
        covered = _cover(asset);
        _note(asset);
    }

    /// @inheritdoc IInsuranceFund
    function sell(
        address collateralAsset,
        address debtAsset,
        IConstantProductPool venue,
        uint256 assets,
        uint256 minimumOut
    ) external nonReentrant whenPoolSet returns (uint256 proceeds) {
        require(msg.sender == manager, NotManager(msg.sender, manager));
        require(collateralAsset != debtAsset, SameAsset(debtAsset));
        bool sellsToken0 = venue.token0() == collateralAsset;
        require(
            (sellsToken0 ? venue.token1() : venue.token0()) == debtAsset
                && (sellsToken0 || venue.token1() == collateralAsset),
            VenueDoesNotTrade(address(venue), collateralAsset, debtAsset)
        );

        // The venue is only an address that the manager names: what arrives is measured.
        uint256 balanceBefore = IERC20(debtAsset).balanceOf(address(this));
        uint256 sold = pool.withdraw(collateralAsset, assets, address(venue));
        uint256 quoted = venue.quoteExactInput(collateralAsset, sold);
        venue.swap(sellsToken0 ? 0 : quoted, sellsToken0 ? quoted : 0, address(this), "");
        proceeds = IERC20(debtAsset).balanceOf(address(this)) - balanceBefore;

        uint256 minimum = Math.max(minimumOut, _leastProceeds(collateralAsset, debtAsset, sold));
        require(proceeds >= minimum, ProceedsBelowMinimum(proceeds, minimum));

        emit Sold(collateralAsset, debtAsset, address(venue), sold, proceeds);
        IERC20(debtAsset).forceApprove(address(pool), proceeds);
        pool.supply(debtAsset, proceeds, address(this));
    }

    /// @inheritdoc IInsuranceFund
    function socialise(address asset) external nonReentrant whenPoolSet returns (uint256 socialised) {
        require(socialisationEnabled, SocialisationDisabled());
        _cover(asset);
        _note(asset);

        // No revert from here on: it would forget what was covered and noted.
        Notice memory noted = _notices[asset];
        if (noted.assets == 0 || block.timestamp < noted.notedAt + patience) return 0;
        // Capital, not shares: a unit given to the fund can be shares that are worth nothing.
        if (pool.supplyBalance(asset, address(this)) != 0) return 0;

        delete _notices[asset];
        socialised = pool.socialiseDeficit(asset, noted.assets);
        emit Socialised(asset, socialised);
        _note(asset);
    }

    /// @inheritdoc IInsuranceFund
    function capital(address asset) external view whenPoolSet returns (uint256) {
        return pool.supplyBalance(asset, address(this));
    }

    /// @inheritdoc IInsuranceFund
    function notice(address asset) external view returns (Notice memory) {
        return _notices[asset];
    }

    function _cover(address asset) private returns (uint256 covered) {
        // Credits the fund's newest fee, with which it may pay at once.
        pool.accrue(asset);
        ILendingPool.AssetState memory state = pool.assetState(asset);
        uint256 held = pool.supplyBalance(asset, address(this));
        uint256 liquidity = state.totalSupplyAssets - state.totalBorrowAssets - state.deficit;

        covered = held.min(state.deficit).min(liquidity);
        if (covered == 0) return 0;

        emit Covered(asset, covered);
        pool.withdraw(asset, covered, address(this));
        IERC20(asset).forceApprove(address(pool), covered);
        pool.coverDeficit(asset, covered);
    }

    function _note(address asset) private {
        uint256 deficit = pool.assetState(asset).deficit;
        Notice storage noted = _notices[asset];
        if (deficit == 0) {
            delete _notices[asset];
        } else if (noted.assets == 0) {
            _notices[asset] = Notice(deficit, block.timestamp);
            emit DeficitNoted(asset, deficit);
        } else if (deficit < noted.assets) {
            noted.assets = deficit;
        }
    }

    function _leastProceeds(address collateralAsset, address debtAsset, uint256 sold) private view returns (uint256) {
        (uint256 collateralPrice,) = pool.oracle().price(collateralAsset);
        (uint256 debtPrice,) = pool.oracle().price(debtAsset);
        uint256 value = sold.mulDiv(collateralPrice, pool.unit(collateralAsset), Math.Rounding.Ceil);
        uint256 least = value.mulDiv(1e18 - maximumDiscount, 1e18, Math.Rounding.Ceil);
        return least.mulDiv(pool.unit(debtAsset), debtPrice, Math.Rounding.Ceil);
    }
}
