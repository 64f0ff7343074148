// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {SpreadLiquidation} from "./SpreadLiquidation.sol";

/// @title Fixed-spread liquidation
/// @notice The bonus is the collateral's, whoever is liquidated: Aave's way.
contract FixedSpreadLiquidation is SpreadLiquidation {
    constructor(address owner_, ILendingPool pool_, Rules memory rules_) SpreadLiquidation(owner_, pool_, rules_) {}

    function _bonus(address collateralAsset, uint256) internal view override returns (uint256) {
        return pool.marginModel().liquidationBonus(collateralAsset);
    }
}
