// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";
import {IMarginModel} from "../interfaces/IMarginModel.sol";
import {IRaisedMarginModel} from "../interfaces/IRaisedMarginModel.sol";
import {WadMath} from "../libraries/WadMath.sol";

/// @title Margins tightened while a circuit breaker is tripped
contract RaisedMarginModel is IRaisedMarginModel {
    using WadMath for uint256;

    /// @inheritdoc IRaisedMarginModel
    IMarginModel public immutable source;

    /// @inheritdoc IRaisedMarginModel
    ICircuitBreaker public immutable breaker;

    constructor(IMarginModel source_, ICircuitBreaker breaker_) {
        source = source_;
        breaker = breaker_;
    }

    /// @inheritdoc IMarginModel
    function margin(address asset, address account)
        external
        view
        returns (uint256 loanToValue, uint256 liquidationThreshold)
    {
        (loanToValue, liquidationThreshold) = source.margin(asset, account);
        uint256 kept = 1e18 - breaker.haircut();
        return (loanToValue.mulWadDown(kept), liquidationThreshold.mulWadDown(kept));
    }

    /// @inheritdoc IMarginModel
    function liquidationBonus(address asset) external view returns (uint256) {
        return source.liquidationBonus(asset);
    }
}
