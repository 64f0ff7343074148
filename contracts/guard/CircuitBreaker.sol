// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";
import {IConstantProductPool} from "../interfaces/IConstantProductPool.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {IPoolGuard} from "../interfaces/IPoolGuard.sol";
import {WadMath} from "../libraries/WadMath.sol";
import {PoolGuard} from "./PoolGuard.sol";

/// @title Circuit breaker of a pool
contract CircuitBreaker is ICircuitBreaker, PoolGuard, Ownable2Step {
    using Math for uint256;
    using WadMath for uint256;

    struct Reference {
        uint256 price;
        uint256 takenAt;
    }

    /// @dev What a watch needs to know of its venue.
    struct Market {
        address other;
        bool isToken0;
        uint256 unit;
        uint256 otherUnit;
    }

    /// @notice Most that a trip takes off margins, scaled by 1e18.
    uint256 public constant MAXIMUM_HAIRCUT = 0.5e18;

    /// @notice Most assets ever watched: bounds what a loan costs.
    uint256 public constant MAXIMUM_WATCHED = 8;

    /// @inheritdoc ICircuitBreaker
    uint256 public trippedUntil;

    /// @inheritdoc ICircuitBreaker
    uint256 public readyAt;

    /// @inheritdoc ICircuitBreaker
    mapping(address asset => Reference) public referenceOf;

    Rules private _rules;
    address[] private _watched;
    mapping(address asset => bool) private _isWatched;
    mapping(address asset => Watch) private _watches;
    mapping(address asset => Market) private _markets;

    constructor(address owner_, ILendingPool pool_, address caller_, Rules memory rules_)
        Ownable(owner_)
        PoolGuard(pool_, caller_)
    {
        _setRules(rules_);
    }

    // ---------------------------------------------------------------------------------------------------- governance

    /// @inheritdoc ICircuitBreaker
    function setRules(Rules calldata rules_) external onlyOwner {
        _setRules(rules_);
    }

    /// @inheritdoc ICircuitBreaker
    function setWatch(address asset, Watch calldata watch_) external onlyOwner {
        if (!_isWatched[asset]) {
            require(_watched.length < MAXIMUM_WATCHED, TooManyWatched(MAXIMUM_WATCHED));
            _watched.push(asset);
            _isWatched[asset] = true;
        }
        _watches[asset] = watch_;
        delete referenceOf[asset];
        _setMarket(asset, watch_);
        emit WatchSet(
            asset,
            watch_.maximumMove,
            watch_.window,
            address(watch_.venue),
            watch_.maximumDivergence,
            watch_.minimumDepth
        );
    }

    /// @inheritdoc ICircuitBreaker
    function release() external onlyOwner {
        if (!tripped()) return;
        trippedUntil = block.timestamp;
        emit Released();
    }

    // --------------------------------------------------------------------------------------------------------- verbs

    /// @inheritdoc ICircuitBreaker
    function poke(address asset) external {
        require(_isWatched[asset], NotWatched(asset));
        (uint256 price, uint256 updatedAt) = pool.oracle().price(asset);
        (Cause cause, uint256 measured, uint256 limit) = check(asset);

        bool trips = cause != Cause.None && block.timestamp >= readyAt;
        if (trips) {
            trippedUntil = block.timestamp + _rules.maximumTime;
            readyAt = trippedUntil + _rules.cooldown;
            emit Tripped(asset, cause, measured, limit, trippedUntil);
        }
        if (trips || block.timestamp >= referenceOf[asset].takenAt + _watches[asset].window) {
            referenceOf[asset] = Reference(price, block.timestamp);
        }
        emit Poked(asset, price, updatedAt);
    }

    /// @inheritdoc IPoolGuard
    function onSeize(ILendingPool.Seizure calldata seizure) external view onlyCaller {
        if (!_rules.pausesLiquidation) return;
        require(!tripped(), LiquidationPaused(trippedUntil));
        if (block.timestamp < readyAt) return;
        _requireCalm(seizure.debtAsset);
        _requireCalm(seizure.collateralAsset);
    }

    /// @inheritdoc IPoolGuard
    function onBorrow(address asset, address account, uint256) external view onlyCaller {
        if (!_rules.pausesBorrowing) return;
        require(!tripped(), BorrowingPaused(trippedUntil));
        if (block.timestamp < readyAt) return;
        for (uint256 i = 0; i < _watched.length; ++i) {
            address watched = _watched[i];
            if (watched == asset || pool.supplyShares(watched, account) != 0) _requireCalm(watched);
        }
    }

    // --------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IPoolGuard
    function seizable(address debtAsset, address collateralAsset) external view returns (uint256) {
        if (!_rules.pausesLiquidation) return type(uint256).max;
        if (tripped()) return 0;
        if (block.timestamp < readyAt) return type(uint256).max;
        return _isCalm(debtAsset) && _isCalm(collateralAsset) ? type(uint256).max : 0;
    }

    /// @inheritdoc ICircuitBreaker
    function haircut() external view returns (uint256) {
        return tripped() ? _rules.haircut : 0;
    }

    /// @inheritdoc ICircuitBreaker
    function rules() external view returns (Rules memory) {
        return _rules;
    }

    /// @inheritdoc ICircuitBreaker
    function watch(address asset) external view returns (Watch memory) {
        return _watches[asset];
    }

    /// @inheritdoc ICircuitBreaker
    function tripped() public view returns (bool) {
        return block.timestamp < trippedUntil;
    }

    /// @inheritdoc ICircuitBreaker
    function check(address asset) public view returns (Cause cause, uint256 measured, uint256 limit) {
        Watch memory watch_ = _watches[asset];
        uint256 price = _priceOrZero(asset);
        if (price == 0) return (Cause.None, 0, 0);

        Reference memory last = referenceOf[asset];
        if (watch_.maximumMove != 0 && last.price != 0 && block.timestamp <= last.takenAt + watch_.window) {
            measured = _difference(price, last.price);
            if (measured > watch_.maximumMove) return (Cause.PriceSpeed, measured, watch_.maximumMove);
        }
        if (address(watch_.venue) == address(0)) return (Cause.None, 0, 0);

        (uint256 spot, uint256 depth, bool priced) = _venue(watch_.venue, _markets[asset]);
        if (!priced) return (Cause.None, 0, 0);
        measured = _difference(spot, price);
        if (watch_.maximumDivergence != 0 && measured > watch_.maximumDivergence) {
            return (Cause.Divergence, measured, watch_.maximumDivergence);
        }
        if (depth < watch_.minimumDepth) return (Cause.ThinDepth, depth, watch_.minimumDepth);
        return (Cause.None, 0, 0);
    }

    // ------------------------------------------------------------------------------------------------------- private

    function _setRules(Rules memory rules_) private {
        require(
            rules_.maximumTime != 0 && rules_.maximumTime <= rules_.cooldown,
            PauseTooLong(rules_.maximumTime, rules_.cooldown)
        );
        require(rules_.haircut <= MAXIMUM_HAIRCUT, HaircutTooHigh(rules_.haircut, MAXIMUM_HAIRCUT));
        _rules = rules_;
        emit RulesSet(
            rules_.maximumTime, rules_.cooldown, rules_.haircut, rules_.pausesLiquidation, rules_.pausesBorrowing
        );
    }

    function _setMarket(address asset, Watch calldata watch_) private {
        if (address(watch_.venue) == address(0)) {
            require(watch_.maximumDivergence == 0 && watch_.minimumDepth == 0, VenueMissing(asset));
            delete _markets[asset];
            return;
        }
        (address token0, address token1) = (watch_.venue.token0(), watch_.venue.token1());
        require(asset == token0 || asset == token1, VenueDoesNotTrade(address(watch_.venue), asset));
        address other = asset == token0 ? token1 : token0;
        _markets[asset] = Market(other, asset == token0, pool.unit(asset), pool.unit(other));
    }

    /// @dev Price of one whole token on the venue, and value of the other reserve, both scaled by 1e18.
    function _venue(IConstantProductPool venue, Market memory market)
        private
        view
        returns (uint256 spot, uint256 depth, bool priced)
    {
        uint256 otherPrice = _priceOrZero(market.other);
        if (otherPrice == 0) return (0, 0, false);

        (uint256 reserve, uint256 otherReserve,) = venue.getReserves();
        if (!market.isToken0) (reserve, otherReserve) = (otherReserve, reserve);
        depth = otherReserve.mulDiv(otherPrice, market.otherUnit);
        // An empty venue has no price: zero is as far from the oracle's as a price can fall.
        if (reserve != 0) spot = depth.mulDiv(market.unit, reserve);
        return (spot, depth, true);
    }

    function _priceOrZero(address asset) private view returns (uint256) {
        try pool.oracle().price(asset) returns (uint256 price, uint256) {
            return price;
        } catch {
            return 0;
        }
    }

    /// @dev Share of `from` by which `to` differs from it, rounded up: above a limit exactly when the true share is.
    function _difference(uint256 to, uint256 from) private pure returns (uint256) {
        return (to > from ? to - from : from - to).divWadUp(from);
    }

    function _isCalm(address asset) private view returns (bool) {
        (Cause cause,,) = check(asset);
        return cause == Cause.None;
    }

    function _requireCalm(address asset) private view {
        (Cause cause, uint256 measured, uint256 limit) = check(asset);
        require(cause == Cause.None, WouldTrip(asset, cause, measured, limit));
    }
}
