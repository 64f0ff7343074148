// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IDelayedOracle} from "../interfaces/IDelayedOracle.sol";
import {IPokedOracle} from "../interfaces/IPokedOracle.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";

/// @title Oracle that answers with a delay
contract DelayedOracle is IDelayedOracle {
    struct Answer {
        uint256 price;
        uint256 updatedAt;
    }

    /// @inheritdoc IDelayedOracle
    IPriceOracle public immutable source;

    /// @inheritdoc IDelayedOracle
    uint256 public immutable hop;

    /// @inheritdoc IDelayedOracle
    mapping(address asset => uint256) public pokedAt;

    mapping(address asset => Answer) private _current;
    mapping(address asset => Answer) private _next;

    constructor(IPriceOracle source_, uint256 hop_) {
        source = source_;
        hop = hop_;
    }

    /// @inheritdoc IPokedOracle
    function poke(address asset) external {
        uint256 last = pokedAt[asset];
        require(last == 0 || block.timestamp >= last + hop, PokedTooSoon(asset, last + hop));
        (uint256 price_, uint256 updatedAt) = source.price(asset);

        _current[asset] = _next[asset];
        _next[asset] = Answer(price_, updatedAt);
        pokedAt[asset] = block.timestamp;
        emit Poked(asset, price_, updatedAt);
    }

    /// @inheritdoc IDelayedOracle
    function nextPrice(address asset) external view returns (uint256, uint256) {
        return _known(asset, _next[asset]);
    }

    /// @inheritdoc IPriceOracle
    function price(address asset) external view returns (uint256, uint256) {
        return _known(asset, _current[asset]);
    }

    function _known(address asset, Answer memory answer) private pure returns (uint256, uint256) {
        require(answer.price != 0, NoPriceYet(asset));
        return (answer.price, answer.updatedAt);
    }
}
