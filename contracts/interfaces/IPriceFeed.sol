// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AggregatorV3Interface} from "./AggregatorV3Interface.sol";

/// @title A feed that one reporter writes and anyone reads
interface IPriceFeed is AggregatorV3Interface {
    /// @notice A new round was written.
    event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);
    /// @notice Another account may report from now on.
    event ReporterChanged(address indexed previous, address indexed current);

    /// @notice `caller` is not the reporter.
    error NotReporter(address caller, address reporter);
    /// @notice An answer of zero or less was reported.
    error AnswerNotPositive(int256 answer);
    /// @notice The round was never written.
    error NoRound(uint80 roundId);

    /// @notice The account that may report.
    function reporter() external view returns (address);

    /// @notice Let another account report. Only the owner.
    function setReporter(address reporter_) external;

    /// @notice Write the next round. Only the reporter.
    /// @param answer Price with `decimals()` decimal places, above zero.
    function report(int256 answer) external;
}
