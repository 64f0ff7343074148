// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IConstantProductPool} from "./IConstantProductPool.sol";
import {IPoolGuard} from "./IPoolGuard.sol";

/// @title Stops liquidations, borrowing or both for a while when a market looks broken
/// @notice Like the volatility halts of exchanges: it trips on a fast price, on a venue that disagrees with the oracle,
/// or on a venue too thin to sell in. A trip lasts `maximumTime` at most and is followed by a cooldown at least as
/// long, in which nothing is refused: liquidations stop for a while, never for good. There is one clock for all
/// assets, or two of them could take turns.
/// @dev A revert undoes a trip that the reverting call would have written. So trips are written by `poke` alone, which
/// anyone may call; a seizure or loan that meets a reason to trip, outside the cooldown, is refused all the same, but
/// starts no clock. Who wants a refusal to end pokes: from then on it lasts `maximumTime`.
/// Venues are read at spot: whoever moves one within a transaction can provoke a trip (for at most half of all time), or
/// make one reason invisible to its own seizure or loan, for the venue's fee both ways.
/// Without a price the reasons that need it count as absent; the pool itself refuses then.
/// Repaying, supplying and withdrawing are never stopped.
interface ICircuitBreaker is IPoolGuard {
    enum Cause {
        None,
        PriceSpeed,
        Divergence,
        ThinDepth
    }

    /// @notice What a trip does. `haircut` (scaled by 1e18) is taken off margins by `RaisedMarginModel`; zero is none.
    struct Rules {
        uint256 maximumTime; // seconds
        uint256 cooldown; // seconds
        uint256 haircut;
        bool pausesLiquidation;
        bool pausesBorrowing;
    }

    /// @notice What trips. A limit of zero is none; the last two need a venue.
    struct Watch {
        uint256 maximumMove; // of the oracle's price against the reference, a share of the reference scaled by 1e18
        uint256 window; // seconds; an older reference does not count
        IConstantProductPool venue; // of the asset and another one listed in the pool
        uint256 maximumDivergence; // of the venue's price from the oracle's, a share of the latter scaled by 1e18
        uint256 minimumDepth; // value of the venue's reserve of the other asset, in quote units scaled by 1e18
    }

    event RulesSet(
        uint256 maximumTime, uint256 cooldown, uint256 haircut, bool pausesLiquidation, bool pausesBorrowing
    );
    event WatchSet(
        address indexed asset,
        uint256 maximumMove,
        uint256 window,
        address venue,
        uint256 maximumDivergence,
        uint256 minimumDepth
    );
    /// @notice `poke` read `price` (scaled by 1e18), which the oracle observed at `updatedAt` (seconds).
    event Poked(address indexed asset, uint256 price, uint256 updatedAt);
    /// @notice `measured` broke `limit`, both in the unit of the cause's limit; the trip lasts until `until` (timestamp).
    event Tripped(address indexed asset, Cause cause, uint256 measured, uint256 limit, uint256 until);
    event Released();

    /// @notice A trip could last more than half of all time, or no time.
    error PauseTooLong(uint256 maximumTime, uint256 cooldown);
    error HaircutTooHigh(uint256 haircut, uint256 maximum);
    error VenueDoesNotTrade(address venue, address asset);
    error VenueMissing(address asset);
    error TooManyWatched(uint256 maximum);
    error NotWatched(address asset);
    error LiquidationPaused(uint256 until);
    error BorrowingPaused(uint256 until);
    /// @notice Nobody has poked yet, but there is reason to.
    error WouldTrip(address asset, Cause cause, uint256 measured, uint256 limit);

    /// @notice Replace the rules. Only the owner. A trip that runs keeps its time.
    function setRules(Rules calldata rules_) external;

    /// @notice Watch `asset`; all zero looks away. Only the owner; at most 8 assets ever.
    /// @dev The reference starts anew. Decimals are read here, once.
    function setWatch(address asset, Watch calldata watch_) external;

    /// @notice End a trip now; its cooldown stays as it was. Only the owner.
    function release() external;

    /// @notice Look at `asset`, trip if there is reason to, and take its price as reference when the last is `window`
    /// old or has tripped. Anyone may call. Reverts with the oracle's own error when that does.
    /// @dev Frequent pokes do not move the reference, or a fall in small steps would pass. A fall that straddles a
    /// change of reference is seen in two parts; where nobody pokes for a window, its speed is not seen at all.
    function poke(address asset) external;

    /// @notice The first reason to trip that `asset` gives now, whether or not a trip or a cooldown runs.
    function check(address asset) external view returns (Cause cause, uint256 measured, uint256 limit);

    /// @notice Whether a trip runs.
    function tripped() external view returns (bool);

    /// @notice What `RaisedMarginModel` takes off margins now, a share scaled by 1e18; zero unless tripped.
    function haircut() external view returns (uint256);

    /// @notice End of the last trip (timestamp, seconds).
    function trippedUntil() external view returns (uint256);

    /// @notice End of the last cooldown (timestamp, seconds).
    function readyAt() external view returns (uint256);

    /// @notice Price (scaled by 1e18) that the speed of `asset` is measured against, and when it was taken (seconds).
    function referenceOf(address asset) external view returns (uint256 price, uint256 takenAt);

    function rules() external view returns (Rules memory);
    function watch(address asset) external view returns (Watch memory);
}
