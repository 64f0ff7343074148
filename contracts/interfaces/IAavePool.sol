// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAaveAddressesProvider} from "./IAaveAddressesProvider.sol";

/// @title The few calls of Aave v3's pool that contracts of ours make
/// @notice Signatures of v3.0 to v3.6; what they do is Aave's. Indices are scaled by 1e27, health factors by 1e18.
interface IAavePool {
    /// @notice What the pool keeps of a listed asset, in Aave's order; v3.6 fills fields that it no longer has with
    /// zero.
    struct ReserveData {
        uint256 configuration; // bit map: margins, decimals, flags, caps, fees
        uint128 liquidityIndex;
        uint128 currentLiquidityRate;
        uint128 variableBorrowIndex;
        uint128 currentVariableBorrowRate;
        uint128 currentStableBorrowRate;
        uint40 lastUpdateTimestamp;
        uint16 id; // its pair of bits in the configuration of an account
        address aTokenAddress;
        address stableDebtTokenAddress;
        address variableDebtTokenAddress;
        address interestRateStrategyAddress;
        uint128 accruedToTreasury;
        uint128 unbacked;
        uint128 isolationModeTotalDebt;
    }

    /// @notice Lend `amount` of `asset` to `receiverAddress` for the time of a call back.
    function flashLoanSimple(
        address receiverAddress,
        address asset,
        uint256 amount,
        bytes calldata params,
        uint16 referralCode
    ) external;

    /// @notice Repay at most `debtToCover` of the debt of `user` for its collateral and a bonus.
    function liquidationCall(
        address collateralAsset,
        address debtAsset,
        address user,
        uint256 debtToCover,
        bool receiveAToken
    ) external;

    /// @notice The directory of the pool's market.
    function ADDRESSES_PROVIDER() external view returns (IAaveAddressesProvider);

    /// @notice What is kept of `asset`.
    function getReserveData(address asset) external view returns (ReserveData memory);

    /// @notice Assets of a scaled unit of supply, interest up to now included.
    function getReserveNormalizedIncome(address asset) external view returns (uint256);

    /// @notice Assets of a scaled unit of debt, interest up to now included.
    function getReserveNormalizedVariableDebt(address asset) external view returns (uint256);

    /// @notice Bit map of `user`: for each listed asset whether it is borrowed and whether it is collateral.
    function getUserConfiguration(address user) external view returns (uint256);

    /// @notice Debt of `asset` that nobody owes any longer. Since v3.3; an older pool reverts.
    function getReserveDeficit(address asset) external view returns (uint256);
}
