// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IInterestRateModel} from "../interfaces/IInterestRateModel.sol";
import {IKinkedRateModel} from "../interfaces/IKinkedRateModel.sol";
import {WadMath} from "../libraries/WadMath.sol";

/// @title Kinked interest-rate model
contract KinkedRateModel is IKinkedRateModel {
    using WadMath for uint256;

    /// @notice Highest rate a year that the constructor accepts.
    uint256 public constant MAXIMUM_RATE = 1_000e18;

    /// @inheritdoc IKinkedRateModel
    uint256 public immutable baseRate;

    /// @inheritdoc IKinkedRateModel
    uint256 public immutable kink;

    /// @inheritdoc IKinkedRateModel
    uint256 public immutable slope1;

    /// @inheritdoc IKinkedRateModel
    uint256 public immutable slope2;

    constructor(uint256 baseRate_, uint256 kink_, uint256 slope1_, uint256 slope2_) {
        require(kink_ != 0 && kink_ < 1e18, KinkOutOfRange(kink_));
        require(baseRate_ + slope1_ + slope2_ <= MAXIMUM_RATE, RateTooHigh(baseRate_ + slope1_ + slope2_));
        baseRate = baseRate_;
        kink = kink_;
        slope1 = slope1_;
        slope2 = slope2_;
    }

    /// @inheritdoc IInterestRateModel
    function borrowRate(uint256 utilisation) external view returns (uint256 ratePerSecond) {
        uint256 ratePerYear;
        if (utilisation <= kink) {
            ratePerYear = baseRate + slope1.mulWadDown(utilisation.divWadDown(kink));
        } else {
            ratePerYear = baseRate + slope1 + slope2.mulWadDown((utilisation - kink).divWadDown(1e18 - kink));
        }
        ratePerSecond = ratePerYear / 365 days;
    }
}
