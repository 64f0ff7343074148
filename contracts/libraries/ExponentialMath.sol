// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Natural logarithm and exponential, by power series on a reduced argument
/// @notice Exponents are scaled by 1e36, so that what a price loses here is far below its own rounding.
/// OpenZeppelin has neither function.
library ExponentialMath {
    /// @notice Scale of logarithms and exponents.
    uint256 internal constant UNIT = 1e36;

    /// @notice ln 2, rounded down.
    uint256 internal constant LN2 = 693147180559945309417232121458176568;

    /// @notice ln x of a whole number, not above the true value and less than 400 units (4e-34) below it.
    /// @param x From 1 to 2**255 - 1.
    function ln(uint256 x) internal pure returns (uint256) {
        // x = 2**n * (1 + z) / (1 - z), with z from 0 to 1/3.
        uint256 n = Math.log2(x);
        uint256 z = Math.mulDiv(x - 2 ** n, UNIT, x + 2 ** n);
        uint256 square = z * z / UNIT;

        // (1/2) ln((1 + z) / (1 - z)) = z + z**3 / 3 + z**5 / 5 + ...
        uint256 sum = 0;
        uint256 divisor = 1;
        for (uint256 power = z; power != 0; power = power * square / UNIT) {
            sum += power / divisor;
            divisor += 2;
        }
        return n * LN2 + 2 * sum;
    }

    /// @notice a * exp(x), less than 1 + a * exp(x) / 1e33 from the true value.
    /// @dev Overflows where a * 2**floor(x / ln 2) does.
    function mulExp(uint256 a, uint256 x) internal pure returns (uint256) {
        return Math.mulDiv(a * 2 ** (x / LN2), _expOfRemainder(x % LN2), UNIT);
    }

    /// @notice a * exp(-x), rounded down: less than 1 + a * exp(-x) / 1e33 from the true value where x is below 88,
    /// and zero from there on, where exp(-x) is below 1e-38.
    function mulExpOfMinus(uint256 a, uint256 x) internal pure returns (uint256) {
        if (x >= 88 * UNIT) return 0;
        return Math.mulDiv(a, UNIT, 2 ** (x / LN2) * _expOfRemainder(x % LN2));
    }

    /// @dev exp(x) of x from 0 to ln 2: 1 + x + x**2 / 2 + x**3 / 6 + ...
    function _expOfRemainder(uint256 x) private pure returns (uint256 sum) {
        uint256 divisor = 1;
        for (uint256 term = UNIT; term != 0; term = term * x / UNIT / divisor++) {
            sum += term;
        }
    }
}
