// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IConstantProductPool} from "../interfaces/IConstantProductPool.sol";
import {IFlashKeeper} from "../interfaces/IFlashKeeper.sol";
import {IFlashLoanReceiver} from "../interfaces/IFlashLoanReceiver.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";

/// @title What keepers share that borrow their capital
/// @notice A keeper says how it turns the loan into collateral.
abstract contract FlashKeeper is IFlashKeeper, Ownable2Step {
    using SafeERC20 for IERC20;

    /// @dev Collateral bought with the loan, and what to do with it.
    struct Purchase {
        address spender; // who was paid
        uint256 paid;
        address collateralAsset;
        uint256 received;
        IConstantProductPool venue;
        uint256 minimumProfit;
    }

    /// @dev The one contract that may call back, while a loan runs.
    address private transient _expectedPool;

    constructor(address owner_) Ownable(owner_) {}

    /// @inheritdoc IFlashLoanReceiver
    function onFlashLoan(address initiator, address asset, uint256 assets, uint256 fee, bytes calldata data)
        external
        returns (bytes4)
    {
        require(msg.sender == _expectedPool && initiator == address(this), UnexpectedCallback(msg.sender, initiator));

        Purchase memory bought = _buy(asset, assets, data);
        uint256 proceeds = bought.collateralAsset == asset ? bought.received : _sell(asset, bought);
        uint256 required = bought.paid + fee + bought.minimumProfit;
        require(proceeds >= required, Unprofitable(proceeds, required));

        // Less may have been taken than was allowed to be.
        IERC20(asset).forceApprove(bought.spender, 0);
        IERC20(asset).forceApprove(msg.sender, assets + fee);
        return IFlashLoanReceiver.onFlashLoan.selector;
    }

    /// @dev Borrow, buy, sell, repay; what is left goes to the caller.
    function _borrow(ILendingPool pool, address asset, uint256 assets, bytes memory data)
        internal
        returns (uint256 profit)
    {
        uint256 balanceBefore = IERC20(asset).balanceOf(address(this));

        _expectedPool = address(pool);
        pool.flashLoan(address(this), asset, assets, data);
        _expectedPool = address(0);

        profit = IERC20(asset).balanceOf(address(this)) - balanceBefore;
        IERC20(asset).safeTransfer(msg.sender, profit);
    }

    /// @dev Spend at most `assets` of `asset` on collateral, as the order in `data` says.
    function _buy(address asset, uint256 assets, bytes calldata data) internal virtual returns (Purchase memory);

    /// @dev The output is quoted in the same call, so no trade can come between: `minimumProfit` is the only limit.
    function _sell(address asset, Purchase memory bought) internal virtual returns (uint256 proceeds) {
        IConstantProductPool venue = bought.venue;
        bool sellsToken0 = venue.token0() == bought.collateralAsset;
        require(
            (sellsToken0 ? venue.token1() : venue.token0()) == asset
                && (sellsToken0 || venue.token1() == bought.collateralAsset),
            WrongVenue(address(venue), asset, bought.collateralAsset)
        );

        proceeds = venue.quoteExactInput(bought.collateralAsset, bought.received);
        IERC20(bought.collateralAsset).safeTransfer(address(venue), bought.received);
        venue.swap(sellsToken0 ? 0 : proceeds, sellsToken0 ? proceeds : 0, address(this), "");
    }
}
