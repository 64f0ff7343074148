// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {ILiquidationModule} from "../interfaces/ILiquidationModule.sol";
import {IStabilityPoolLiquidation} from "../interfaces/IStabilityPoolLiquidation.sol";
import {WadMath} from "../libraries/WadMath.sol";

/// @title Stability pool
contract StabilityPoolLiquidation is IStabilityPoolLiquidation, Ownable2Step, ReentrancyGuardTransient {
    using Math for uint256;
    using SafeERC20 for IERC20;
    using WadMath for uint256;

    /// @dev A deposit when it was last settled.
    struct Depositor {
        uint256 deposit; // assets scaled by 1e18
        uint256 product;
        uint256 scale;
        uint256 epoch;
    }

    struct Gain {
        uint256 sum; // when last settled
        uint256 settled; // assets scaled by 1e18, not yet claimed
    }

    /// @dev One borrower and one collateral, now; zero from the first field that rules a liquidation out.
    struct Terms {
        uint256 healthFactor;
        uint256 owed;
        uint256 held;
        uint256 collateralRatio;
        uint256 debt;
        uint256 collateral;
        uint256 compensation;
    }

    /// @notice Health factor below which an account may be liquidated, scaled by 1e18.
    uint256 public constant LIQUIDATION_HEALTH_FACTOR = 1e18;

    /// @notice Most collaterals: bounds the cost of settling a deposit.
    uint256 public constant MAXIMUM_COLLATERALS = 8;

    /// @notice Highest `gasCompensation`, scaled by 1e18.
    uint256 public constant MAXIMUM_GAS_COMPENSATION = 0.05e18;

    uint256 private constant FIRST_PRODUCT = 1e36;
    uint256 private constant LEAST_PRODUCT = 1e27;
    uint256 private constant SCALE_FACTOR = 1e9;

    // After five a deposit has lost at least 36 of its digits: the 27 that it may have, and more than it can gain.
    uint256 private constant SCALES_COUNTED = 4;

    /// @inheritdoc IStabilityPoolLiquidation
    ILendingPool public immutable pool;

    /// @inheritdoc IStabilityPoolLiquidation
    address public immutable debtAsset;

    /// @inheritdoc IStabilityPoolLiquidation
    uint256 public totalDeposits;

    /// @inheritdoc IStabilityPoolLiquidation
    uint256 public product = FIRST_PRODUCT;

    /// @inheritdoc IStabilityPoolLiquidation
    uint256 public scale;

    /// @inheritdoc IStabilityPoolLiquidation
    uint256 public epoch;

    /// @inheritdoc IStabilityPoolLiquidation
    mapping(address collateralAsset => mapping(uint256 epoch => mapping(uint256 scale => uint256))) public sum;

    StabilityRules private _rules;
    address[] private _collateralAssets;
    mapping(address asset => bool) private _isCollateral;
    mapping(address account => Depositor) private _depositors;
    mapping(address account => mapping(address collateralAsset => Gain)) private _gains;

    constructor(
        address owner_,
        ILendingPool pool_,
        address debtAsset_,
        address[] memory collateralAssets_,
        StabilityRules memory rules_
    ) Ownable(owner_) {
        uint256 count = collateralAssets_.length;
        require(count != 0 && count <= MAXIMUM_COLLATERALS, CollateralCountOutOfRange(count, MAXIMUM_COLLATERALS));
        pool_.unit(debtAsset_); // reverts for an asset that is not listed
        pool = pool_;
        debtAsset = debtAsset_;
        for (uint256 i = 0; i < count; ++i) {
            address asset = collateralAssets_[i];
            pool_.unit(asset);
            require(asset != debtAsset_, CollateralIsDebtAsset(asset));
            require(!_isCollateral[asset], DuplicateCollateral(asset));
            _isCollateral[asset] = true;
        }
        _collateralAssets = collateralAssets_;
        _setRules(rules_);
    }

    // --------------------------------------------------------------------------------------------------------- verbs

    /// @inheritdoc IStabilityPoolLiquidation
    function deposit(uint256 assets) external nonReentrant {
        require(assets != 0, ZeroAmount());
        _settle(msg.sender);

        _depositors[msg.sender].deposit += assets * 1e18;
        totalDeposits += assets;

        emit Deposited(msg.sender, assets, totalDeposits);
        IERC20(debtAsset).safeTransferFrom(msg.sender, address(this), assets);
    }

    /// @inheritdoc IStabilityPoolLiquidation
    function withdraw(uint256 assets) external nonReentrant returns (uint256 withdrawn) {
        require(assets != 0, ZeroAmount());
        _settle(msg.sender);

        withdrawn = Math.min(assets, _depositors[msg.sender].deposit / 1e18);

        _depositors[msg.sender].deposit -= withdrawn * 1e18;
        totalDeposits -= withdrawn;

        emit DepositWithdrawn(msg.sender, withdrawn, totalDeposits);
        IERC20(debtAsset).safeTransfer(msg.sender, withdrawn);
    }

    /// @inheritdoc IStabilityPoolLiquidation
    function claim(address collateralAsset) external nonReentrant returns (uint256 claimed) {
        require(_isCollateral[collateralAsset], UnknownCollateral(collateralAsset));
        _settle(msg.sender);
        Gain storage gain = _gains[msg.sender][collateralAsset];

        claimed = gain.settled / 1e18;

        gain.settled -= claimed * 1e18;

        emit GainClaimed(msg.sender, collateralAsset, claimed);
        IERC20(collateralAsset).safeTransfer(msg.sender, claimed);
    }

    /// @inheritdoc IStabilityPoolLiquidation
    function liquidate(address borrower, address collateralAsset)
        external
        nonReentrant
        returns (uint256 debt, uint256 collateral, uint256 compensation)
    {
        require(_isCollateral[collateralAsset], UnknownCollateral(collateralAsset));
        (uint256 collateralValue,, uint256 thresholdValue, uint256 debtValue) = pool.position(borrower);
        Terms memory terms =
            _terms(borrower, collateralAsset, collateralValue, _healthFactor(thresholdValue, debtValue));
        _requireLiquidatable(terms, borrower, collateralAsset);
        (debt, collateral, compensation) = (terms.debt, terms.collateral, terms.compensation);

        _offset(collateralAsset, debt, collateral - compensation);

        emit DebtOffset(borrower, collateralAsset, debt, collateral - compensation, totalDeposits);
        emit ILiquidationModule.Liquidated(
            borrower, debtAsset, collateralAsset, msg.sender, debt, collateral, 0, terms.healthFactor
        );
        IERC20(debtAsset).forceApprove(address(pool), debt);
        pool.seize(
            ILendingPool.Seizure({
                borrower: borrower,
                debtAsset: debtAsset,
                debtAssets: debt,
                writtenOffAssets: 0,
                collateralAsset: collateralAsset,
                collateralAssets: collateral,
                protocolAssets: 0,
                recipient: address(this)
            })
        );
        IERC20(collateralAsset).safeTransfer(msg.sender, compensation);
    }

    /// @inheritdoc IStabilityPoolLiquidation
    function setStabilityRules(StabilityRules calldata rules_) external onlyOwner {
        _setRules(rules_);
    }

    // --------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IStabilityPoolLiquidation
    function liquidatable(address borrower, address collateralAsset)
        external
        view
        returns (uint256 debt, uint256 collateral, uint256 compensation)
    {
        if (!_isCollateral[collateralAsset]) return (0, 0, 0);
        try pool.position(borrower) returns (
            uint256 collateralValue, uint256, uint256 thresholdValue, uint256 debtValue
        ) {
            Terms memory terms = _terms(
                borrower, collateralAsset, collateralValue, _healthFactor(thresholdValue, debtValue)
            );
            return (terms.debt, terms.collateral, terms.compensation);
        } catch {
            // A price that the oracle does not trust: nobody can be liquidated now.
        }
    }

    /// @inheritdoc IStabilityPoolLiquidation
    function compoundedDeposit(address account) external view returns (uint256) {
        return _compounded(_depositors[account]) / 1e18;
    }

    /// @inheritdoc IStabilityPoolLiquidation
    function pendingGain(address account, address collateralAsset) external view returns (uint256) {
        Gain memory gain = _gains[account][collateralAsset];
        return (gain.settled + _gainSince(_depositors[account], collateralAsset, gain.sum)) / 1e18;
    }

    /// @inheritdoc IStabilityPoolLiquidation
    function stabilityRules() external view returns (StabilityRules memory) {
        return _rules;
    }

    /// @inheritdoc IStabilityPoolLiquidation
    function collateralAssets() external view returns (address[] memory) {
        return _collateralAssets;
    }

    // ------------------------------------------------------------------------------------------------- product and sum

    /// @dev Every share of the deposits pays the same part of `debt` and receives the same part of `gain`.
    function _offset(address collateralAsset, uint256 debt, uint256 gain) private {
        uint256 deposits = totalDeposits;
        uint256 product_ = product;

        // With the product before the offset: the gain belongs to those who paid.
        sum[collateralAsset][epoch][scale] += gain.mulDiv(product_, deposits);
        totalDeposits = deposits - debt;
        if (debt == deposits) {
            (product, scale, epoch) = (FIRST_PRODUCT, 0, epoch + 1);
            return;
        }

        uint256 reduced = product_.mulDiv(deposits - debt, deposits);
        while (reduced < LEAST_PRODUCT) {
            // Multiplied before the division, so that no digit is lost.
            product_ *= SCALE_FACTOR;
            scale += 1;
            reduced = product_.mulDiv(deposits - debt, deposits);
        }
        product = reduced;
    }

    /// @dev Bring deposit and gains of `account` up to now.
    function _settle(address account) private {
        Depositor memory depositor = _depositors[account];
        for (uint256 i = 0; i < _collateralAssets.length; ++i) {
            address asset = _collateralAssets[i];
            Gain storage gain = _gains[account][asset];
            gain.settled += _gainSince(depositor, asset, gain.sum);
            gain.sum = sum[asset][epoch][scale];
        }
        _depositors[account] = Depositor(_compounded(depositor), product, scale, epoch);
    }

    /// @dev Scaled by 1e18.
    function _compounded(Depositor memory depositor) private view returns (uint256) {
        if (depositor.deposit == 0 || depositor.epoch != epoch) return 0;
        uint256 scales = scale - depositor.scale;
        if (scales > SCALES_COUNTED) return 0;
        return depositor.deposit.mulDiv(product, depositor.product * SCALE_FACTOR ** scales);
    }

    /// @dev Scaled by 1e18.
    function _gainSince(Depositor memory depositor, address asset, uint256 sumThen) private view returns (uint256) {
        if (depositor.deposit == 0) return 0;
        mapping(uint256 scale => uint256) storage sums = sum[asset][depositor.epoch];
        uint256 grown = sums[depositor.scale] - sumThen;
        for (uint256 later = 1; later <= SCALES_COUNTED; ++later) {
            grown += sums[depositor.scale + later] / SCALE_FACTOR ** later;
        }
        return depositor.deposit.mulDiv(grown, depositor.product);
    }

    // --------------------------------------------------------------------------------------------------------- rules

    function _setRules(StabilityRules memory rules_) private {
        (uint256 share, uint256 minimum) = (rules_.gasCompensation, rules_.minimumCollateralRatio);
        require(share <= MAXIMUM_GAS_COMPENSATION, GasCompensationTooHigh(share, MAXIMUM_GAS_COMPENSATION));
        require(minimum <= 1e18, MinimumCollateralRatioTooHigh(minimum));

        _rules = rules_;
        emit StabilityRulesSet(share, minimum);
    }

    function _terms(address borrower, address collateralAsset, uint256 collateralValue, uint256 healthFactor)
        private
        view
        returns (Terms memory terms)
    {
        terms.healthFactor = healthFactor;
        if (healthFactor >= LIQUIDATION_HEALTH_FACTOR) return terms;
        terms.owed = pool.borrowBalance(debtAsset, borrower);
        (, uint256 threshold) = pool.marginModel().margin(collateralAsset, borrower);
        // What is supplied, but not as collateral, is not for debts.
        terms.held = threshold == 0 ? 0 : pool.supplyBalance(collateralAsset, borrower);
        if (terms.owed == 0 || terms.held == 0) return terms;

        uint256 debtValue = _value(debtAsset, terms.owed, Math.Rounding.Ceil);
        terms.collateralRatio = collateralValue.divWadDown(debtValue);
        if (terms.collateralRatio < _rules.minimumCollateralRatio) return terms;

        uint256 available = Math.min(totalDeposits, pool.seizable(debtAsset, collateralAsset));
        uint256 factor = 1e18 + pool.marginModel().liquidationBonus(collateralAsset);
        (terms.debt, terms.collateral) = collateralValue * 1e18 >= debtValue * factor
            ? _coveredAmounts(terms, collateralAsset, available, factor)
            : _sharedAmounts(terms, collateralAsset, available, collateralValue);
        // Too little to buy one unit of collateral.
        if (terms.collateral == 0) terms.debt = 0;
        terms.compensation = terms.collateral.mulWadDown(_rules.gasCompensation);
    }

    /// @dev Case 1: at the oracle's price with the bonus, rounded as in `ISpreadLiquidation`.
    function _coveredAmounts(Terms memory terms, address collateralAsset, uint256 available, uint256 factor)
        private
        view
        returns (uint256 debt, uint256 collateral)
    {
        (uint256 debtPrice,) = pool.oracle().price(debtAsset);
        (uint256 collateralPrice,) = pool.oracle().price(collateralAsset);
        uint256 numerator = debtPrice * pool.unit(collateralAsset) * factor;
        uint256 denominator = collateralPrice * pool.unit(debtAsset) * 1e18;

        uint256 clearing = terms.held.mulDiv(denominator, numerator, Math.Rounding.Ceil);
        debt = Math.min(Math.min(terms.owed, clearing), available);
        collateral = Math.min(terms.held, debt.mulDiv(numerator, denominator));
    }

    /// @dev Case 2: this collateral pays its part of the debt, and all of it goes when all of that part is paid.
    function _sharedAmounts(Terms memory terms, address collateralAsset, uint256 available, uint256 collateralValue)
        private
        view
        returns (uint256 debt, uint256 collateral)
    {
        uint256 part = terms.owed;
        if (collateralValue != 0) {
            uint256 heldValue = _value(collateralAsset, terms.held, Math.Rounding.Floor);
            part = terms.owed.mulDiv(heldValue, collateralValue, Math.Rounding.Ceil);
        }
        // Worth nothing beside the other collateral.
        if (part == 0) return (0, 0);

        debt = Math.min(part, available);
        collateral = terms.held.mulDiv(debt, part);
    }

    function _requireLiquidatable(Terms memory terms, address borrower, address collateralAsset) private view {
        uint256 minimum = _rules.minimumCollateralRatio;
        uint256 ratio = terms.collateralRatio;
        require(
            terms.healthFactor < LIQUIDATION_HEALTH_FACTOR,
            ILiquidationModule.NotLiquidatable(borrower, terms.healthFactor)
        );
        require(terms.owed != 0, ILiquidationModule.NoDebt(borrower, debtAsset));
        require(terms.held != 0, ILiquidationModule.NoCollateral(borrower, collateralAsset));
        require(ratio >= minimum, CollateralRatioTooLow(borrower, ratio, minimum));
        require(totalDeposits != 0, NoDeposits());
        require(terms.debt != 0, ILiquidationModule.NothingSeizable(debtAsset, collateralAsset));
    }

    function _value(address asset, uint256 assets, Math.Rounding rounding) private view returns (uint256) {
        (uint256 price,) = pool.oracle().price(asset);
        return assets.mulDiv(price, pool.unit(asset), rounding);
    }

    function _healthFactor(uint256 thresholdValue, uint256 debtValue) private pure returns (uint256) {
        return debtValue == 0 ? type(uint256).max : thresholdValue.divWadDown(debtValue);
    }
}
