// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IConstantProductPool} from "../interfaces/IConstantProductPool.sol";
import {IPokedOracle} from "../interfaces/IPokedOracle.sol";
import {IPoolTwapOracle} from "../interfaces/IPoolTwapOracle.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";

/// @title What all time-weighted means of a pool's price share: observations, window and units
/// @notice A kind of mean says what it adds up, and what a sum over some time means.
abstract contract PoolObserver is IPoolTwapOracle, Ownable2Step {
    struct Market {
        IConstantProductPool pool;
        address other; // the pool's other token
        bool isToken0; // the asset is
        uint256 scale; // smallest units of the asset in a whole token, scaled by 1e18, per those of the other
        uint256 count; // observations ever written
    }

    /// @inheritdoc IPoolTwapOracle
    IPriceOracle public immutable source;

    /// @inheritdoc IPoolTwapOracle
    uint256 public immutable window;

    /// @inheritdoc IPoolTwapOracle
    uint256 public immutable interval;

    /// @dev So many observations, the last one new, that the first is always a window old.
    uint256 private immutable _slots;

    mapping(address asset => Market) private _markets;
    mapping(address asset => mapping(uint256 slot => Observation)) private _observations;

    constructor(IPriceOracle source_, uint256 window_, uint256 interval_, address owner_) Ownable(owner_) {
        require(interval_ != 0 && interval_ <= window_, WindowOutOfRange(window_, interval_));
        source = source_;
        window = window_;
        interval = interval_;
        _slots = Math.ceilDiv(window_, interval_) + 1;
    }

    /// @inheritdoc IPoolTwapOracle
    function setPool(address asset, IConstantProductPool pool) external onlyOwner {
        delete _markets[asset];
        if (address(pool) != address(0)) {
            (address token0, address token1) = (pool.token0(), pool.token1());
            require(asset == token0 || asset == token1, IConstantProductPool.UnknownToken(asset));
            address other = asset == token0 ? token1 : token0;
            uint256 scale = 10 ** (18 + IERC20Metadata(asset).decimals() - IERC20Metadata(other).decimals());
            _markets[asset] = Market(pool, other, asset == token0, scale, 0);
        }
        emit PoolSet(asset, address(pool));
    }

    /// @inheritdoc IPokedOracle
    function poke(address asset) external {
        Market storage market = _market(asset);
        Observation memory last = _last(asset, market);
        require(block.timestamp >= last.timestamp + interval, PokedTooSoon(asset, last.timestamp + interval));

        Observation memory current = _observe(market, last);
        _observations[asset][market.count % _slots] = current;
        market.count += 1;
        emit Observed(asset, current.cumulative, current.weighed);
    }

    /// @inheritdoc IPoolTwapOracle
    function poolOf(address asset) external view returns (IConstantProductPool) {
        return _markets[asset].pool;
    }

    /// @inheritdoc IPoolTwapOracle
    function lastObservation(address asset) external view returns (Observation memory) {
        return _last(asset, _markets[asset]);
    }

    /// @inheritdoc IPriceOracle
    function price(address asset) external view returns (uint256 price_, uint256 updatedAt) {
        Market storage market = _market(asset);
        Observation memory opening = _opening(asset, market);
        uint256 elapsed = block.timestamp - opening.timestamp;
        require(elapsed <= 2 * window, StalePrice(asset, opening.timestamp, 2 * window));

        Observation memory current = _observe(market, _last(asset, market));
        uint256 mean = _mean(current.weighed - opening.weighed, elapsed);

        uint256 otherPrice;
        (otherPrice, updatedAt) = source.price(market.other);
        price_ = Math.mulDiv(mean, market.scale * otherPrice, 2 ** 112 * 1e18);
        require(price_ != 0, InvalidAnswer(asset, 0));
    }

    /// @dev What to add up for `elapsed` seconds, not zero, over which the pool's cumulative price grew by `growth`.
    function _weigh(uint256 growth, uint256 elapsed) internal pure virtual returns (uint256);

    /// @dev Mean price (UQ112x112) behind what was added up over `elapsed` seconds.
    function _mean(uint256 weighed, uint256 elapsed) internal pure virtual returns (uint256);

    function _market(address asset) private view returns (Market storage market) {
        market = _markets[asset];
        require(address(market.pool) != address(0), NoFeed(asset));
    }

    function _last(address asset, Market storage market) private view returns (Observation memory last) {
        if (market.count != 0) last = _observations[asset][(market.count - 1) % _slots];
    }

    /// @dev The newest observation that is at least a window old. Read from the oldest on, as it is one of the first
    /// when pokes are regular.
    function _opening(address asset, Market storage market) private view returns (Observation memory opening) {
        uint256 number = Math.saturatingSub(market.count, _slots);
        opening = _observations[asset][number % _slots];
        require(market.count != 0 && opening.timestamp + window <= block.timestamp, NoPriceYet(asset));

        while (++number < market.count) {
            Observation memory newer = _observations[asset][number % _slots];
            if (newer.timestamp + window > block.timestamp) break;
            opening = newer;
        }
    }

    /// @dev The observation that a poke would write now.
    function _observe(Market storage market, Observation memory last) private view returns (Observation memory) {
        uint256 cumulative = _cumulative(market);
        uint256 weighed = last.weighed;
        if (market.count != 0 && block.timestamp != last.timestamp) {
            weighed += _weigh(cumulative - last.cumulative, block.timestamp - last.timestamp);
        }
        return Observation(block.timestamp, cumulative, weighed);
    }

    /// @dev The pool's cumulative price as it would stand had somebody traded just now.
    function _cumulative(Market storage market) private view returns (uint256) {
        IConstantProductPool pool = market.pool;
        (uint256 reserve0, uint256 reserve1, uint256 writtenAt) = pool.getReserves();
        require(reserve0 != 0 && reserve1 != 0, EmptyPool(address(pool)));

        // The pool keeps time in 32 bits.
        uint256 elapsed = (block.timestamp % 2 ** 32 + 2 ** 32 - writtenAt) % 2 ** 32;
        return market.isToken0
            ? pool.price0CumulativeLast() + (reserve1 << 112) / reserve0 * elapsed
            : pool.price1CumulativeLast() + (reserve0 << 112) / reserve1 * elapsed;
    }
}
