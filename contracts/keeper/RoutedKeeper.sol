// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {ISeller} from "../interfaces/ISeller.sol";
import {FlashKeeper} from "./FlashKeeper.sol";

/// @title What keepers share that sell through a seller, on whatever venue it knows
abstract contract RoutedKeeper is FlashKeeper {
    using SafeERC20 for IERC20;

    /// @notice Sells the collateral.
    ISeller public immutable seller;

    constructor(ISeller seller_) {
        seller = seller_;
    }

    function _sell(address asset, Purchase memory bought) internal virtual override returns (uint256 proceeds) {
        IERC20(bought.collateralAsset).safeTransfer(address(seller), bought.received);
        return seller.sell(address(bought.venue), bought.collateralAsset, asset, bought.received, address(this));
    }
}
