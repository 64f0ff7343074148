// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {ISanityOracle} from "../interfaces/ISanityOracle.sol";
import {WadMath} from "../libraries/WadMath.sol";

/// @title Oracle that refuses a price which another one contradicts
contract SanityOracle is ISanityOracle {
    using WadMath for uint256;

    /// @inheritdoc ISanityOracle
    IPriceOracle public immutable feed;

    /// @inheritdoc ISanityOracle
    IPriceOracle public immutable anchor;

    /// @inheritdoc ISanityOracle
    uint256 public immutable maximumDifference;

    constructor(IPriceOracle feed_, IPriceOracle anchor_, uint256 maximumDifference_) {
        feed = feed_;
        anchor = anchor_;
        maximumDifference = maximumDifference_;
    }

    /// @inheritdoc IPriceOracle
    function price(address asset) external view returns (uint256 price_, uint256 updatedAt) {
        (price_, updatedAt) = feed.price(asset);
        (uint256 expected,) = anchor.price(asset);
        uint256 difference = price_ > expected ? price_ - expected : expected - price_;
        uint256 limit = expected.mulWadDown(maximumDifference);
        require(difference <= limit, PriceDiverges(price_, expected, limit));
    }
}
