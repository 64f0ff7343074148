// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceOracle} from "./IPriceOracle.sol";

/// @title A second oracle for when the first is silent
/// @notice Copies Liquity's price feed in its plainest form: the primary, unless it reverts, answers zero or is older
/// than `maximumAge`; then the secondary, whatever its age. A wrong price from the primary is believed.
/// @dev Stateless: the primary is back as soon as it answers. The error seen when both fail is the secondary's.
/// Assumed of the primary: it never needs 64 times the gas of everything after it, else a caller could starve it.
interface IFallbackOracle is IPriceOracle {
    /// @notice Without code: a call would revert here rather than there, where it can be caught.
    error NotAContract(address source);

    /// @notice Asked first.
    function primary() external view returns (IPriceOracle);

    /// @notice Asked when the primary has no price that is young enough.
    function secondary() external view returns (IPriceOracle);

    /// @notice Oldest answer of the primary that is accepted, seconds.
    function maximumAge() external view returns (uint256);
}
