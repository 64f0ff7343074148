// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IMorpho, Market, MarketParams, Position} from "../interfaces/IMorpho.sol";
import {IMorphoRateModel} from "../interfaces/IMorphoRateModel.sol";
import {SharesMath} from "./SharesMath.sol";
import {WadMath} from "./WadMath.sol";

/// @title What Morpho Blue will do, told before it is asked
/// @notice Its shares are those of `SharesMath`, its interest grows as `WadMath.growthWadDown` says.
library MorphoMath {
    using Math for uint256;
    using SafeCast for uint256;
    using SharesMath for uint256;
    using WadMath for uint256;

    /// @notice Scale of a market's price.
    uint256 internal constant PRICE_SCALE = 1e36;

    uint256 private constant INCENTIVE_SLOPE = 0.3e18;
    uint256 private constant MAXIMUM_INCENTIVE = 1.15e18;

    /// @notice A liquidation: what is repaid, in assets and shares, and the collateral it takes.
    struct Amounts {
        uint256 repaidAssets;
        uint256 repaidShares;
        uint256 seizedAssets;
        bool takesAll; // the collateral is what limits it
    }

    /// @notice Id of a market.
    function id(MarketParams memory params) internal pure returns (bytes32) {
        return keccak256(abi.encode(params));
    }

    /// @notice Value of collateral for each unit of debt repaid, 1e18-scaled: the bonus, and one.
    function incentive(uint256 lltv) internal pure returns (uint256) {
        return Math.min(MAXIMUM_INCENTIVE, uint256(1e18).divWadDown(1e18 - INCENTIVE_SLOPE.mulWadDown(1e18 - lltv)));
    }

    /// @notice Totals of a market with interest up to now.
    function accrued(IMorpho morpho, MarketParams memory params) internal view returns (Market memory market) {
        market = morpho.market(id(params));
        uint256 elapsed = block.timestamp - market.lastUpdate;
        if (elapsed == 0 || params.irm == address(0)) return market;

        uint256 rate = IMorphoRateModel(params.irm).borrowRateView(params, market);
        uint256 interest = uint256(market.totalBorrowAssets).mulWadDown(rate.growthWadDown(elapsed));
        market.totalBorrowAssets += interest.toUint128();
        market.totalSupplyAssets += interest.toUint128();
        if (market.fee == 0) return market;

        uint256 fee = interest.mulWadDown(market.fee);
        market.totalSupplyShares += fee.toSharesDown(market.totalSupplyAssets - fee, market.totalSupplyShares)
            .toUint128();
    }

    /// @notice What a position owes, loan token units.
    function debtUp(Market memory market, Position memory position) internal pure returns (uint256) {
        return uint256(position.borrowShares).toAssetsUp(market.totalBorrowAssets, market.totalBorrowShares);
    }

    /// @notice What a position may owe before it can be liquidated, loan token units.
    function maximumDebtDown(Position memory position, uint256 price, uint256 lltv) internal pure returns (uint256) {
        return uint256(position.collateral).mulDiv(price, PRICE_SCALE).mulWadDown(lltv);
    }

    /// @notice What repaying `maximumAssets` at most of a position comes to, capped by its debt and its collateral.
    /// @param market With interest up to now.
    function liquidation(
        Market memory market,
        Position memory position,
        uint256 price,
        uint256 lltv,
        uint256 maximumAssets
    ) internal pure returns (Amounts memory amounts) {
        (uint256 assets, uint256 shares) = (market.totalBorrowAssets, market.totalBorrowShares);
        uint256 factor = incentive(lltv);
        // Shares first: of a debt's assets, rounded up, there may be more than the debt has shares for.
        amounts.repaidShares = maximumAssets >= debtUp(market, position)
            ? position.borrowShares
            : maximumAssets.toSharesDown(assets, shares);
        amounts.seizedAssets =
            amounts.repaidShares.toAssetsDown(assets, shares).mulWadDown(factor).mulDiv(PRICE_SCALE, price);
        if (amounts.seizedAssets > position.collateral) {
            amounts.takesAll = true;
            amounts.seizedAssets = position.collateral;
            amounts.repaidShares = amounts.seizedAssets.mulDiv(price, PRICE_SCALE, Math.Rounding.Ceil).divWadUp(factor)
                .toSharesUp(assets, shares);
        }
        amounts.repaidAssets = amounts.repaidShares.toAssetsUp(assets, shares);
    }
}
