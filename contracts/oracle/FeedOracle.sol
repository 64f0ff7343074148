// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {AggregatorV3Interface} from "../interfaces/AggregatorV3Interface.sol";
import {IFeedOracle} from "../interfaces/IFeedOracle.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";

/// @title Oracle that reads one feed per asset
contract FeedOracle is IFeedOracle, Ownable2Step {
    mapping(address asset => Source) private _sources;

    constructor(address owner_) Ownable(owner_) {}

    /// @inheritdoc IFeedOracle
    function setFeed(address asset, AggregatorV3Interface feed, uint256 maximumAge) external onlyOwner {
        uint256 scale = address(feed) == address(0) ? 0 : 10 ** feed.decimals();
        _sources[asset] = Source(feed, maximumAge, scale);
        emit FeedSet(asset, address(feed), maximumAge);
    }

    /// @inheritdoc IFeedOracle
    function source(address asset) external view returns (Source memory) {
        return _sources[asset];
    }

    /// @inheritdoc IPriceOracle
    function price(address asset) external view returns (uint256 price_, uint256 updatedAt) {
        Source memory source_ = _sources[asset];
        require(address(source_.feed) != address(0), NoFeed(asset));

        int256 answer;
        (, answer,, updatedAt,) = source_.feed.latestRoundData();
        require(answer > 0, InvalidAnswer(asset, answer));
        // Saturating: an answer from the future has no age.
        uint256 age = Math.saturatingSub(block.timestamp, updatedAt);
        require(age <= source_.maximumAge, StalePrice(asset, updatedAt, source_.maximumAge));

        price_ = Math.mulDiv(uint256(answer), 1e18, source_.scale);
        // A feed with more than 18 decimals can answer less than one unit of ours.
        require(price_ != 0, InvalidAnswer(asset, answer));
    }
}
