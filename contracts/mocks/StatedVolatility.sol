// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IVolatility} from "../interfaces/IVolatility.sol";

/// @title Volatility that anybody states
contract StatedVolatility is IVolatility {
    error NothingStated(address asset);

    mapping(address asset => uint256) private _stated;

    /// @notice Say what `volatility` answers; zero makes it revert.
    function state(address asset, uint256 volatility_) external {
        _stated[asset] = volatility_;
    }

    /// @inheritdoc IVolatility
    function volatility(address asset) external view returns (uint256) {
        require(_stated[asset] != 0, NothingStated(asset));
        return _stated[asset];
    }
}
