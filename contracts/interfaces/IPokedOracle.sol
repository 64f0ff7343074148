// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceOracle} from "./IPriceOracle.sol";

/// @title An oracle that remembers, and must be told when to look
/// @notice `price` changes or ages by what `poke` wrote. Nobody is paid to poke: whoever needs the price does.
interface IPokedOracle is IPriceOracle {
    /// @notice The next poke of `asset` is accepted from `earliest` (timestamp, seconds) on.
    error PokedTooSoon(address asset, uint256 earliest);
    /// @notice `asset` was not poked often enough, or not long enough ago, to have a price.
    error NoPriceYet(address asset);

    /// @notice Look at the source now and remember what it says. Anyone may call.
    /// @dev Reverts with the source's own error when the source does; nothing is remembered then.
    function poke(address asset) external;
}
