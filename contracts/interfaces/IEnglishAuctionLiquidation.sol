// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAuctionLiquidation} from "./IAuctionLiquidation.sol";

/// @title Liquidation by rising bids on lots of fixed size, as Maker's `flip` did in 2020
/// @notice An auction has two phases. In the first, bids for the whole lot rise until one reaches the tab: the debt of
/// the lot and the penalty on it, which is the collateral's liquidation bonus. In the second, bidders pay the tab and
/// ask for less and less of the lot. The highest bid lies in the module; who is outbid is repaid by the next bidder.
/// The auction is over `bidLifetime` after the last bid, or `auctionLifetime` after its start. A first bid may be of
/// one unit: where nobody else bids, it wins.
///
/// `settle` gives the lot to the winner. Its bid repays the debt of the lot; what is left goes to the treasury up to
/// the penalty, as supply. Debt of the lot that the bid does not reach is written off. Collateral that the winner did
/// not ask for stays with the borrower, and so does interest since the start.
///
/// What differs from Maker: debt and collateral stay in the position until the end, so that
///  - a price that recovers stops no auction, but one that ran out without a bid is only begun anew while the account
///    is unhealthy;
///  - debt that was repaid since is not repaid again: the part of a bid that neither debt nor penalty needs is
///    supplied for the borrower. One unit repaid by somebody does not end an auction;
///  - an auction is cancelled when nothing of that debt is owed any more, or the lot is no longer there by more than
///    rounding, since its borrower, healthy again, withdrew it. Who repays all should cancel before borrowing again.
/// The collateral that nobody asked for in the second phase stays under auction until the end.
interface IEnglishAuctionLiquidation is IAuctionLiquidation {
    struct Rules {
        uint256 bidLifetime; // seconds
        uint256 auctionLifetime; // seconds
        uint256 minimumIncrement; // of a bid, or decrement of a lot, scaled by 1e18
    }

    struct Auction {
        address borrower;
        address debtAsset;
        address collateralAsset;
        uint256 fullLot; // collateral under auction
        uint256 debt; // debt under auction
        uint256 tab; // debt and penalty
        uint256 lot; // collateral that the winner receives
        uint256 bid; // debt assets, in the module
        address bidder; // zero before the first bid
        uint256 closesAt; // timestamp from which on it is over, unless somebody bids before
        uint256 endsAt; // timestamp from which on it is over
    }

    event RulesSet(uint256 bidLifetime, uint256 auctionLifetime, uint256 minimumIncrement);
    event LotSizeSet(address indexed collateralAsset, uint256 lotSize);
    event AuctionStarted(
        uint256 indexed id,
        address indexed borrower,
        address debtAsset,
        address collateralAsset,
        uint256 lot,
        uint256 debt,
        uint256 tab
    );
    event BidPlaced(uint256 indexed id, address indexed bidder, uint256 lot, uint256 amount);
    event AuctionRestarted(uint256 indexed id, uint256 endsAt);
    event AuctionSettled(
        uint256 indexed id, address indexed winner, uint256 bid, uint256 lot, uint256 repaid, uint256 writtenOff
    );

    /// @notice Zero, or longer than an auction.
    error BidLifetimeOutOfRange(uint256 bidLifetime, uint256 auctionLifetime);
    /// @notice Above 30 days.
    error AuctionLifetimeTooLong(uint256 auctionLifetime);
    /// @notice Above 1e18.
    error MinimumIncrementTooHigh(uint256 minimumIncrement);
    /// @notice No lot size is set for the collateral.
    error NoLotSize(address collateralAsset);
    error AuctionOver(uint256 id, uint256 closedAt);
    error AuctionOpen(uint256 id, uint256 closesAt);
    error NoBid(uint256 id);
    error HasBid(uint256 id, uint256 bid);
    error BidTooLow(uint256 amount, uint256 minimum);
    error BidAboveTab(uint256 amount, uint256 tab);
    /// @notice Bids below the tab are for the whole lot.
    error NotWholeLot(uint256 lotAsked, uint256 lot);
    /// @notice The bid has reached the tab: bidders pay the tab and ask for less.
    error NotTab(uint256 amount, uint256 tab);
    error LotTooLarge(uint256 lotAsked, uint256 maximum);
    /// @notice The position no longer carries the auction, which can only be cancelled.
    error PositionGone(uint256 id, uint256 owed, uint256 debt, uint256 held, uint256 lot);

    /// @notice Replace the rules. Only the owner. Times already set in running auctions stay.
    function setRules(Rules calldata rules_) external;

    /// @notice Set the largest lot of a collateral, in assets; zero lets no auction start. Only the owner.
    function setLotSize(address collateralAsset, uint256 lotSize_) external;

    /// @notice Put a lot of an unhealthy account under auction. Several may run at once.
    function start(address borrower, address debtAsset, address collateralAsset) external returns (uint256 id);

    /// @notice Bid `amount` of the debt asset for `lotAsked` of the collateral.
    /// @dev Takes the amount from the caller, who must have approved this module: what the last bidder had paid goes
    /// to that bidder, the rest to the module.
    function bid(uint256 id, uint256 lotAsked, uint256 amount) external;

    /// @notice Give a lot to the winner of an auction that is over. Anyone may call.
    /// @dev Reverts while the pool's guard does, and can be tried again later.
    function settle(uint256 id) external;

    /// @notice Give an auction that ran out without a bid another `auctionLifetime`. Anyone may call.
    function restart(uint256 id) external;

    /// @notice End an auction that the position no longer carries, or that ran out without a bid while the account is
    /// healthy, or that is of a module which the pool has replaced. Anyone may call; the highest bid is returned.
    function cancel(uint256 id) external;

    /// @notice Zeros when there is none of that number.
    function auction(uint256 id) external view returns (Auction memory);

    /// @notice The rules in force.
    function rules() external view returns (Rules memory);

    /// @notice Largest lot of a collateral, in assets.
    function lotSize(address collateralAsset) external view returns (uint256);
}
