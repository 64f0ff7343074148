// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

// What the vault needs of the contracts round it.

interface IERC20 {
    function approve(address spender, uint256 amount) external returns (bool);
    function balanceOf(address account) external view returns (uint256);
    function transfer(address recipient, uint256 amount) external returns (bool);
    function transferFrom(address owner, address recipient, uint256 amount) external returns (bool);
}

/// @notice Values are dollars scaled by 1e18.
interface ILendingPool {
    function supply(address asset, uint256 assets, address account) external returns (uint256 shares);
    function withdraw(address asset, uint256 assets, address recipient) external returns (uint256 withdrawn);
    function borrow(address asset, uint256 assets, address recipient) external returns (uint256 shares);
    function repay(address asset, uint256 assets, address account) external returns (uint256 repaid);
    function healthFactor(address account) external view returns (uint256);
    function oracle() external view returns (IPriceOracle);
    function position(address account)
        external
        view
        returns (uint256 collateralValue, uint256 borrowLimit, uint256 thresholdValue, uint256 debtValue);
}

interface IPriceOracle {
    /// @notice Dollars a whole token, scaled by 1e18, and when they were reported.
    function price(address asset) external view returns (uint256 price, uint256 updatedAt);
}

interface IRouter {
    function swapExactInput(
        address pool,
        address tokenIn,
        uint256 amountIn,
        uint256 minimumOut,
        address recipient,
        uint256 deadline
    ) external returns (uint256 amountOut);
}
