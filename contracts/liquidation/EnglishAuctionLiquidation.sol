// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IEnglishAuctionLiquidation} from "../interfaces/IEnglishAuctionLiquidation.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {ILiquidationModule} from "../interfaces/ILiquidationModule.sol";
import {WadMath} from "../libraries/WadMath.sol";
import {AuctionLiquidation} from "./AuctionLiquidation.sol";

/// @title Liquidation by rising bids on lots of fixed size
contract EnglishAuctionLiquidation is IEnglishAuctionLiquidation, AuctionLiquidation {
    using SafeERC20 for IERC20;
    using WadMath for uint256;

    /// @notice Longest that an auction may last, in seconds.
    uint256 public constant MAXIMUM_LIFETIME = 30 days;

    /// @inheritdoc IEnglishAuctionLiquidation
    mapping(address collateralAsset => uint256) public lotSize;

    Rules private _rules;
    mapping(uint256 id => Auction) private _auctions;

    constructor(address owner_, ILendingPool pool_, Rules memory rules_) AuctionLiquidation(owner_, pool_) {
        _setRules(rules_);
    }

    /// @inheritdoc IEnglishAuctionLiquidation
    function setRules(Rules calldata rules_) external onlyOwner {
        _setRules(rules_);
    }

    /// @inheritdoc IEnglishAuctionLiquidation
    function setLotSize(address collateralAsset, uint256 lotSize_) external onlyOwner {
        lotSize[collateralAsset] = lotSize_;
        emit LotSizeSet(collateralAsset, lotSize_);
    }

    /// @inheritdoc IEnglishAuctionLiquidation
    function start(address borrower, address debtAsset, address collateralAsset)
        external
        nonReentrant
        returns (uint256 id)
    {
        require(lotSize[collateralAsset] != 0, NoLotSize(collateralAsset));
        uint256 lot;
        uint256 debt;
        (id, lot, debt) = _begin(Pair(borrower, debtAsset, collateralAsset));

        Auction storage auction_ = _auctions[id];
        auction_.borrower = borrower;
        auction_.debtAsset = debtAsset;
        auction_.collateralAsset = collateralAsset;
        auction_.fullLot = lot;
        auction_.debt = debt;
        auction_.tab = debt + debt.mulWadUp(pool.marginModel().liquidationBonus(collateralAsset));
        auction_.lot = lot;
        auction_.endsAt = block.timestamp + _rules.auctionLifetime;
        auction_.closesAt = auction_.endsAt;

        emit AuctionStarted(id, borrower, debtAsset, collateralAsset, lot, debt, auction_.tab);
    }

    /// @inheritdoc IEnglishAuctionLiquidation
    function bid(uint256 id, uint256 lotAsked, uint256 amount) external nonReentrant {
        Auction storage auction_ = _existing(id);
        (uint256 paid, uint256 lot, address bidder) = (auction_.bid, auction_.lot, auction_.bidder);
        require(block.timestamp < auction_.closesAt, AuctionOver(id, auction_.closesAt));
        if (paid < auction_.tab) {
            uint256 minimum = Math.min(auction_.tab, Math.max(paid + 1, paid.mulWadUp(1e18 + _rules.minimumIncrement)));
            require(lotAsked == lot, NotWholeLot(lotAsked, lot));
            require(amount >= minimum, BidTooLow(amount, minimum));
            require(amount <= auction_.tab, BidAboveTab(amount, auction_.tab));
        } else {
            uint256 maximum = lot.divWadDown(1e18 + _rules.minimumIncrement);
            require(amount == auction_.tab, NotTab(amount, auction_.tab));
            require(lotAsked <= maximum && lotAsked < lot, LotTooLarge(lotAsked, maximum));
        }

        auction_.bid = amount;
        auction_.bidder = msg.sender;
        auction_.lot = lotAsked;
        auction_.closesAt = Math.min(block.timestamp + _rules.bidLifetime, auction_.endsAt);

        emit BidPlaced(id, msg.sender, lotAsked, amount);
        IERC20 debtAsset = IERC20(auction_.debtAsset);
        if (paid != 0 && bidder != msg.sender) debtAsset.safeTransferFrom(msg.sender, bidder, paid);
        debtAsset.safeTransferFrom(msg.sender, address(this), amount - paid);
    }

    /// @inheritdoc IEnglishAuctionLiquidation
    function settle(uint256 id) external nonReentrant {
        Auction memory auction_ = _existing(id);
        Pair memory pair = _pair(auction_);
        require(auction_.bidder != address(0), NoBid(id));
        require(block.timestamp >= auction_.closesAt, AuctionOpen(id, auction_.closesAt));
        (uint256 owed, uint256 held) = _position(pair);
        require(_carries(auction_, owed, held), PositionGone(id, owed, auction_.debt, held, auction_.lot));

        uint256 debt = Math.min(auction_.debt, owed);
        uint256 lot = Math.min(auction_.lot, held);
        uint256 repaid = Math.min(auction_.bid, debt);
        uint256 penalty = Math.min(auction_.bid - repaid, auction_.tab - auction_.debt);

        delete _auctions[id];
        _release(pair, auction_.debt, auction_.fullLot);
        emit AuctionSettled(id, auction_.bidder, auction_.bid, lot, repaid, debt - repaid);
        _emitLiquidated(pair, auction_.bidder, repaid, lot);

        // Before the seizure: what the borrower is left with may be collateral of its other debts.
        _supply(pair.debtAsset, auction_.bid - repaid - penalty, pair.borrower);
        _supply(pair.debtAsset, penalty, pool.treasury());
        _seize(pair, repaid, debt - repaid, lot, auction_.bidder);
    }

    /// @inheritdoc IEnglishAuctionLiquidation
    function restart(uint256 id) external nonReentrant {
        Auction storage auction_ = _existing(id);
        require(auction_.bidder == address(0), HasBid(id, auction_.bid));
        require(block.timestamp >= auction_.closesAt, AuctionOpen(id, auction_.closesAt));
        uint256 health = pool.healthFactor(auction_.borrower);
        require(health < LIQUIDATION_HEALTH_FACTOR, ILiquidationModule.NotLiquidatable(auction_.borrower, health));

        auction_.endsAt = block.timestamp + _rules.auctionLifetime;
        auction_.closesAt = auction_.endsAt;

        emit AuctionRestarted(id, auction_.endsAt);
    }

    /// @inheritdoc IEnglishAuctionLiquidation
    function cancel(uint256 id) external nonReentrant {
        Auction memory auction_ = _existing(id);
        Pair memory pair = _pair(auction_);
        (uint256 owed, uint256 held) = _position(pair);
        require(
            !_isAttached() || !_carries(auction_, owed, held) || _ranOutWhileHealthy(auction_), CannotBeCancelled(id)
        );

        delete _auctions[id];
        _release(pair, auction_.debt, auction_.fullLot);

        emit AuctionCancelled(id);
        if (auction_.bid != 0) IERC20(auction_.debtAsset).safeTransfer(auction_.bidder, auction_.bid);
    }

    /// @inheritdoc IEnglishAuctionLiquidation
    function auction(uint256 id) external view returns (Auction memory) {
        return _auctions[id];
    }

    /// @inheritdoc IEnglishAuctionLiquidation
    function rules() external view returns (Rules memory) {
        return _rules;
    }

    function _largestLot(Pair memory pair) internal view override returns (uint256) {
        return lotSize[pair.collateralAsset];
    }

    function _setRules(Rules memory rules_) private {
        (uint256 bidLifetime, uint256 auctionLifetime) = (rules_.bidLifetime, rules_.auctionLifetime);
        require(bidLifetime != 0, BidLifetimeOutOfRange(bidLifetime, auctionLifetime));
        require(bidLifetime <= auctionLifetime, BidLifetimeOutOfRange(bidLifetime, auctionLifetime));
        require(auctionLifetime <= MAXIMUM_LIFETIME, AuctionLifetimeTooLong(auctionLifetime));
        require(rules_.minimumIncrement <= 1e18, MinimumIncrementTooHigh(rules_.minimumIncrement));

        _rules = rules_;
        emit RulesSet(bidLifetime, auctionLifetime, rules_.minimumIncrement);
    }

    function _emitLiquidated(Pair memory pair, address winner, uint256 repaid, uint256 lot) private {
        emit ILiquidationModule.Liquidated(
            pair.borrower,
            pair.debtAsset,
            pair.collateralAsset,
            winner,
            repaid,
            lot,
            0,
            _healthFactorOrZero(pair.borrower)
        );
    }

    function _existing(uint256 id) private view returns (Auction storage auction_) {
        auction_ = _auctions[id];
        require(auction_.borrower != address(0), NoAuction(id));
    }

    function _ranOutWhileHealthy(Auction memory auction_) private view returns (bool) {
        return auction_.bidder == address(0) && block.timestamp >= auction_.closesAt
            && _healthFactorOrZero(auction_.borrower) >= LIQUIDATION_HEALTH_FACTOR;
    }

    /// @dev The pool rounds what it takes from a position up: the last of several lots may be short of a unit.
    function _carries(Auction memory auction_, uint256 owed, uint256 held) private pure returns (bool) {
        return owed != 0 && held >= auction_.lot - auction_.lot / ROUNDING;
    }

    function _pair(Auction memory auction_) private pure returns (Pair memory) {
        return Pair(auction_.borrower, auction_.debtAsset, auction_.collateralAsset);
    }
}
