// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {AggregatorV3Interface} from "../interfaces/AggregatorV3Interface.sol";
import {IMorphoOracle} from "../interfaces/IMorphoOracle.sol";

/// @title Price of a Morpho Blue market, from two feeds
contract MorphoOracle is IMorphoOracle {
    /// @inheritdoc IMorphoOracle
    AggregatorV3Interface public immutable collateralFeed;

    /// @inheritdoc IMorphoOracle
    AggregatorV3Interface public immutable loanFeed;

    /// @inheritdoc IMorphoOracle
    uint256 public immutable scale;

    /// @dev Decimals of tokens and feeds are read here, once; together they must leave a scale of at least one.
    constructor(
        IERC20Metadata collateralToken,
        IERC20Metadata loanToken,
        AggregatorV3Interface collateralFeed_,
        AggregatorV3Interface loanFeed_
    ) {
        collateralFeed = collateralFeed_;
        loanFeed = loanFeed_;
        uint256 loanDecimals = uint256(loanToken.decimals()) + loanFeed_.decimals();
        uint256 collateralDecimals = uint256(collateralToken.decimals()) + collateralFeed_.decimals();
        scale = 10 ** (36 + loanDecimals - collateralDecimals);
    }

    /// @inheritdoc IMorphoOracle
    function price() external view returns (uint256) {
        return Math.mulDiv(_answer(collateralFeed), scale, _answer(loanFeed));
    }

    function _answer(AggregatorV3Interface feed) private view returns (uint256) {
        (, int256 answer,,,) = feed.latestRoundData();
        require(answer > 0, AnswerNotPositive(address(feed), answer));
        return uint256(answer);
    }
}
