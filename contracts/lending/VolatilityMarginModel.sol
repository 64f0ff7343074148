// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IMarginModel} from "../interfaces/IMarginModel.sol";
import {IVolatility} from "../interfaces/IVolatility.sol";
import {IVolatilityMarginModel} from "../interfaces/IVolatilityMarginModel.sol";
import {WadMath} from "../libraries/WadMath.sol";

/// @title Margins scaled by volatility
contract VolatilityMarginModel is IVolatilityMarginModel, Ownable2Step {
    using WadMath for uint256;

    /// @inheritdoc IVolatilityMarginModel
    IMarginModel public immutable source;

    /// @inheritdoc IVolatilityMarginModel
    IVolatility public immutable volatility;

    /// @inheritdoc IVolatilityMarginModel
    mapping(address asset => uint256) public haircut;

    /// @inheritdoc IVolatilityMarginModel
    mapping(address asset => uint256) public pokedAt;

    Rules private _rules;

    constructor(address owner_, IMarginModel source_, IVolatility volatility_, Rules memory rules_) Ownable(owner_) {
        source = source_;
        volatility = volatility_;
        _setRules(rules_);
    }

    /// @inheritdoc IVolatilityMarginModel
    function setRules(Rules calldata rules_) external onlyOwner {
        _setRules(rules_);
    }

    /// @inheritdoc IVolatilityMarginModel
    function poke(address asset) external {
        Rules memory rules_ = _rules;
        uint256 last = pokedAt[asset];
        uint256 earliest = last + rules_.interval;
        require(last == 0 || block.timestamp >= earliest, PokedTooSoon(asset, earliest));
        uint256 volatility_ = volatility.volatility(asset);
        uint256 target_ = _target(volatility_, rules_);

        uint256 elapsed = last == 0 ? 0 : Math.min(block.timestamp - last, rules_.maximumElapsed);
        uint256 step = rules_.speed * elapsed;
        uint256 before = haircut[asset];
        uint256 moved = Math.max(Math.saturatingSub(before, step), Math.min(before + step, target_));

        haircut[asset] = moved;
        pokedAt[asset] = block.timestamp;
        emit Poked(asset, volatility_, target_, moved);
    }

    /// @inheritdoc IVolatilityMarginModel
    function rules() external view returns (Rules memory) {
        return _rules;
    }

    /// @inheritdoc IVolatilityMarginModel
    function target(address asset) external view returns (uint256) {
        return _target(volatility.volatility(asset), _rules);
    }

    /// @inheritdoc IMarginModel
    function margin(address asset, address account)
        external
        view
        returns (uint256 loanToValue, uint256 liquidationThreshold)
    {
        (loanToValue, liquidationThreshold) = source.margin(asset, account);
        uint256 kept = 1e18 - haircut[asset];
        return (loanToValue.mulWadDown(kept), liquidationThreshold.mulWadDown(kept));
    }

    /// @inheritdoc IMarginModel
    function liquidationBonus(address asset) external view returns (uint256) {
        return source.liquidationBonus(asset);
    }

    function _setRules(Rules memory rules_) private {
        require(rules_.maximumHaircut < 1e18, HaircutTooHigh(rules_.maximumHaircut));
        require(rules_.speed <= 1e18, SpeedTooHigh(rules_.speed));
        require(
            rules_.interval != 0 && rules_.interval <= rules_.maximumElapsed,
            IntervalOutOfRange(rules_.interval, rules_.maximumElapsed)
        );
        _rules = rules_;
        emit RulesSet(
            rules_.calmVolatility,
            rules_.slope,
            rules_.maximumHaircut,
            rules_.speed,
            rules_.interval,
            rules_.maximumElapsed
        );
    }

    function _target(uint256 volatility_, Rules memory rules_) private pure returns (uint256) {
        uint256 above = Math.saturatingSub(volatility_, rules_.calmVolatility);
        return Math.min(above.mulWadDown(rules_.slope), rules_.maximumHaircut);
    }
}
