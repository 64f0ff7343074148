// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IGuardList} from "../interfaces/IGuardList.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {IPoolGuard} from "../interfaces/IPoolGuard.sol";
import {PoolGuard} from "./PoolGuard.sol";

/// @title Guard made of guards
contract GuardList is IGuardList, PoolGuard, Ownable2Step {
    /// @notice Most members: bounds what they cost a liquidation.
    uint256 public constant MAXIMUM_GUARDS = 8;

    IPoolGuard[] private _guards;

    constructor(address owner_, ILendingPool pool_) Ownable(owner_) PoolGuard(pool_, address(pool_)) {}

    /// @inheritdoc IGuardList
    function setGuards(IPoolGuard[] calldata guards_) external onlyOwner {
        require(guards_.length <= MAXIMUM_GUARDS, TooManyGuards(guards_.length, MAXIMUM_GUARDS));
        address[] memory members = new address[](guards_.length);
        for (uint256 i = 0; i < guards_.length; ++i) {
            members[i] = address(guards_[i]);
            require(members[i].code.length != 0, NotAContract(members[i]));
        }
        _guards = guards_;
        emit GuardsSet(members);
    }

    /// @inheritdoc IPoolGuard
    function onSeize(ILendingPool.Seizure calldata seizure) external onlyCaller {
        for (uint256 i = 0; i < _guards.length; ++i) {
            _guards[i].onSeize(seizure);
        }
    }

    /// @inheritdoc IPoolGuard
    function onBorrow(address asset, address account, uint256 assets) external onlyCaller {
        for (uint256 i = 0; i < _guards.length; ++i) {
            _guards[i].onBorrow(asset, account, assets);
        }
    }

    /// @inheritdoc IGuardList
    function guards() external view returns (IPoolGuard[] memory) {
        return _guards;
    }

    /// @inheritdoc IPoolGuard
    function seizable(address debtAsset, address collateralAsset) external view returns (uint256 debtAssets) {
        debtAssets = type(uint256).max;
        for (uint256 i = 0; i < _guards.length; ++i) {
            debtAssets = Math.min(debtAssets, _guards[i].seizable(debtAsset, collateralAsset));
        }
    }
}
