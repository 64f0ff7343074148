// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IDelayedLiquidation} from "../interfaces/IDelayedLiquidation.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {WadMath} from "../libraries/WadMath.sol";
import {SpreadLiquidation} from "./SpreadLiquidation.sol";

/// @title Delayed liquidation
contract DelayedLiquidation is IDelayedLiquidation, SpreadLiquidation {
    using Math for uint256;
    using WadMath for uint256;

    /// @notice Longest `grace`, seconds.
    uint256 public constant MAXIMUM_GRACE = 7 days;

    /// @notice Longest `interval`, seconds.
    uint256 public constant MAXIMUM_INTERVAL = 1 days;

    Delay private _delay;
    mapping(address borrower => Mark) private _marks;

    constructor(address owner_, ILendingPool pool_, Rules memory rules_, Delay memory delay_)
        SpreadLiquidation(owner_, pool_, rules_)
    {
        _setDelay(delay_);
    }

    /// @inheritdoc IDelayedLiquidation
    function mark(address borrower) external {
        (uint256 health, uint256 debtValue) = _standing(borrower);
        Mark memory mark_ = _marks[borrower];
        require(health < LIQUIDATION_HEALTH_FACTOR, NotLiquidatable(borrower, health));
        require(debtValue >= _delay.largeDebtValue, NotLarge(borrower, debtValue, _delay.largeDebtValue));
        require(!_isLive(mark_), AlreadyMarked(borrower, mark_.markedAt + _delay.expiry));

        _mark(borrower, debtValue, health);
    }

    /// @inheritdoc IDelayedLiquidation
    function clear(address borrower) external {
        (uint256 health,) = _standing(borrower);
        require(_marks[borrower].markedAt != 0, NotMarked(borrower));
        require(health >= LIQUIDATION_HEALTH_FACTOR, NotHealthy(borrower, health));

        delete _marks[borrower];
        emit Cleared(borrower, msg.sender, health);
    }

    /// @inheritdoc IDelayedLiquidation
    function setDelay(Delay calldata delay_) external onlyOwner {
        _setDelay(delay_);
    }

    /// @inheritdoc IDelayedLiquidation
    function delay() external view returns (Delay memory) {
        return _delay;
    }

    /// @inheritdoc IDelayedLiquidation
    function markOf(address borrower) external view returns (Mark memory) {
        return _marks[borrower];
    }

    function _bonus(address collateralAsset, uint256) internal view override returns (uint256) {
        return pool.marginModel().liquidationBonus(collateralAsset);
    }

    function _allowance(address borrower, address debtAsset, address collateralAsset)
        internal
        view
        override
        returns (uint256)
    {
        uint256 guarded = super._allowance(borrower, debtAsset, collateralAsset);
        (uint256 health, uint256 debtValue) = _standing(borrower);
        if (debtValue < _delay.largeDebtValue) return guarded;

        return Math.min(guarded, _assetsDown(_budget(_marks[borrower], health, debtValue), _quote(debtAsset)));
    }

    function _onLiquidation(address borrower, address debtAsset, address, uint256 repaid) internal override {
        if (!_isLive(_marks[borrower])) {
            (uint256 health, uint256 debtValue) = _standing(borrower);
            if (debtValue < _delay.largeDebtValue) return;
            _mark(borrower, debtValue, health);
        }

        Mark storage mark_ = _marks[borrower];
        Quote memory quote = _quote(debtAsset);
        uint256 current = _interval(mark_.markedAt);
        if (current != mark_.interval) (mark_.interval, mark_.repaidValue) = (current, 0);
        mark_.repaidValue += repaid.mulDiv(quote.price, quote.unit, Math.Rounding.Ceil);
    }

    function _setRules(Rules memory rules_) internal override {
        // In the constructor there is no delay yet; `_setDelay` follows.
        if (_delay.slice != 0) _requireSliceToClose(_delay, rules_.minimumPositionValue);
        super._setRules(rules_);
    }

    function _setDelay(Delay memory delay_) private {
        (uint256 interval, uint256 least) = (delay_.interval, delay_.grace + delay_.interval);
        uint256 emergency = delay_.emergencyHealthFactor;
        require(delay_.slice != 0 && delay_.slice <= 1e18, SliceOutOfRange(delay_.slice));
        require(interval != 0 && interval <= MAXIMUM_INTERVAL, IntervalOutOfRange(interval, MAXIMUM_INTERVAL));
        require(delay_.grace <= MAXIMUM_GRACE, GraceTooLong(delay_.grace, MAXIMUM_GRACE));
        require(delay_.expiry >= least, ExpiryTooShort(delay_.expiry, least));
        require(emergency <= LIQUIDATION_HEALTH_FACTOR, EmergencyHealthFactorTooHigh(emergency));
        _requireSliceToClose(delay_, rules().minimumPositionValue);

        _delay = delay_;
        emit DelaySet(delay_.largeDebtValue, delay_.grace, delay_.slice, interval, delay_.expiry, emergency);
    }

    function _mark(address borrower, uint256 debtValue, uint256 health) private {
        _marks[borrower] = Mark({markedAt: block.timestamp, debtValue: debtValue, interval: 0, repaidValue: 0});
        emit Marked(borrower, msg.sender, debtValue, health);
    }

    /// @dev Debt value of a large account that may be repaid now.
    function _budget(Mark memory mark_, uint256 health, uint256 debtValue) private view returns (uint256) {
        bool isEmergency = health < _delay.emergencyHealthFactor;
        if (!_isLive(mark_)) {
            // What the mark will be that `_onLiquidation` makes.
            return isEmergency ? debtValue.mulWadDown(_delay.slice) : 0;
        }
        if (!isEmergency && block.timestamp < mark_.markedAt + _delay.grace) return 0;

        uint256 slice = mark_.debtValue.mulWadDown(_delay.slice);
        return mark_.interval == _interval(mark_.markedAt) ? slice.saturatingSub(mark_.repaidValue) : slice;
    }

    function _isLive(Mark memory mark_) private view returns (bool) {
        return mark_.markedAt != 0 && block.timestamp < mark_.markedAt + _delay.expiry;
    }

    function _interval(uint256 markedAt) private view returns (uint256) {
        return (block.timestamp - markedAt) / _delay.interval;
    }

    function _standing(address borrower) private view returns (uint256 health, uint256 debtValue) {
        uint256 thresholdValue;
        (,, thresholdValue, debtValue) = pool.position(borrower);
        health = _healthFactor(thresholdValue, debtValue);
    }

    function _requireSliceToClose(Delay memory delay_, uint256 minimumPositionValue) private pure {
        uint256 sliceValue = delay_.largeDebtValue.mulWadDown(delay_.slice);
        require(sliceValue >= minimumPositionValue, SliceBelowMinimumPosition(sliceValue, minimumPositionValue));
    }
}
