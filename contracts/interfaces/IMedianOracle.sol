// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceOracle} from "./IPriceOracle.sol";

/// @title Median of several oracles, of which some may fail
/// @notice Copies Maker's median with its quorum, but reads oracles rather than signatures. An oracle that reverts,
/// answers zero or is older than `maximumAge` is left out.
/// @dev Of an even number of answers the median is the mean of the middle two, rounded down. `updatedAt` is that of
/// the middle answer, or of the older of the middle two: the price rests on these, while an answer at the edge, which
/// only has to lie on its side, can neither refresh the price nor make it look old.
/// Assumed of the sources: independent of each other, no two the same, and never so costly that a caller who leaves a
/// source without gas could still finish on the 64th part that is left to this contract.
interface IMedianOracle is IPriceOracle {
    /// @notice Fewer than one, or more than the sources.
    error QuorumOutOfRange(uint256 quorum, uint256 sources);
    /// @notice Without code: a call would revert here rather than there, where it can be caught.
    error NotAContract(address source);
    /// @notice Too few sources have a price for `asset`.
    error QuorumMissed(address asset, uint256 answers, uint256 quorum);

    /// @notice All sources, in the order in which they are read.
    function sources() external view returns (IPriceOracle[] memory);

    /// @notice Least number of answers for a price.
    function quorum() external view returns (uint256);

    /// @notice Oldest answer that counts, seconds.
    function maximumAge() external view returns (uint256);
}
