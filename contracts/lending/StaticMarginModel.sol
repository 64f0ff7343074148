// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {IMarginModel} from "../interfaces/IMarginModel.sol";
import {IStaticMarginModel} from "../interfaces/IStaticMarginModel.sol";

/// @title Margins that are the same for every account
contract StaticMarginModel is IStaticMarginModel, Ownable2Step {
    mapping(address asset => Margin) private _margins;

    constructor(address owner_) Ownable(owner_) {}

    /// @inheritdoc IStaticMarginModel
    function setMargin(address asset, Margin calldata margin_) external onlyOwner {
        uint256 threshold = margin_.liquidationThreshold;
        require(margin_.loanToValue <= threshold, LoanToValueAboveThreshold(margin_.loanToValue, threshold));
        require(threshold < 1e18, ThresholdTooHigh(threshold));
        require(margin_.liquidationBonus < 1e18, BonusTooHigh(margin_.liquidationBonus));

        _margins[asset] = margin_;
        emit MarginSet(asset, margin_.loanToValue, threshold, margin_.liquidationBonus);
    }

    /// @inheritdoc IMarginModel
    function margin(address asset, address) external view returns (uint256, uint256) {
        Margin storage margin_ = _margins[asset];
        return (margin_.loanToValue, margin_.liquidationThreshold);
    }

    /// @inheritdoc IMarginModel
    function liquidationBonus(address asset) external view returns (uint256) {
        return _margins[asset].liquidationBonus;
    }
}
