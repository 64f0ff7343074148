// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {IMarginModel} from "../interfaces/IMarginModel.sol";
import {ITieredMarginModel} from "../interfaces/ITieredMarginModel.sol";

/// @title Margins in tiers of size
contract TieredMarginModel is ITieredMarginModel, Ownable2Step {
    /// @notice Most tiers of an asset: bounds the cost of valuing an account.
    uint256 public constant MAXIMUM_TIERS = 6;

    /// @inheritdoc ITieredMarginModel
    ILendingPool public immutable pool;

    /// @inheritdoc IMarginModel
    mapping(address asset => uint256) public liquidationBonus;

    mapping(address asset => Tier[]) private _tiers;

    constructor(address owner_, ILendingPool pool_) Ownable(owner_) {
        pool = pool_;
    }

    /// @inheritdoc ITieredMarginModel
    function setTiers(address asset, Tier[] calldata tiers_, uint256 liquidationBonus_) external onlyOwner {
        uint256 count = tiers_.length;
        require(count <= MAXIMUM_TIERS, TooManyTiers(count, MAXIMUM_TIERS));
        require(liquidationBonus_ < 1e18, BonusTooHigh(liquidationBonus_));
        if (count != 0) {
            _requireSound(tiers_[0]);
            require(tiers_[0].upTo != 0, TierIsEmpty(0, 0, 0));
            require(tiers_[count - 1].upTo == type(uint256).max, LastTierEnds(tiers_[count - 1].upTo));
        }
        for (uint256 i = 1; i < count; ++i) {
            _requireSound(tiers_[i]);
            _requireOrder(tiers_[i - 1], tiers_[i], i);
        }

        delete _tiers[asset];
        liquidationBonus[asset] = liquidationBonus_;
        emit BonusSet(asset, liquidationBonus_);
        for (uint256 i = 0; i < count; ++i) {
            _tiers[asset].push(tiers_[i]);
            emit TierSet(asset, i, tiers_[i].upTo, tiers_[i].loanToValue, tiers_[i].liquidationThreshold);
        }
    }

    /// @inheritdoc ITieredMarginModel
    function tiers(address asset) external view returns (Tier[] memory) {
        return _tiers[asset];
    }

    /// @inheritdoc IMarginModel
    function margin(address asset, address account)
        external
        view
        returns (uint256 loanToValue, uint256 liquidationThreshold)
    {
        Tier[] storage tiers_ = _tiers[asset];
        if (tiers_.length == 0) return (0, 0);

        Tier memory tier = tiers_[0];
        // The first tier is the highest: where it covers nothing, none does.
        if (tiers_.length == 1 || tier.liquidationThreshold == 0) return (tier.loanToValue, tier.liquidationThreshold);

        uint256 value = _value(asset, account);
        if (value <= tier.upTo) return (tier.loanToValue, tier.liquidationThreshold);

        uint256 loanTotal = tier.upTo * tier.loanToValue;
        uint256 thresholdTotal = tier.upTo * tier.liquidationThreshold;
        uint256 counted = tier.upTo;
        for (uint256 i = 1; counted != value; ++i) {
            tier = tiers_[i];
            uint256 part = Math.min(value, tier.upTo) - counted;
            loanTotal += part * tier.loanToValue;
            thresholdTotal += part * tier.liquidationThreshold;
            counted += part;
        }
        return (loanTotal / value, thresholdTotal / value);
    }

    function _value(address asset, address account) private view returns (uint256) {
        uint256 assets = pool.supplyBalance(asset, account);
        if (assets == 0) return 0;
        (uint256 price,) = pool.oracle().price(asset);
        return Math.mulDiv(assets, price, pool.unit(asset));
    }

    function _requireSound(Tier calldata tier) private pure {
        uint256 threshold = tier.liquidationThreshold;
        require(tier.loanToValue <= threshold, LoanToValueAboveThreshold(tier.loanToValue, threshold));
        require(threshold < 1e18, ThresholdTooHigh(threshold));
    }

    function _requireOrder(Tier calldata before, Tier calldata tier, uint256 index) private pure {
        require(tier.upTo > before.upTo, TierIsEmpty(index, tier.upTo, before.upTo));
        require(
            tier.loanToValue <= before.loanToValue && tier.liquidationThreshold <= before.liquidationThreshold,
            MarginRises(index)
        );
    }
}
