// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISeller} from "./ISeller.sol";

/// @title A seller that can say how deep its pools are
interface ISplitPart is ISeller {
    /// @notice The constant-product pool that trades as `pool` does at its price: exactly, where `pool` is one; within
    /// the current range of ticks, where liquidity is concentrated.
    /// @return reserveIn Token units of `tokenIn`.
    /// @return reserveOut Token units of the other token.
    /// @return fee Parts per million of the input.
    function depth(address pool, address tokenIn)
        external
        view
        returns (uint256 reserveIn, uint256 reserveOut, uint256 fee);
}
