// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Arithmetic on fractions scaled by 1e18
library WadMath {
    using Math for uint256;

    uint256 internal constant WAD = 1e18;

    /// @notice x * y / 1e18, rounded down.
    function mulWadDown(uint256 x, uint256 y) internal pure returns (uint256) {
        return x.mulDiv(y, WAD);
    }

    /// @notice x * y / 1e18, rounded up.
    function mulWadUp(uint256 x, uint256 y) internal pure returns (uint256) {
        return x.mulDiv(y, WAD, Math.Rounding.Ceil);
    }

    /// @notice x * 1e18 / y, rounded down.
    function divWadDown(uint256 x, uint256 y) internal pure returns (uint256) {
        return x.mulDiv(WAD, y);
    }

    /// @notice x * 1e18 / y, rounded up.
    function divWadUp(uint256 x, uint256 y) internal pure returns (uint256) {
        return x.mulDiv(WAD, y, Math.Rounding.Ceil);
    }

    /// @notice Growth exp(rate * elapsed) - 1, by the first three terms of its series; never above the true value.
    /// @param ratePerSecond Scaled by 1e18.
    /// @param elapsed Seconds.
    function growthWadDown(uint256 ratePerSecond, uint256 elapsed) internal pure returns (uint256) {
        uint256 first = ratePerSecond * elapsed;
        uint256 second = first.mulDiv(first, 2 * WAD);
        uint256 third = second.mulDiv(first, 3 * WAD);
        return first + second + third;
    }
}
