// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AggregatorV3Interface} from "../interfaces/AggregatorV3Interface.sol";
import {IAggregatorProxy} from "../interfaces/IAggregatorProxy.sol";

/// @title Reading side of one price feed
contract AggregatorProxy is IAggregatorProxy {
    /// @inheritdoc IAggregatorProxy
    AggregatorV3Interface public immutable aggregator;

    constructor(AggregatorV3Interface aggregator_) {
        aggregator = aggregator_;
    }

    /// @inheritdoc IAggregatorProxy
    function latestAnswer() external view returns (int256 answer) {
        (, answer,,,) = aggregator.latestRoundData();
    }

    /// @inheritdoc AggregatorV3Interface
    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return aggregator.latestRoundData();
    }

    /// @inheritdoc AggregatorV3Interface
    function getRoundData(uint80 roundId) external view returns (uint80, int256, uint256, uint256, uint80) {
        return aggregator.getRoundData(roundId);
    }

    /// @inheritdoc AggregatorV3Interface
    function decimals() external view returns (uint8) {
        return aggregator.decimals();
    }

    /// @inheritdoc AggregatorV3Interface
    function description() external view returns (string memory) {
        return aggregator.description();
    }

    /// @inheritdoc AggregatorV3Interface
    function version() external view returns (uint256) {
        return aggregator.version();
    }
}
