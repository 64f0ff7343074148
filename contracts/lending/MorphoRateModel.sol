// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IInterestRateModel} from "../interfaces/IInterestRateModel.sol";
import {Market, MarketParams} from "../interfaces/IMorpho.sol";
import {IMorphoRateModel} from "../interfaces/IMorphoRateModel.sol";
import {WadMath} from "../libraries/WadMath.sol";

/// @title Interest rate of a Morpho Blue market, by a model of ours
contract MorphoRateModel is IMorphoRateModel {
    using WadMath for uint256;

    /// @inheritdoc IMorphoRateModel
    IInterestRateModel public immutable model;

    constructor(IInterestRateModel model_) {
        model = model_;
    }

    /// @inheritdoc IMorphoRateModel
    function borrowRate(MarketParams memory, Market memory market) external view returns (uint256) {
        return _rate(market);
    }

    /// @inheritdoc IMorphoRateModel
    function borrowRateView(MarketParams memory, Market memory market) external view returns (uint256) {
        return _rate(market);
    }

    /// @dev Bad debt is taken off what is supplied, and rounding may leave a unit more lent than supplied.
    function _rate(Market memory market) private view returns (uint256) {
        if (market.totalBorrowAssets == 0) return model.borrowRate(0);
        uint256 lent = Math.min(market.totalBorrowAssets, market.totalSupplyAssets);
        return model.borrowRate(market.totalSupplyAssets == 0 ? 1e18 : lent.divWadDown(market.totalSupplyAssets));
    }
}
