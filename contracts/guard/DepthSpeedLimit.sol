// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IConstantProductPool} from "../interfaces/IConstantProductPool.sol";
import {IDepthSpeedLimit} from "../interfaces/IDepthSpeedLimit.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {IPoolGuard} from "../interfaces/IPoolGuard.sol";
import {WadMath} from "../libraries/WadMath.sol";
import {PoolGuard} from "./PoolGuard.sol";

/// @title Speed limit of liquidations, by the depth of the market
contract DepthSpeedLimit is IDepthSpeedLimit, PoolGuard, Ownable2Step {
    using WadMath for uint256;

    struct Block {
        uint256 number;
        uint256 used;
        uint256 limit;
    }

    /// @inheritdoc IDepthSpeedLimit
    uint256 public share;

    /// @inheritdoc IDepthSpeedLimit
    mapping(address debtAsset => mapping(address collateralAsset => IConstantProductPool)) public venueOf;

    /// @dev The last block of each pair in which something was seized.
    mapping(address debtAsset => mapping(address collateralAsset => Block)) private _last;

    constructor(address owner_, ILendingPool pool_, address caller_, uint256 share_)
        Ownable(owner_)
        PoolGuard(pool_, caller_)
    {
        _setShare(share_);
    }

    /// @inheritdoc IDepthSpeedLimit
    function setShare(uint256 share_) external onlyOwner {
        _setShare(share_);
    }

    /// @inheritdoc IDepthSpeedLimit
    function setVenue(address debtAsset, address collateralAsset, IConstantProductPool venue) external onlyOwner {
        if (address(venue) != address(0)) {
            (address token0, address token1) = (venue.token0(), venue.token1());
            require(
                (token0 == debtAsset && token1 == collateralAsset)
                    || (token0 == collateralAsset && token1 == debtAsset),
                VenueDoesNotTrade(address(venue), debtAsset, collateralAsset)
            );
        }
        venueOf[debtAsset][collateralAsset] = venue;
        emit VenueSet(debtAsset, collateralAsset, address(venue));
    }

    /// @inheritdoc IPoolGuard
    function onSeize(ILendingPool.Seizure calldata seizure) external onlyCaller {
        (address debtAsset, address collateralAsset) = (seizure.debtAsset, seizure.collateralAsset);
        if (address(venueOf[debtAsset][collateralAsset]) == address(0)) return;

        (uint256 used, uint256 limit) = budget(debtAsset, collateralAsset);
        uint256 left = Math.saturatingSub(limit, used);
        require(seizure.debtAssets <= left, SpeedLimitExceeded(debtAsset, collateralAsset, seizure.debtAssets, left));

        _last[debtAsset][collateralAsset] = Block(block.number, used + seizure.debtAssets, limit);
    }

    /// @inheritdoc IPoolGuard
    function onBorrow(address, address, uint256) external view onlyCaller {}

    /// @inheritdoc IPoolGuard
    function seizable(address debtAsset, address collateralAsset) external view returns (uint256) {
        (uint256 used, uint256 limit) = budget(debtAsset, collateralAsset);
        return Math.saturatingSub(limit, used);
    }

    /// @inheritdoc IDepthSpeedLimit
    function budget(address debtAsset, address collateralAsset) public view returns (uint256 used, uint256 limit) {
        IConstantProductPool venue = venueOf[debtAsset][collateralAsset];
        if (address(venue) == address(0)) return (0, type(uint256).max);

        Block memory last = _last[debtAsset][collateralAsset];
        if (last.number == block.number) return (last.used, last.limit);
        return (0, _absorbed(venue, debtAsset, collateralAsset).mulWadDown(share));
    }

    function _setShare(uint256 share_) private {
        require(share_ != 0 && share_ <= 1e18, ShareOutOfRange(share_));
        share = share_;
        emit ShareSet(share_);
    }

    function _absorbed(IConstantProductPool venue, address debtAsset, address collateralAsset)
        private
        view
        returns (uint256)
    {
        (uint256 reserve0, uint256 reserve1,) = venue.getReserves();
        uint256 reserve = venue.token0() == debtAsset ? reserve0 : reserve1;
        uint256 growth = 1e18 + pool.marginModel().liquidationBonus(collateralAsset);
        // The root is rounded down, so that its inverse is not too low.
        uint256 priceLeft = uint256(1e18).divWadUp(Math.sqrt(growth * 1e18));
        return reserve.mulWadDown(1e18 - priceLeft);
    }
}
