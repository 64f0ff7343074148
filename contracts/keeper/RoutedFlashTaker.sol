// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISeller} from "../interfaces/ISeller.sol";
import {FlashKeeper} from "./FlashKeeper.sol";
import {FlashTaker} from "./FlashTaker.sol";
import {RoutedKeeper} from "./RoutedKeeper.sol";

/// @title Taker in Dutch auctions that borrows its capital, and sells on any venue
contract RoutedFlashTaker is FlashTaker, RoutedKeeper {
    constructor(address owner_, ISeller seller_) FlashTaker(owner_) RoutedKeeper(seller_) {}

    function _sell(address asset, Purchase memory bought)
        internal
        override(FlashKeeper, RoutedKeeper)
        returns (uint256 proceeds)
    {
        return RoutedKeeper._sell(asset, bought);
    }
}
