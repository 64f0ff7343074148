// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IInterestRateModel} from "./IInterestRateModel.sol";

/// @title Two straight lines that meet at a target utilisation
/// @notice All parameters are scaled by 1e18; rates are per year of 365 days.
interface IKinkedRateModel is IInterestRateModel {
    /// @notice The kink is not strictly between zero and one.
    error KinkOutOfRange(uint256 kink);
    /// @notice Over 100,000 % a year: a parameter in the wrong scale.
    error RateTooHigh(uint256 highestRate);

    /// @notice Rate at no utilisation.
    function baseRate() external view returns (uint256);

    /// @notice Utilisation at which the second slope begins.
    function kink() external view returns (uint256);

    /// @notice Rate added between no utilisation and the kink.
    function slope1() external view returns (uint256);

    /// @notice Rate added between the kink and full utilisation.
    function slope2() external view returns (uint256);
}
