// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPoolGuard} from "./IPoolGuard.sol";

/// @title Several guards as one
/// @notice What any member refuses is refused; what one seizure may repay is the least that any member says.
/// @dev Members must name the list as their caller, which is why it is deployed before them: pool, list, members,
/// `setGuards`, then the pool's `setGuard`. A member that names another caller refuses everything.
/// Breakers in one list add up: their pauses may follow one another.
interface IGuardList is IPoolGuard {
    event GuardsSet(address[] guards);

    error TooManyGuards(uint256 count, uint256 maximum);
    /// @notice Every liquidation would revert.
    error NotAContract(address guard);

    /// @notice Replace the members, which are asked in this order. Only the owner; at most 8.
    function setGuards(IPoolGuard[] calldata guards_) external;

    /// @notice The members, in order.
    function guards() external view returns (IPoolGuard[] memory);
}
