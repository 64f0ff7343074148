// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20, ILendingPool, IRouter} from "./interfaces/IMarket.sol";

/// @title WETH bought with borrowed USDC, which anybody may unwind when it gets dangerous
/// @notice An example: one owner, one position. The pool liquidates it below a health factor of one; `deleverage` is
/// there so that this never happens.
contract LeveragedVault {
    /// @notice Below this health factor anybody may deleverage.
    uint256 public constant TRIGGER = 1.3e18;
    /// @notice Health factor that deleveraging aims at.
    uint256 public constant TARGET = 1.5e18;
    /// @notice Most that a sale may lose against the oracle's price.
    uint256 public constant MAXIMUM_SLIPPAGE = 0.03e18;

    uint256 private constant WAD = 1e18;
    uint256 private constant WETH_UNIT = 1e18;
    uint256 private constant USDC_UNIT = 1e6;

    address public immutable owner;
    IERC20 public immutable weth;
    IERC20 public immutable usdc;
    ILendingPool public immutable pool;
    IRouter public immutable router;
    address public immutable venue;

    event Levered(uint256 borrowed, uint256 bought, uint256 healthFactor);
    event Deleveraged(address indexed caller, uint256 sold, uint256 repaid, uint256 healthFactor);

    error NotOwner(address caller);
    error TooRisky(uint256 healthFactor);
    error TooHealthy(uint256 healthFactor);
    error NoHeadroom(uint256 debtValue, uint256 borrowLimit);

    modifier onlyOwner() {
        require(msg.sender == owner, NotOwner(msg.sender));
        _;
    }

    constructor(IERC20 weth_, IERC20 usdc_, ILendingPool pool_, IRouter router_, address venue_) {
        (owner, weth, usdc, pool, router, venue) = (msg.sender, weth_, usdc_, pool_, router_, venue_);
        weth.approve(address(pool), type(uint256).max);
        weth.approve(address(router), type(uint256).max);
        usdc.approve(address(pool), type(uint256).max);
        usdc.approve(address(router), type(uint256).max);
    }

    /// @notice Supply the owner's WETH to the pool.
    function deposit(uint256 amount) external onlyOwner {
        weth.transferFrom(msg.sender, address(this), amount);
        pool.supply(address(weth), amount, address(this));
    }

    /// @notice Borrow USDC, buy WETH with it, and supply that too.
    function lever(uint256 borrowed) external onlyOwner {
        pool.borrow(address(usdc), borrowed, address(this));
        (uint256 price,) = pool.oracle().price(address(weth));
        uint256 worth = borrowed * (WAD / USDC_UNIT) * WETH_UNIT / price;
        uint256 bought = _swap(usdc, borrowed, worth);
        pool.supply(address(weth), bought, address(this));
        uint256 health = pool.healthFactor(address(this));
        require(health >= TARGET, TooRisky(health));
        emit Levered(borrowed, bought, health);
    }

    /// @notice Sell collateral and repay with it until the health factor is `TARGET`, or as near as the pool lets go of
    /// collateral in one step. Anybody, once it is below `TRIGGER`.
    function deleverage() external {
        uint256 health = pool.healthFactor(address(this));
        require(health < TRIGGER, TooHealthy(health));
        (uint256 price,) = pool.oracle().price(address(weth));
        uint256 value = _toSell();
        uint256 sold = pool.withdraw(address(weth), value * WETH_UNIT / price, address(this));
        uint256 proceeds = _swap(weth, sold, value * USDC_UNIT / WAD);
        uint256 repaid = pool.repay(address(usdc), proceeds, address(this));
        emit Deleveraged(msg.sender, sold, repaid, pool.healthFactor(address(this)));
    }

    /// @notice Dollars of collateral less dollars of debt, scaled by 1e18; zero when there is nothing left.
    function equity() external view returns (uint256) {
        (uint256 collateral,,, uint256 debt) = pool.position(address(this));
        return collateral > debt ? collateral - debt : 0;
    }

    /// @dev With threshold t, collateral C and debt D, selling s gives health t(C - s) / (D - s): solved for s at the
    /// target. The pool lets go of collateral only while the debt stays within its borrow limit.
    function _toSell() private view returns (uint256 value) {
        (uint256 collateral, uint256 limit, uint256 threshold, uint256 debt) = pool.position(address(this));
        require(limit > debt, NoHeadroom(debt, limit));
        uint256 wanted = (TARGET * debt / WAD - threshold) * WAD / (TARGET - threshold * WAD / collateral);
        uint256 free = (limit - debt) * collateral / limit;
        value = wanted < free ? wanted : free * 999 / 1000;
    }

    function _swap(IERC20 token, uint256 amount, uint256 worth) private returns (uint256) {
        uint256 minimum = worth * (WAD - MAXIMUM_SLIPPAGE) / WAD;
        return router.swapExactInput(venue, address(token), amount, minimum, address(this), block.timestamp);
    }
}
