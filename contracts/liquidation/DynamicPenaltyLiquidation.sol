// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IDynamicPenaltyLiquidation} from "../interfaces/IDynamicPenaltyLiquidation.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {IVolatility} from "../interfaces/IVolatility.sol";
import {WadMath} from "../libraries/WadMath.sol";
import {SpreadLiquidation} from "./SpreadLiquidation.sol";

/// @title Dynamic-penalty liquidation
contract DynamicPenaltyLiquidation is IDynamicPenaltyLiquidation, SpreadLiquidation {
    using Math for uint256;
    using WadMath for uint256;

    /// @notice Highest `slope`, scaled by 1e18.
    uint256 public constant MAXIMUM_SLOPE = 10e18;

    /// @notice Highest `maximumDiscount`, scaled by 1e18: two of collateral for one of debt.
    uint256 public constant MAXIMUM_DISCOUNT = 0.5e18;

    /// @notice Highest `volatilityFactor`, scaled by 1e18.
    uint256 public constant MAXIMUM_VOLATILITY_FACTOR = 10e18;

    /// @notice Volatility above it counts as it, scaled by 1e18: no answer of the source can overflow.
    uint256 public constant MAXIMUM_VOLATILITY = 10e18;

    /// @notice Gas that the source may use: one that burns all it gets must leave enough for the liquidation.
    uint256 public constant VOLATILITY_GAS = 500_000;

    /// @inheritdoc IDynamicPenaltyLiquidation
    IVolatility public volatilitySource;

    Penalty private _penalty;

    constructor(address owner_, ILendingPool pool_, Rules memory rules_, Penalty memory penalty_)
        SpreadLiquidation(owner_, pool_, rules_)
    {
        _setPenalty(penalty_);
    }

    /// @inheritdoc IDynamicPenaltyLiquidation
    function setPenalty(Penalty calldata penalty_) external onlyOwner {
        _setPenalty(penalty_);
    }

    /// @inheritdoc IDynamicPenaltyLiquidation
    function setVolatilitySource(IVolatility volatilitySource_) external onlyOwner {
        address source = address(volatilitySource_);
        require(source == address(0) || source.code.length != 0, NotAContract(source));
        volatilitySource = volatilitySource_;
        emit VolatilitySourceSet(source);
    }

    /// @inheritdoc IDynamicPenaltyLiquidation
    function penalty() external view returns (Penalty memory) {
        return _penalty;
    }

    /// @inheritdoc IDynamicPenaltyLiquidation
    function bonus(address collateralAsset, uint256 healthFactor) external view returns (uint256) {
        return _bonus(collateralAsset, healthFactor);
    }

    function _bonus(address collateralAsset, uint256 healthFactor) internal view override returns (uint256) {
        Penalty memory penalty_ = _penalty;
        uint256 missing = LIQUIDATION_HEALTH_FACTOR.saturatingSub(healthFactor);
        uint256 scale = 1e18 + penalty_.volatilityFactor.mulWadDown(_volatility(collateralAsset));
        uint256 discount = penalty_.slope.mulWadDown(missing).mulWadDown(scale);
        discount = Math.max(penalty_.minimumDiscount, Math.min(discount, penalty_.maximumDiscount));

        // The same as 1 / (1 - discount) - 1.
        return discount.divWadDown(1e18 - discount);
    }

    function _volatility(address asset) private view returns (uint256) {
        IVolatility source = volatilitySource;
        if (address(source) == address(0)) return 0;
        try source.volatility{gas: VOLATILITY_GAS}(asset) returns (uint256 volatility) {
            return Math.min(volatility, MAXIMUM_VOLATILITY);
        } catch {
            return 0;
        }
    }

    function _setPenalty(Penalty memory penalty_) private {
        (uint256 minimum, uint256 maximum) = (penalty_.minimumDiscount, penalty_.maximumDiscount);
        uint256 factor = penalty_.volatilityFactor;
        require(penalty_.slope <= MAXIMUM_SLOPE, SlopeTooHigh(penalty_.slope, MAXIMUM_SLOPE));
        require(minimum <= maximum, MinimumDiscountTooHigh(minimum, maximum));
        require(maximum <= MAXIMUM_DISCOUNT, MaximumDiscountTooHigh(maximum, MAXIMUM_DISCOUNT));
        require(factor <= MAXIMUM_VOLATILITY_FACTOR, VolatilityFactorTooHigh(factor, MAXIMUM_VOLATILITY_FACTOR));

        _penalty = penalty_;
        emit PenaltySet(penalty_.slope, minimum, maximum, factor);
    }
}
