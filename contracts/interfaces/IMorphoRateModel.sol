// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IInterestRateModel} from "./IInterestRateModel.sol";
import {Market, MarketParams} from "./IMorpho.sol";

/// @title Interest rate of a Morpho Blue market, by a model of ours
/// @notice Morpho's markets use its AdaptiveCurveIrm, which is not part of Morpho Blue: its curve moves with time until
/// 90 % of the supply is lent. This one stands still, so that one scenario means the same rates in every protocol.
interface IMorphoRateModel {
    /// @notice The model that is asked.
    function model() external view returns (IInterestRateModel);

    /// @notice Rate a second that borrowers pay, 1e18-scaled; Morpho calls this when interest accrues.
    function borrowRate(MarketParams memory marketParams, Market memory market) external view returns (uint256);

    /// @notice The same for readers.
    function borrowRateView(MarketParams memory marketParams, Market memory market) external view returns (uint256);
}
