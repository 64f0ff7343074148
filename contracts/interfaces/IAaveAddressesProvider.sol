// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAaveOracle} from "./IAaveOracle.sol";

/// @title The one call of Aave v3's directory that contracts of ours make
interface IAaveAddressesProvider {
    /// @notice What the market takes its prices from.
    function getPriceOracle() external view returns (IAaveOracle);
}
