// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {ISpreadLiquidation} from "../interfaces/ISpreadLiquidation.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {ILiquidationModule} from "../interfaces/ILiquidationModule.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {WadMath} from "../libraries/WadMath.sol";

/// @title Liquidation at the oracle's price plus a bonus that the mechanism decides
abstract contract SpreadLiquidation is ISpreadLiquidation, Ownable2Step, ReentrancyGuardTransient {
    using Math for uint256;
    using SafeERC20 for IERC20;
    using WadMath for uint256;

    /// @dev One borrower, one debt, one collateral, now.
    struct Situation {
        uint256 healthFactor;
        uint256 allDebtValue;
        uint256 owed;
        uint256 held;
        Quote debt;
        Quote collateral;
        // Collateral for one unit of debt, bonus included, as a fraction: one rounding each way.
        uint256 numerator;
        uint256 denominator;
        uint256 bonus;
        uint256 allowance; // debt that guard and mechanism let go now
    }

    struct Quote {
        uint256 price;
        uint256 unit;
    }

    /// @notice Health factor below which an account may be liquidated, scaled by 1e18.
    uint256 public constant LIQUIDATION_HEALTH_FACTOR = 1e18;

    /// @inheritdoc ISpreadLiquidation
    ILendingPool public immutable pool;

    Rules private _rules;

    constructor(address owner_, ILendingPool pool_, Rules memory rules_) Ownable(owner_) {
        pool = pool_;
        _setRules(rules_);
    }

    /// @inheritdoc ISpreadLiquidation
    function setRules(Rules calldata rules_) external onlyOwner {
        _setRules(rules_);
    }

    /// @inheritdoc ISpreadLiquidation
    function rules() public view returns (Rules memory) {
        return _rules;
    }

    /// @inheritdoc ILiquidationModule
    function liquidate(
        address borrower,
        address debtAsset,
        address collateralAsset,
        uint256 debtAssets,
        uint256 minimumCollateralAssets
    ) external nonReentrant returns (uint256 repaid, uint256 seized) {
        (,, uint256 thresholdValue, uint256 debtValue) = pool.position(borrower);
        uint256 health = _healthFactor(thresholdValue, debtValue);
        require(health < LIQUIDATION_HEALTH_FACTOR, NotLiquidatable(borrower, health));
        Situation memory now_ = _situation(borrower, debtAsset, collateralAsset, health, debtValue);
        require(now_.owed != 0, NoDebt(borrower, debtAsset));
        require(now_.held != 0, NoCollateral(borrower, collateralAsset));

        require(now_.allowance != 0, NothingSeizable(debtAsset, collateralAsset));

        uint256 protocolAssets;
        (repaid, seized, protocolAssets) = _amounts(now_, Math.min(debtAssets, _maximumRepay(now_)));

        require(repaid != 0, NothingSeizable(debtAsset, collateralAsset));
        _requireNoDust(now_, repaid, seized + protocolAssets);
        require(seized >= minimumCollateralAssets, InsufficientCollateralOut(seized, minimumCollateralAssets));

        _onLiquidation(borrower, debtAsset, collateralAsset, repaid);
        emit Liquidated(borrower, debtAsset, collateralAsset, msg.sender, repaid, seized, protocolAssets, health);
        IERC20(debtAsset).safeTransferFrom(msg.sender, address(this), repaid);
        IERC20(debtAsset).forceApprove(address(pool), repaid);
        pool.seize(
            ILendingPool.Seizure({
                borrower: borrower,
                debtAsset: debtAsset,
                debtAssets: repaid,
                writtenOffAssets: 0,
                collateralAsset: collateralAsset,
                collateralAssets: seized,
                protocolAssets: protocolAssets,
                recipient: msg.sender
            })
        );
    }

    /// @inheritdoc ILiquidationModule
    function checkLiquidation(address borrower, address debtAsset, address collateralAsset)
        external
        view
        returns (LiquidationTerms memory terms)
    {
        try pool.position(borrower) returns (uint256, uint256, uint256 thresholdValue, uint256 debtValue) {
            terms.healthFactor = _healthFactor(thresholdValue, debtValue);
            if (terms.healthFactor >= LIQUIDATION_HEALTH_FACTOR) return terms;

            Situation memory now_ = _situation(borrower, debtAsset, collateralAsset, terms.healthFactor, debtValue);
            if (now_.owed == 0 || now_.held == 0) return terms;

            (terms.maximumDebtAssets, terms.collateralAssets, terms.protocolAssets) =
                _amounts(now_, _maximumRepay(now_));
            terms.eligible = terms.maximumDebtAssets != 0;
        } catch {
            // A price that the oracle does not trust: nobody can be liquidated now.
        }
    }

    /// @dev Premium in collateral on the debt repaid, scaled by 1e18.
    function _bonus(address collateralAsset, uint256 healthFactor) internal view virtual returns (uint256);

    /// @dev Most debt that may be repaid now, whatever the rules say.
    function _allowance(address borrower, address debtAsset, address collateralAsset)
        internal
        view
        virtual
        returns (uint256)
    {
        borrower;
        return pool.seizable(debtAsset, collateralAsset);
    }

    /// @dev A liquidation is about to be carried out.
    function _onLiquidation(address borrower, address debtAsset, address collateralAsset, uint256 repaid)
        internal
        virtual {}

    function _setRules(Rules memory rules_) internal virtual {
        uint256 left = rules_.minimumValueLeft;
        require(rules_.closeFactor != 0, CloseFactorOutOfRange(rules_.closeFactor));
        require(rules_.closeFactor <= 1e18, CloseFactorOutOfRange(rules_.closeFactor));
        require(rules_.fullCloseHealthFactor <= 1e18, FullCloseHealthFactorTooHigh(rules_.fullCloseHealthFactor));
        require(left <= rules_.minimumPositionValue, MinimumValueLeftTooHigh(left, rules_.minimumPositionValue));
        require(rules_.protocolShare <= 1e18, ProtocolShareTooHigh(rules_.protocolShare));

        _rules = rules_;
        emit RulesSet(
            rules_.closeFactor, rules_.fullCloseHealthFactor, rules_.minimumPositionValue, left, rules_.protocolShare
        );
    }

    /// @dev `owed` or `held` is zero when there is nothing to repay or to seize; the rest is then not filled in.
    function _situation(
        address borrower,
        address debtAsset,
        address collateralAsset,
        uint256 healthFactor,
        uint256 allDebtValue
    ) private view returns (Situation memory now_) {
        now_.healthFactor = healthFactor;
        now_.allDebtValue = allDebtValue;
        now_.owed = pool.borrowBalance(debtAsset, borrower);
        now_.held = pool.supplyBalance(collateralAsset, borrower);
        if (now_.owed == 0 || now_.held == 0) return now_;

        (, uint256 threshold) = pool.marginModel().margin(collateralAsset, borrower);
        if (threshold == 0) {
            now_.held = 0; // supplied, but not as collateral
            return now_;
        }

        now_.bonus = _bonus(collateralAsset, healthFactor);
        now_.allowance = _allowance(borrower, debtAsset, collateralAsset);
        now_.debt = _quote(debtAsset);
        now_.collateral = _quote(collateralAsset);
        now_.numerator = now_.debt.price * now_.collateral.unit * (1e18 + now_.bonus);
        now_.denominator = now_.collateral.price * now_.debt.unit * 1e18;
    }

    function _quote(address asset) internal view returns (Quote memory quote) {
        (quote.price,) = pool.oracle().price(asset);
        quote.unit = pool.unit(asset);
    }

    /// @dev The most that rules 1 to 3 and the allowance allow. Zero when rule 3 leaves nothing.
    function _maximumRepay(Situation memory now_) private view returns (uint256 repay) {
        Rules memory rules_ = _rules;
        bool full = now_.healthFactor <= rules_.fullCloseHealthFactor
            || _valueDown(now_.owed, now_.debt) < rules_.minimumPositionValue
            || _valueDown(now_.held, now_.collateral) < rules_.minimumPositionValue;
        repay = now_.owed;
        if (!full) repay = Math.min(repay, _assetsDown(now_.allDebtValue.mulWadDown(rules_.closeFactor), now_.debt));

        repay = Math.min(repay, now_.allowance);

        // One side is cleared. Rounding the debt up makes the same amount clear the collateral when it is asked for.
        uint256 clearing = now_.held.mulDiv(now_.denominator, now_.numerator, Math.Rounding.Ceil);
        if (repay >= clearing) return clearing;
        if (repay == now_.owed) return repay;

        uint256 debtLeft = _assetsUp(rules_.minimumValueLeft, now_.debt);
        uint256 collateralLeft = _assetsUp(rules_.minimumValueLeft, now_.collateral);
        uint256 seizable = now_.held.saturatingSub(collateralLeft);
        repay = Math.min(repay, now_.owed.saturatingSub(debtLeft));
        repay = Math.min(repay, seizable.mulDiv(now_.denominator, now_.numerator));
    }

    /// @dev What repaying `repay` does, lowered when the collateral does not suffice.
    function _amounts(Situation memory now_, uint256 repay)
        private
        view
        returns (uint256 repaid, uint256 collateralAssets, uint256 protocolAssets)
    {
        repaid = repay;
        uint256 taken = repay.mulDiv(now_.numerator, now_.denominator);
        if (taken > now_.held) {
            taken = now_.held;
            repaid = taken.mulDiv(now_.denominator, now_.numerator, Math.Rounding.Ceil);
        }

        uint256 bonusAssets = taken - taken.mulDiv(1e18, 1e18 + now_.bonus, Math.Rounding.Ceil);
        protocolAssets = bonusAssets.mulWadDown(_rules.protocolShare);
        collateralAssets = taken - protocolAssets;
    }

    function _requireNoDust(Situation memory now_, uint256 repaid, uint256 taken) private view {
        if (repaid == now_.owed || taken == now_.held) return;

        uint256 debtValue = _valueDown(now_.owed - repaid, now_.debt);
        uint256 collateralValue = _valueDown(now_.held - taken, now_.collateral);
        uint256 minimum = _rules.minimumValueLeft;
        require(Math.min(debtValue, collateralValue) >= minimum, LeavesDust(debtValue, collateralValue, minimum));
    }

    function _healthFactor(uint256 thresholdValue, uint256 debtValue) internal pure returns (uint256) {
        return debtValue == 0 ? type(uint256).max : thresholdValue.divWadDown(debtValue);
    }

    function _valueDown(uint256 assets, Quote memory quote) private pure returns (uint256) {
        return assets.mulDiv(quote.price, quote.unit);
    }

    function _assetsDown(uint256 value, Quote memory quote) internal pure returns (uint256) {
        return value.mulDiv(quote.unit, quote.price);
    }

    function _assetsUp(uint256 value, Quote memory quote) private pure returns (uint256) {
        return value.mulDiv(quote.unit, quote.price, Math.Rounding.Ceil);
    }
}
