// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IDutchAuctionLiquidation} from "../interfaces/IDutchAuctionLiquidation.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {ILiquidationModule} from "../interfaces/ILiquidationModule.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {WadMath} from "../libraries/WadMath.sol";
import {AuctionLiquidation} from "./AuctionLiquidation.sol";

/// @title Liquidation at a price that falls until somebody takes it
contract DutchAuctionLiquidation is IDutchAuctionLiquidation, AuctionLiquidation {
    using Math for uint256;
    using SafeERC20 for IERC20;
    using WadMath for uint256;

    /// @dev What one purchase does.
    struct Sale {
        uint256 price;
        uint256 taken;
        uint256 paid;
        uint256 repaid;
        uint256 incentive;
        uint256 writtenOff;
        bool last;
    }

    /// @notice Highest first price, over the oracle's.
    uint256 public constant MAXIMUM_BUFFER = 10e18;

    /// @notice Longest that a round may last, in seconds.
    uint256 public constant MAXIMUM_TAIL = 30 days;

    /// @inheritdoc IDutchAuctionLiquidation
    mapping(address borrower => mapping(address debtAsset => mapping(address collateralAsset => uint256 id))) public
        runningAuction;

    Rules private _rules;
    mapping(uint256 id => Auction) private _auctions;

    constructor(address owner_, ILendingPool pool_, Rules memory rules_) AuctionLiquidation(owner_, pool_) {
        _setRules(rules_);
    }

    /// @inheritdoc IDutchAuctionLiquidation
    function setRules(Rules calldata rules_) external onlyOwner {
        _setRules(rules_);
    }

    /// @inheritdoc IDutchAuctionLiquidation
    function start(address borrower, address debtAsset, address collateralAsset)
        external
        nonReentrant
        returns (uint256 id)
    {
        uint256 running = runningAuction[borrower][debtAsset][collateralAsset];
        require(running == 0, AuctionRunning(running));
        Auction memory auction_;
        (auction_.borrower, auction_.debtAsset, auction_.collateralAsset) = (borrower, debtAsset, collateralAsset);
        (id, auction_.lot, auction_.debt) = _begin(_pair(auction_));

        auction_.penalty = auction_.debt.mulWadUp(pool.marginModel().liquidationBonus(collateralAsset));
        _beginRound(auction_);

        _auctions[id] = auction_;
        runningAuction[borrower][debtAsset][collateralAsset] = id;
        emit AuctionStarted(
            id,
            borrower,
            debtAsset,
            collateralAsset,
            auction_.lot,
            auction_.debt,
            auction_.debt + auction_.penalty,
            auction_.top,
            msg.sender
        );
    }

    /// @inheritdoc IDutchAuctionLiquidation
    function take(uint256 id, uint256 maximumCollateral, uint256 maximumPrice, address recipient)
        external
        nonReentrant
        returns (uint256 taken, uint256 paid)
    {
        Auction memory auction_ = _existing(id);
        (bool needsRestart, uint256 price) = _price(auction_);
        require(!needsRestart, NeedsRestart(id));
        require(price <= maximumPrice, PriceTooHigh(price, maximumPrice));
        _lower(auction_);
        require(auction_.debt != 0, NothingLeft(id));

        Sale memory sale = _sale(auction_, Math.min(maximumCollateral, auction_.lot), price);
        auction_.lot -= sale.taken;
        auction_.debt -= sale.repaid + sale.writtenOff;
        if (sale.last) _end(id);
        else _store(id, auction_);

        _emitSale(id, auction_, sale);
        _carryOut(auction_, sale, recipient);
        return (sale.taken, sale.paid);
    }

    /// @inheritdoc IDutchAuctionLiquidation
    function restart(uint256 id) external nonReentrant {
        Auction memory auction_ = _existing(id);
        (bool needsRestart,) = _price(auction_);
        require(needsRestart, NeedsNoRestart(id));
        uint256 health = pool.healthFactor(auction_.borrower);
        require(health < LIQUIDATION_HEALTH_FACTOR, ILiquidationModule.NotLiquidatable(auction_.borrower, health));
        _lower(auction_);
        require(auction_.debt != 0, NothingLeft(id));

        _beginRound(auction_);

        _store(id, auction_);
        emit AuctionRestarted(id, auction_.top, msg.sender);
    }

    /// @inheritdoc IDutchAuctionLiquidation
    function cancel(uint256 id) external nonReentrant {
        Auction memory auction_ = _existing(id);
        _lower(auction_);
        (bool needsRestart,) = _price(auction_);
        bool healthy = needsRestart && _healthFactorOrZero(auction_.borrower) >= LIQUIDATION_HEALTH_FACTOR;
        require(!_isAttached() || auction_.debt == 0 || healthy, CannotBeCancelled(id));

        _end(id);
        emit AuctionCancelled(id);
    }

    /// @inheritdoc IDutchAuctionLiquidation
    function auction(uint256 id) external view returns (Auction memory) {
        return _auctions[id];
    }

    /// @inheritdoc IDutchAuctionLiquidation
    function status(uint256 id) external view returns (bool needsRestart, uint256 price, uint256 lot, uint256 tab) {
        Auction memory auction_ = _auctions[id];
        if (auction_.borrower == address(0)) return (false, 0, 0, 0);
        (needsRestart, price) = _price(auction_);
        _lower(auction_);
        return (needsRestart, price, auction_.lot, auction_.debt + auction_.penalty);
    }

    /// @inheritdoc IDutchAuctionLiquidation
    function rules() external view returns (Rules memory) {
        return _rules;
    }

    function _largestLot(Pair memory pair) internal view override returns (uint256) {
        uint256 running = runningAuction[pair.borrower][pair.debtAsset][pair.collateralAsset];
        return running == 0 ? type(uint256).max : 0;
    }

    function _setRules(Rules memory rules_) private {
        require(rules_.buffer >= 1e18 && rules_.buffer <= MAXIMUM_BUFFER, BufferOutOfRange(rules_.buffer));
        require(rules_.cut != 0 && rules_.cut < 1e18, CutOutOfRange(rules_.cut));
        require(rules_.step != 0 && rules_.step <= rules_.tail, StepOutOfRange(rules_.step, rules_.tail));
        require(rules_.tail <= MAXIMUM_TAIL, TailTooLong(rules_.tail));
        require(rules_.cusp < 1e18, CuspTooHigh(rules_.cusp));
        require(rules_.chip <= 1e18, ChipTooHigh(rules_.chip));

        _rules = rules_;
        emit RulesSet(
            rules_.buffer,
            rules_.cut,
            rules_.step,
            rules_.tail,
            rules_.cusp,
            rules_.chip,
            rules_.tip,
            rules_.minimumLeft
        );
    }

    /// @dev At the oracle's prices, with the caller as keeper.
    function _beginRound(Auction memory auction_) private view {
        Rules memory rules_ = _rules;
        IPriceOracle oracle = pool.oracle();
        (uint256 debtPrice,) = oracle.price(auction_.debtAsset);
        (uint256 collateralPrice,) = oracle.price(auction_.collateralAsset);
        uint256 debtUnit = pool.unit(auction_.debtAsset);
        uint256 share = (auction_.debt + auction_.penalty).mulWadDown(rules_.chip);

        auction_.keeper = msg.sender;
        auction_.incentive = Math.min(rules_.tip.mulDiv(debtUnit, debtPrice) + share, auction_.penalty);
        auction_.minimumLeft = rules_.minimumLeft.mulDiv(debtUnit, debtPrice, Math.Rounding.Ceil);
        auction_.top = collateralPrice.mulDiv(rules_.buffer, debtPrice, Math.Rounding.Ceil);
        auction_.startedAt = block.timestamp;
    }

    /// @dev Lowers what is for sale, and what it has to bring in, to what the position has. Debt goes down with
    /// collateral that is gone: else a healthy borrower could withdraw it and have the debt written off.
    function _lower(Auction memory auction_) private view {
        (uint256 owed, uint256 held) = _position(_pair(auction_));
        uint256 debt = auction_.debt;
        if (held < auction_.lot) {
            debt = debt.mulDiv(held, auction_.lot);
            auction_.lot = held;
        }
        debt = Math.min(debt, owed);
        if (debt == auction_.debt) return;

        auction_.penalty = auction_.penalty.mulDiv(debt, auction_.debt, Math.Rounding.Ceil);
        auction_.incentive = Math.min(auction_.incentive, auction_.penalty);
        auction_.debt = debt;
    }

    function _store(uint256 id, Auction memory auction_) private {
        Auction memory before = _auctions[id];
        _release(_pair(auction_), before.debt - auction_.debt, before.lot - auction_.lot);
        _auctions[id] = auction_;
    }

    function _end(uint256 id) private {
        Auction memory auction_ = _auctions[id];
        _release(_pair(auction_), auction_.debt, auction_.lot);
        delete runningAuction[auction_.borrower][auction_.debtAsset][auction_.collateralAsset];
        delete _auctions[id];
    }

    /// @dev `auction_` is as the sale leaves it; what it paid is told whole.
    function _emitSale(uint256 id, Auction memory auction_, Sale memory sale) private {
        emit Taken(
            id,
            msg.sender,
            sale.price,
            sale.taken,
            sale.paid,
            sale.repaid,
            sale.incentive,
            sale.writtenOff,
            sale.last ? 0 : auction_.lot,
            sale.last ? 0 : auction_.debt + auction_.penalty
        );
        emit ILiquidationModule.Liquidated(
            auction_.borrower,
            auction_.debtAsset,
            auction_.collateralAsset,
            msg.sender,
            sale.repaid,
            sale.taken,
            0,
            _healthFactorOrZero(auction_.borrower)
        );
    }

    function _carryOut(Auction memory auction_, Sale memory sale, address recipient) private {
        IERC20 debtAsset = IERC20(auction_.debtAsset);
        debtAsset.safeTransferFrom(msg.sender, address(this), sale.paid);
        if (sale.incentive != 0) debtAsset.safeTransfer(auction_.keeper, sale.incentive);
        _supply(auction_.debtAsset, sale.paid - sale.repaid - sale.incentive, pool.treasury());
        _seize(_pair(auction_), sale.repaid, sale.writtenOff, sale.taken, recipient);
    }

    function _existing(uint256 id) private view returns (Auction storage auction_) {
        auction_ = _auctions[id];
        require(auction_.borrower != address(0), NoAuction(id));
    }

    /// @dev What taking `taken` at `price` comes to, once lowered to the tab or to what it must leave.
    function _sale(Auction memory auction_, uint256 taken, uint256 price) private view returns (Sale memory sale) {
        uint256 tab = auction_.debt + auction_.penalty;
        // Debt assets for collateral assets, as a fraction: one rounding each way.
        uint256 numerator = price * pool.unit(auction_.debtAsset);
        uint256 denominator = 1e18 * pool.unit(auction_.collateralAsset);

        uint256 paid = taken.mulDiv(numerator, denominator, Math.Rounding.Ceil);
        if (paid < tab && taken < auction_.lot) {
            uint256 least = Math.max(auction_.minimumLeft, auction_.penalty + 1);
            require(tab > least, NoPartLeft(tab, least));
            if (paid > tab - least) (paid, taken) = (tab - least, (tab - least).mulDiv(denominator, numerator));
        } else if (paid > tab) {
            (paid, taken) = (tab, tab.mulDiv(denominator, numerator));
        }

        (sale.price, sale.taken, sale.paid) = (price, taken, paid);
        sale.repaid = Math.min(paid, auction_.debt);
        sale.incentive = Math.min(paid - sale.repaid, auction_.incentive);
        sale.last = paid == tab || taken == auction_.lot;
        if (taken == auction_.lot) sale.writtenOff = auction_.debt - sale.repaid;
    }

    function _price(Auction memory auction_) private view returns (bool needsRestart, uint256 price) {
        uint256 elapsed = block.timestamp - auction_.startedAt;
        uint256 factor = _powerUp(_rules.cut, elapsed / _rules.step);
        needsRestart = elapsed > _rules.tail || factor < _rules.cusp;
        price = auction_.top.mulWadUp(factor);
    }

    /// @dev `fraction` ** `exponent` by squaring, scaled by 1e18; every product is rounded up, in favour of the
    /// pool. Less than `exponent` * 2e-18 above the true value.
    function _powerUp(uint256 fraction, uint256 exponent) private pure returns (uint256 power) {
        power = 1e18;
        for (uint256 square = fraction; exponent != 0; exponent /= 2) {
            if (exponent % 2 == 1) power = power.mulWadUp(square);
            square = square.mulWadUp(square);
        }
    }

    function _pair(Auction memory auction_) private pure returns (Pair memory) {
        return Pair(auction_.borrower, auction_.debtAsset, auction_.collateralAsset);
    }
}
