// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {AggregatorV3Interface} from "../interfaces/AggregatorV3Interface.sol";
import {IPriceFeed} from "../interfaces/IPriceFeed.sol";

/// @title Price feed with one reporter
contract PriceFeed is IPriceFeed, Ownable2Step {
    struct Round {
        int256 answer;
        uint256 updatedAt;
    }

    /// @inheritdoc AggregatorV3Interface
    uint256 public constant version = 1;

    /// @inheritdoc AggregatorV3Interface
    uint8 public immutable decimals;

    /// @inheritdoc AggregatorV3Interface
    string public description;

    /// @inheritdoc IPriceFeed
    address public reporter;

    uint80 private _latestRound;
    mapping(uint80 roundId => Round) private _rounds;

    constructor(uint8 decimals_, string memory description_, address reporter_, address owner_) Ownable(owner_) {
        decimals = decimals_;
        description = description_;
        _setReporter(reporter_);
    }

    /// @inheritdoc IPriceFeed
    function setReporter(address reporter_) external onlyOwner {
        _setReporter(reporter_);
    }

    /// @inheritdoc IPriceFeed
    function report(int256 answer) external {
        require(msg.sender == reporter, NotReporter(msg.sender, reporter));
        require(answer > 0, AnswerNotPositive(answer));

        _latestRound += 1;
        _rounds[_latestRound] = Round(answer, block.timestamp);

        emit AnswerUpdated(answer, _latestRound, block.timestamp);
    }

    /// @inheritdoc AggregatorV3Interface
    function getRoundData(uint80 roundId) external view returns (uint80, int256, uint256, uint256, uint80) {
        return _round(roundId);
    }

    /// @inheritdoc AggregatorV3Interface
    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return _round(_latestRound);
    }

    function _setReporter(address reporter_) private {
        emit ReporterChanged(reporter, reporter_);
        reporter = reporter_;
    }

    function _round(uint80 roundId) private view returns (uint80, int256, uint256, uint256, uint80) {
        Round memory round = _rounds[roundId];
        require(round.updatedAt != 0, NoRound(roundId));
        return (roundId, round.answer, round.updatedAt, round.updatedAt, roundId);
    }
}
