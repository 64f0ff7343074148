// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAavePool} from "./IAavePool.sol";

/// @title Batch reads of an Aave v3 market
/// @notice Reads nothing that the pool, its tokens and its oracle do not show one by one. Works for v3.0 to v3.6. Assets
/// must be listed; a price that the oracle does not have makes `priced` false and `price` zero, and nothing reverts
/// for it.
interface IAaveLens {
    /// @notice A listed asset now. Indices include interest up to now and are scaled by 1e27.
    struct ReserveView {
        address aToken;
        address debtToken; // of variable rate
        uint256 id; // its pair of bits in the configuration of an account
        uint256 configuration; // Aave's bit map
        bool priced;
        uint256 price; // of a whole token, as the oracle gives it
        uint256 income; // assets of a scaled unit of supply
        uint256 debtIndex; // assets of a scaled unit of debt
        uint256 storedDebtIndex; // the same when the pool last looked
        uint256 cash; // assets held by the aToken
        uint256 scaledSupply; // all of it
        uint256 scaledDebt; // all of it
        uint256 accruedToTreasury; // scaled, not yet minted
        uint256 deficit; // assets; zero before v3.3
    }

    /// @notice An account: Aave's bit map, and scaled balances in the order of the assets asked for.
    struct AccountView {
        uint256 configuration;
        uint256[] supplied;
        uint256[] borrowed;
    }

    /// @notice The `assets` of `pool`.
    function reserves(IAavePool pool, address[] calldata assets) external view returns (ReserveView[] memory);

    /// @notice The `accounts_` of `pool`, in `assets`.
    function accounts(IAavePool pool, address[] calldata assets, address[] calldata accounts_)
        external
        view
        returns (AccountView[] memory);
}
