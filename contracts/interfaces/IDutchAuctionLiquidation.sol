// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAuctionLiquidation} from "./IAuctionLiquidation.sol";

/// @title Liquidation at a price that falls until somebody takes it, as Maker's `clip` does since 2021
/// @notice An auction offers all collateral of a pair, as far as the pair's debt goes with it, at
/// top * cut ** floor(elapsed / step), where top is the oracle's price * buffer. Takers buy any part of it, pay at
/// once, and keep the rest of the lot for the next. It ends when the tab is paid: the debt and the penalty on it,
/// which is the collateral's liquidation bonus; what is left of the lot is the borrower's. Or when the lot is sold out:
/// debt that is left then is written off. An auction that lasts longer than `tail`, or falls below top * `cusp`, must
/// be restarted at a new top before anybody can take from it.
///
/// What takers pay goes first to the debt, then to the keeper who began the round, then to the treasury, as supply.
/// The keeper's incentive is `tip` + `chip` * tab, at most the penalty. Maker mints it at the start. Nothing is minted
/// here: it is paid with the penalty, out of the last payment, so that a keeper whose auction ends in a loss, or runs
/// out and is restarted by another, gets nothing.
///
/// What differs from Maker besides:
///  - the pool gives collateral for debt only. A payment of all debt must be one of the whole tab, and every other
///    leaves a unit of debt at least;
///  - the pool takes the payment before it sends the collateral, so takers are not called back. Who has no capital
///    takes a flash loan of the pool;
///  - debt and collateral stay in the position until they are sold. When less is owed than is under auction, since it
///    was repaid, debt and penalty are lowered to that; when less collateral is there, since the borrower, healthy
///    again, withdrew it, lot, debt and penalty are lowered in proportion: what nobody sells is owed still. Interest
///    since the start stays with the borrower;
///  - a price that recovers stops no auction, but one that ran out is only begun anew while the account is unhealthy.
///    Who repays all should cancel before borrowing again.
/// @dev `take` needs no price of the oracle.
interface IDutchAuctionLiquidation is IAuctionLiquidation {
    /// @notice In brackets Maker's name where it is another.
    struct Rules {
        uint256 buffer; // first price / oracle's price, scaled by 1e18 (buf)
        uint256 cut; // price after a step / price before it, scaled by 1e18
        uint256 step; // seconds
        uint256 tail; // seconds that a round may last
        uint256 cusp; // lowest price / first price, scaled by 1e18
        uint256 chip; // of the tab, to the keeper, scaled by 1e18
        uint256 tip; // to the keeper, 1e18-scaled quote units
        uint256 minimumLeft; // least of the tab that a part taken may leave, 1e18-scaled quote units (chost)
    }

    /// @notice What is left of an auction; amounts as of the last transaction that touched it.
    struct Auction {
        address borrower;
        address debtAsset;
        address collateralAsset;
        address keeper; // who began the round
        uint256 lot; // collateral for sale
        uint256 debt; // debt that it has to bring in
        uint256 penalty; // to bring in besides: the tab is debt + penalty
        uint256 incentive; // part of the penalty that is the keeper's
        uint256 minimumLeft; // debt assets
        uint256 top; // first price, debt tokens per collateral token, both whole, scaled by 1e18
        uint256 startedAt; // timestamp of the round
    }

    event RulesSet(
        uint256 buffer,
        uint256 cut,
        uint256 step,
        uint256 tail,
        uint256 cusp,
        uint256 chip,
        uint256 tip,
        uint256 minimumLeft
    );
    event AuctionStarted(
        uint256 indexed id,
        address indexed borrower,
        address debtAsset,
        address collateralAsset,
        uint256 lot,
        uint256 debt,
        uint256 tab,
        uint256 top,
        address keeper
    );
    event AuctionRestarted(uint256 indexed id, uint256 top, address keeper);
    /// @param paid Debt assets, of which `repaid` to the pool and `incentive` to the keeper.
    /// @param lot Collateral still for sale.
    /// @param tab Still to be paid; zero when the auction has ended.
    event Taken(
        uint256 indexed id,
        address indexed taker,
        uint256 price,
        uint256 collateralAssets,
        uint256 paid,
        uint256 repaid,
        uint256 incentive,
        uint256 writtenOff,
        uint256 lot,
        uint256 tab
    );

    /// @notice Below 1e18, or above 10e18.
    error BufferOutOfRange(uint256 buffer);
    /// @notice Not in (0, 1e18).
    error CutOutOfRange(uint256 cut);
    /// @notice Zero, or longer than a round.
    error StepOutOfRange(uint256 step, uint256 tail);
    /// @notice Above 30 days.
    error TailTooLong(uint256 tail);
    /// @notice Not below 1e18.
    error CuspTooHigh(uint256 cusp);
    /// @notice Above 1e18.
    error ChipTooHigh(uint256 chip);
    /// @notice The pair is under auction already.
    error AuctionRunning(uint256 id);
    /// @notice The round took too long, or the price fell too low.
    error NeedsRestart(uint256 id);
    error NeedsNoRestart(uint256 id);
    /// @notice The position has no debt or no collateral left that the auction could sell.
    error NothingLeft(uint256 id);
    error PriceTooHigh(uint256 price, uint256 maximumPrice);
    /// @notice So little is left that the tab must be paid, or the lot taken, in full.
    error NoPartLeft(uint256 tab, uint256 minimumLeft);

    /// @notice Replace the rules. Only the owner. Running rounds go on with the new cut, step, tail and cusp.
    function setRules(Rules calldata rules_) external;

    /// @notice Put a pair of an unhealthy account under auction. One at a time.
    function start(address borrower, address debtAsset, address collateralAsset) external returns (uint256 id);

    /// @notice Buy at most `maximumCollateral` at a price of at most `maximumPrice`, as `top` is scaled.
    /// @dev Takes the debt asset from the caller, who must have approved this module. Less is sold where that pays the
    /// tab, or to leave `minimumLeft` of it. Reverts while the pool's guard does.
    /// @return taken Collateral sent to `recipient`, rounded down.
    /// @return paid Debt assets taken from the caller, rounded up.
    function take(uint256 id, uint256 maximumCollateral, uint256 maximumPrice, address recipient)
        external
        returns (uint256 taken, uint256 paid);

    /// @notice Begin a new round of an auction that needs it, with the caller as its keeper.
    function restart(uint256 id) external;

    /// @notice End an auction of which the position has no debt or no collateral left, or that needs a restart
    /// while the account is healthy, or that is of a module which the pool has replaced. Anyone may call.
    function cancel(uint256 id) external;

    /// @notice Zeros when there is none of that number.
    function auction(uint256 id) external view returns (Auction memory);

    /// @notice The auction of a pair; zero without one.
    function runningAuction(address borrower, address debtAsset, address collateralAsset)
        external
        view
        returns (uint256 id);

    /// @notice An auction now, lowered to what the position has. Zeros when there is none of that number.
    /// @return needsRestart Nobody can take from it before.
    /// @return price Debt tokens per collateral token, both whole, scaled by 1e18, rounded up.
    /// @return lot Collateral for sale.
    /// @return tab Debt assets that end it.
    function status(uint256 id) external view returns (bool needsRestart, uint256 price, uint256 lot, uint256 tab);

    /// @notice The rules in force.
    function rules() external view returns (Rules memory);
}
