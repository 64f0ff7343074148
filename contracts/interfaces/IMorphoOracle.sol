// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AggregatorV3Interface} from "./AggregatorV3Interface.sol";

/// @title Price of a Morpho Blue market, from two feeds
/// @notice The quotient of two feeds of one quote unit, as Morpho's own Chainlink oracle takes it; that one can also
/// multiply feeds and convert vault shares. Like there, an answer has no maximum age: while a feed is silent the market
/// lends and liquidates at its last answer.
interface IMorphoOracle {
    /// @notice A feed answered zero or less.
    error AnswerNotPositive(address feed, int256 answer);

    /// @notice Loan token units for 1e36 collateral token units, rounded down.
    function price() external view returns (uint256);

    /// @notice Feed of the collateral token.
    function collateralFeed() external view returns (AggregatorV3Interface);

    /// @notice Feed of the loan token.
    function loanFeed() external view returns (AggregatorV3Interface);

    /// @notice Price of equal answers.
    function scale() external view returns (uint256);
}
