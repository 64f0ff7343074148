// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISeller} from "../interfaces/ISeller.sol";
import {FlashKeeper} from "./FlashKeeper.sol";
import {FlashLiquidator} from "./FlashLiquidator.sol";
import {RoutedKeeper} from "./RoutedKeeper.sol";

/// @title Liquidator that borrows its capital, and sells on any venue
contract RoutedFlashLiquidator is FlashLiquidator, RoutedKeeper {
    constructor(address owner_, ISeller seller_) FlashLiquidator(owner_) RoutedKeeper(seller_) {}

    function _sell(address asset, Purchase memory bought)
        internal
        override(FlashKeeper, RoutedKeeper)
        returns (uint256 proceeds)
    {
        return RoutedKeeper._sell(asset, bought);
    }
}
