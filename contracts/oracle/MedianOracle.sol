// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IMedianOracle} from "../interfaces/IMedianOracle.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";

/// @title Median of several oracles
contract MedianOracle is IMedianOracle {
    struct Answer {
        uint256 price;
        uint256 updatedAt;
    }

    /// @inheritdoc IMedianOracle
    uint256 public immutable quorum;

    /// @inheritdoc IMedianOracle
    uint256 public immutable maximumAge;

    IPriceOracle[] private _sources;

    constructor(IPriceOracle[] memory sources_, uint256 quorum_, uint256 maximumAge_) {
        require(quorum_ != 0 && quorum_ <= sources_.length, QuorumOutOfRange(quorum_, sources_.length));
        for (uint256 i = 0; i < sources_.length; ++i) {
            require(address(sources_[i]).code.length != 0, NotAContract(address(sources_[i])));
        }
        _sources = sources_;
        quorum = quorum_;
        maximumAge = maximumAge_;
    }

    /// @inheritdoc IMedianOracle
    function sources() external view returns (IPriceOracle[] memory) {
        return _sources;
    }

    /// @inheritdoc IPriceOracle
    function price(address asset) external view returns (uint256, uint256) {
        (Answer[] memory answers, uint256 count) = _answers(asset);
        require(count >= quorum, QuorumMissed(asset, count, quorum));

        Answer memory lower = answers[(count - 1) / 2];
        Answer memory upper = answers[count / 2];
        return (Math.average(lower.price, upper.price), Math.min(lower.updatedAt, upper.updatedAt));
    }

    /// @dev The first `count` answers count, cheapest first.
    function _answers(address asset) private view returns (Answer[] memory answers, uint256 count) {
        uint256 length = _sources.length;
        answers = new Answer[](length);
        for (uint256 i = 0; i < length; ++i) {
            try _sources[i].price(asset) returns (uint256 price_, uint256 updatedAt) {
                // Saturating: an answer from the future has no age.
                if (price_ == 0 || Math.saturatingSub(block.timestamp, updatedAt) > maximumAge) continue;

                uint256 place = count;
                for (; place != 0 && answers[place - 1].price > price_; --place) {
                    answers[place] = answers[place - 1];
                }
                answers[place] = Answer(price_, updatedAt);
                count += 1;
            } catch {}
        }
    }
}
