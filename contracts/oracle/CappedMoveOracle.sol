// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {ICappedMoveOracle} from "../interfaces/ICappedMoveOracle.sol";
import {IPokedOracle} from "../interfaces/IPokedOracle.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {WadMath} from "../libraries/WadMath.sol";

/// @title Oracle that follows a jump in steps
contract CappedMoveOracle is ICappedMoveOracle {
    using WadMath for uint256;

    struct Answer {
        uint256 price;
        uint256 updatedAt;
    }

    /// @inheritdoc ICappedMoveOracle
    IPriceOracle public immutable source;

    /// @inheritdoc ICappedMoveOracle
    uint256 public immutable maximumMove;

    /// @inheritdoc ICappedMoveOracle
    uint256 public immutable interval;

    /// @inheritdoc ICappedMoveOracle
    mapping(address asset => uint256) public pokedAt;

    mapping(address asset => Answer) private _accepted;

    constructor(IPriceOracle source_, uint256 maximumMove_, uint256 interval_) {
        require(maximumMove_ != 0 && maximumMove_ < 1e18, MoveOutOfRange(maximumMove_));
        source = source_;
        maximumMove = maximumMove_;
        interval = interval_;
    }

    /// @inheritdoc IPokedOracle
    function poke(address asset) external {
        uint256 last = pokedAt[asset];
        require(last == 0 || block.timestamp >= last + interval, PokedTooSoon(asset, last + interval));
        (uint256 price_, uint256 updatedAt) = source.price(asset);

        uint256 accepted = price_;
        if (last != 0) {
            uint256 before = _accepted[asset].price;
            uint256 move = before.mulWadDown(maximumMove);
            accepted = Math.max(before - move, Math.min(before + move, price_));
        }
        _accepted[asset] = Answer(accepted, updatedAt);
        pokedAt[asset] = block.timestamp;
        emit Poked(asset, price_, updatedAt);
    }

    /// @inheritdoc IPriceOracle
    function price(address asset) external view returns (uint256, uint256) {
        require(pokedAt[asset] != 0, NoPriceYet(asset));
        Answer memory accepted = _accepted[asset];
        return (accepted.price, accepted.updatedAt);
    }
}
