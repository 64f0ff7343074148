// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IVolatility} from "../interfaces/IVolatility.sol";

/// @title Volatility that anybody may tell it
contract ToldVolatility is IVolatility {
    /// @inheritdoc IVolatility
    mapping(address asset => uint256) public volatility;

    /// @notice Answer `volatility_` for `asset` from now on.
    function tell(address asset, uint256 volatility_) external {
        volatility[asset] = volatility_;
    }
}
