// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IFlashLoanReceiver} from "../interfaces/IFlashLoanReceiver.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {IMarginModel} from "../interfaces/IMarginModel.sol";
import {IPoolGuard} from "../interfaces/IPoolGuard.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {SharesMath} from "../libraries/SharesMath.sol";
import {WadMath} from "../libraries/WadMath.sol";

/// @title Lending pool of cross-margined accounts
contract LendingPool is ILendingPool, Ownable2Step, ReentrancyGuardTransient {
    using Math for uint256;
    using SafeERC20 for IERC20;
    using SharesMath for uint256;
    using WadMath for uint256;

    struct Asset {
        AssetState state;
        AssetConfiguration configuration;
        uint256 unit; // not zero exactly when the asset is listed
        uint256 flag; // the bit that stands for the asset in an account's sets
    }

    struct Position {
        uint256 collateralValue;
        uint256 borrowLimit;
        uint256 thresholdValue;
        uint256 debtValue;
    }

    /// @notice Most assets that can be listed: bounds the cost of valuing an account.
    uint256 public constant MAXIMUM_ASSETS = 32;

    /// @notice Highest fee on flash loans, scaled by 1e18.
    uint256 public constant MAXIMUM_FLASH_LOAN_FEE = 0.05e18;

    /// @inheritdoc ILendingPool
    address public immutable treasury;

    /// @inheritdoc ILendingPool
    IPriceOracle public oracle;

    /// @inheritdoc ILendingPool
    IMarginModel public marginModel;

    /// @inheritdoc ILendingPool
    address public liquidationModule;

    /// @inheritdoc ILendingPool
    IPoolGuard public guard;

    /// @inheritdoc ILendingPool
    uint256 public flashLoanFee;

    /// @inheritdoc ILendingPool
    mapping(address asset => mapping(address account => uint256)) public supplyShares;

    /// @inheritdoc ILendingPool
    mapping(address asset => mapping(address account => uint256)) public borrowShares;

    address[] private _assetList;
    mapping(address asset => Asset) private _assets;

    // Sets of assets, a bit each at the index in `_assetList`: an account's value is read from these assets only.
    mapping(address account => uint256) private _suppliedAssets;
    mapping(address account => uint256) private _borrowedAssets;

    constructor(address owner_, address treasury_) Ownable(owner_) {
        require(treasury_ != address(0), ZeroAddress());
        treasury = treasury_;
    }

    // ---------------------------------------------------------------------------------------------------- governance

    /// @inheritdoc ILendingPool
    function listAsset(address asset, AssetConfiguration calldata configuration_) external onlyOwner {
        uint256 index = _assetList.length;
        require(_assets[asset].unit == 0, AssetAlreadyListed(asset));
        require(index < MAXIMUM_ASSETS, TooManyAssets(MAXIMUM_ASSETS));

        _assetList.push(asset);
        _assets[asset].unit = 10 ** IERC20Metadata(asset).decimals();
        _assets[asset].flag = 1 << index;
        _assets[asset].state.accruedAt = block.timestamp;
        emit AssetListed(asset, _assets[asset].unit);
        _configure(asset, configuration_);
    }

    /// @inheritdoc ILendingPool
    function configureAsset(address asset, AssetConfiguration calldata configuration_) external onlyOwner {
        _accrue(asset);
        _configure(asset, configuration_);
    }

    /// @inheritdoc ILendingPool
    function setOracle(IPriceOracle oracle_) external onlyOwner {
        require(address(oracle_) != address(0), ZeroAddress());
        oracle = oracle_;
        emit OracleSet(address(oracle_));
    }

    /// @inheritdoc ILendingPool
    function setMarginModel(IMarginModel marginModel_) external onlyOwner {
        require(address(marginModel_) != address(0), ZeroAddress());
        marginModel = marginModel_;
        emit MarginModelSet(address(marginModel_));
    }

    /// @inheritdoc ILendingPool
    function setLiquidationModule(address liquidationModule_) external onlyOwner {
        // Zero is allowed: it stops liquidation.
        liquidationModule = liquidationModule_;
        emit LiquidationModuleSet(liquidationModule_);
    }

    /// @inheritdoc ILendingPool
    function setGuard(IPoolGuard guard_) external onlyOwner {
        guard = guard_;
        emit GuardSet(address(guard_));
    }

    /// @inheritdoc ILendingPool
    function setFlashLoanFee(uint256 flashLoanFee_) external onlyOwner {
        require(flashLoanFee_ <= MAXIMUM_FLASH_LOAN_FEE, FlashLoanFeeTooHigh(flashLoanFee_));
        flashLoanFee = flashLoanFee_;
        emit FlashLoanFeeSet(flashLoanFee_);
    }

    // --------------------------------------------------------------------------------------------------------- verbs

    /// @inheritdoc ILendingPool
    function supply(address asset, uint256 assets, address account) external nonReentrant returns (uint256 shares) {
        require(assets != 0, ZeroAmount());
        require(account != address(0), ZeroAddress());
        _accrue(asset);
        AssetState storage state = _assets[asset].state;

        shares = assets.toSharesDown(state.totalSupplyAssets, state.totalSupplyShares);
        require(shares != 0, ZeroAmount());

        state.totalSupplyAssets += assets;
        _creditSupply(asset, account, shares);

        uint256 cap = _assets[asset].configuration.supplyCap;
        require(state.totalSupplyAssets <= cap, SupplyCapExceeded(asset, state.totalSupplyAssets, cap));

        emit Supplied(asset, account, msg.sender, assets, shares);
        IERC20(asset).safeTransferFrom(msg.sender, address(this), assets);
    }

    /// @inheritdoc ILendingPool
    function withdraw(address asset, uint256 assets, address recipient)
        external
        nonReentrant
        returns (uint256 withdrawn)
    {
        require(assets != 0, ZeroAmount());
        require(recipient != address(0), ZeroAddress());
        _accrue(asset);
        AssetState storage state = _assets[asset].state;

        uint256 held = supplyShares[asset][msg.sender];
        uint256 shares;
        if (assets == type(uint256).max) {
            (withdrawn, shares) = (held.toAssetsDown(state.totalSupplyAssets, state.totalSupplyShares), held);
        } else {
            (withdrawn, shares) = (assets, assets.toSharesUp(state.totalSupplyAssets, state.totalSupplyShares));
        }
        require(shares <= held, InsufficientSupply(asset, msg.sender, shares, held));
        _requireLiquidity(asset, withdrawn);

        state.totalSupplyAssets -= withdrawn;
        _debitSupply(asset, msg.sender, shares);

        if (_borrowedAssets[msg.sender] != 0) _requireCollateral(msg.sender);

        emit Withdrawn(asset, msg.sender, recipient, withdrawn, shares);
        IERC20(asset).safeTransfer(recipient, withdrawn);
    }

    /// @inheritdoc ILendingPool
    function borrow(address asset, uint256 assets, address recipient) external nonReentrant returns (uint256 shares) {
        require(assets != 0, ZeroAmount());
        require(recipient != address(0), ZeroAddress());
        _accrue(asset);
        if (address(guard) != address(0)) guard.onBorrow(asset, msg.sender, assets);
        _requireLiquidity(asset, assets);
        AssetState storage state = _assets[asset].state;

        shares = assets.toSharesUp(state.totalBorrowAssets, state.totalBorrowShares);

        state.totalBorrowAssets += assets;
        state.totalBorrowShares += shares;
        borrowShares[asset][msg.sender] += shares;
        _borrowedAssets[msg.sender] |= _assets[asset].flag;

        uint256 cap = _assets[asset].configuration.borrowCap;
        require(state.totalBorrowAssets <= cap, BorrowCapExceeded(asset, state.totalBorrowAssets, cap));
        _requireCollateral(msg.sender);

        emit Borrowed(asset, msg.sender, recipient, assets, shares);
        IERC20(asset).safeTransfer(recipient, assets);
    }

    /// @inheritdoc ILendingPool
    function repay(address asset, uint256 assets, address account) external nonReentrant returns (uint256 repaid) {
        require(assets != 0, ZeroAmount());
        _accrue(asset);
        uint256 held = borrowShares[asset][account];
        require(held != 0, ZeroAmount());

        repaid = Math.min(assets, _owed(_assets[asset].state, held));

        uint256 shares = _reduceDebt(asset, account, repaid);

        emit Repaid(asset, account, msg.sender, repaid, shares);
        IERC20(asset).safeTransferFrom(msg.sender, address(this), repaid);
    }

    /// @inheritdoc ILendingPool
    function flashLoan(address receiver, address asset, uint256 assets, bytes calldata data) external {
        require(!_reentrancyGuardEntered(), ReentrancyGuardReentrantCall());
        require(assets != 0, ZeroAmount());
        _accrue(asset);
        _requireLiquidity(asset, assets);

        uint256 fee = assets.mulWadUp(flashLoanFee);

        // Before the call: the fee belongs to those who supply now, not to who arrives inside the callback.
        _assets[asset].state.totalSupplyAssets += fee;

        emit FlashLoan(asset, receiver, assets, fee);
        IERC20(asset).safeTransfer(receiver, assets);
        bytes4 answer = IFlashLoanReceiver(receiver).onFlashLoan(msg.sender, asset, assets, fee, data);
        require(answer == IFlashLoanReceiver.onFlashLoan.selector, FlashLoanRefused(receiver));
        IERC20(asset).safeTransferFrom(receiver, address(this), assets + fee);
    }

    /// @inheritdoc ILendingPool
    function accrue(address asset) external nonReentrant {
        _accrue(asset);
    }

    /// @inheritdoc ILendingPool
    function seize(Seizure calldata seizure) external nonReentrant {
        require(msg.sender == liquidationModule, NotLiquidationModule(msg.sender, liquidationModule));
        require(seizure.debtAssets + seizure.writtenOffAssets != 0, ZeroAmount());
        _accrue(seizure.debtAsset);
        _accrue(seizure.collateralAsset);
        if (address(guard) != address(0)) guard.onSeize(seizure);

        _reduceDebt(seizure.debtAsset, seizure.borrower, seizure.debtAssets + seizure.writtenOffAssets);
        _moveCollateral(seizure);

        emit Seized(
            seizure.borrower,
            seizure.debtAsset,
            seizure.collateralAsset,
            seizure.debtAssets,
            seizure.collateralAssets,
            seizure.protocolAssets,
            seizure.recipient
        );
        if (seizure.writtenOffAssets != 0) {
            _recordDeficit(seizure.debtAsset, seizure.borrower, seizure.writtenOffAssets);
        }
        if (!_hasCollateral(seizure.borrower)) _writeOffDebts(seizure.borrower);

        IERC20(seizure.debtAsset).safeTransferFrom(msg.sender, address(this), seizure.debtAssets);
        IERC20(seizure.collateralAsset).safeTransfer(seizure.recipient, seizure.collateralAssets);
    }

    /// @inheritdoc ILendingPool
    function coverDeficit(address asset, uint256 assets) external nonReentrant returns (uint256 covered) {
        require(assets != 0, ZeroAmount());
        _accrue(asset);
        AssetState storage state = _assets[asset].state;
        require(state.deficit != 0, NoDeficit(asset));

        covered = Math.min(assets, state.deficit);

        state.deficit -= covered;

        emit DeficitCovered(asset, msg.sender, covered);
        IERC20(asset).safeTransferFrom(msg.sender, address(this), covered);
    }

    /// @inheritdoc ILendingPool
    function socialiseDeficit(address asset, uint256 assets) external nonReentrant returns (uint256 socialised) {
        require(msg.sender == treasury, NotTreasury(msg.sender, treasury));
        require(assets != 0, ZeroAmount());
        _accrue(asset);
        AssetState storage state = _assets[asset].state;
        require(state.deficit != 0, NoDeficit(asset));

        socialised = Math.min(assets, state.deficit);
        uint256 lossPerShare = socialised.divWadDown(state.totalSupplyAssets);

        state.deficit -= socialised;
        state.totalSupplyAssets -= socialised;

        emit DeficitSocialised(asset, socialised, lossPerShare);
    }

    // --------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc ILendingPool
    function assetList() external view returns (address[] memory) {
        return _assetList;
    }

    /// @inheritdoc ILendingPool
    function assetState(address asset) external view returns (AssetState memory state) {
        (state,,) = _accrued(asset);
    }

    /// @inheritdoc ILendingPool
    function configuration(address asset) external view returns (AssetConfiguration memory) {
        require(_assets[asset].unit != 0, AssetNotListed(asset));
        return _assets[asset].configuration;
    }

    /// @inheritdoc ILendingPool
    function unit(address asset) external view returns (uint256) {
        require(_assets[asset].unit != 0, AssetNotListed(asset));
        return _assets[asset].unit;
    }

    /// @inheritdoc ILendingPool
    function supplyBalance(address asset, address account) external view returns (uint256) {
        uint256 shares = supplyShares[asset][account];
        if (shares == 0) return 0;
        (AssetState memory state,,) = _accrued(asset);
        return shares.toAssetsDown(state.totalSupplyAssets, state.totalSupplyShares);
    }

    /// @inheritdoc ILendingPool
    function borrowBalance(address asset, address account) external view returns (uint256) {
        uint256 shares = borrowShares[asset][account];
        if (shares == 0) return 0;
        (AssetState memory state,,) = _accrued(asset);
        return _owed(state, shares);
    }

    /// @inheritdoc ILendingPool
    function position(address account)
        external
        view
        returns (uint256 collateralValue, uint256 borrowLimit, uint256 thresholdValue, uint256 debtValue)
    {
        Position memory total = _position(account);
        return (total.collateralValue, total.borrowLimit, total.thresholdValue, total.debtValue);
    }

    /// @inheritdoc ILendingPool
    function seizable(address debtAsset, address collateralAsset) external view returns (uint256) {
        if (address(guard) == address(0)) return type(uint256).max;
        return guard.seizable(debtAsset, collateralAsset);
    }

    /// @inheritdoc ILendingPool
    function healthFactor(address account) external view returns (uint256) {
        Position memory total = _position(account);
        if (total.debtValue == 0) return type(uint256).max;
        return total.thresholdValue.divWadDown(total.debtValue);
    }

    // ------------------------------------------------------------------------------------------------------ interest

    function _configure(address asset, AssetConfiguration calldata configuration_) private {
        address model = address(configuration_.interestRateModel);
        uint256 reserveFactor = configuration_.reserveFactor;
        require(model != address(0), ZeroAddress());
        require(reserveFactor <= 1e18, ReserveFactorTooHigh(reserveFactor));

        _assets[asset].configuration = configuration_;
        emit AssetConfigured(asset, model, reserveFactor, configuration_.supplyCap, configuration_.borrowCap);
    }

    function _accrue(address asset) private {
        (AssetState memory state, uint256 interest, uint256 treasuryShares) = _accrued(asset);
        if (state.accruedAt == _assets[asset].state.accruedAt) return;

        AssetState storage stored = _assets[asset].state;
        stored.accruedAt = state.accruedAt;
        if (interest == 0) return;

        stored.totalSupplyAssets = state.totalSupplyAssets;
        stored.totalBorrowAssets = state.totalBorrowAssets;
        if (treasuryShares != 0) _creditSupply(asset, treasury, treasuryShares);
        emit Accrued(asset, interest, treasuryShares);
    }

    /// @dev What `_accrue` stores. Every view goes through here, so that they agree with the next transaction.
    function _accrued(address asset)
        private
        view
        returns (AssetState memory state, uint256 interest, uint256 treasuryShares)
    {
        Asset storage listed = _assets[asset];
        require(listed.unit != 0, AssetNotListed(asset));
        state = listed.state;
        uint256 elapsed = block.timestamp - state.accruedAt;
        if (elapsed == 0) return (state, 0, 0);
        state.accruedAt = block.timestamp;
        if (state.totalBorrowAssets == 0) return (state, 0, 0);

        // The deficit is neither lent nor there: leaving it in would understate how scarce liquidity is.
        uint256 utilisation = state.totalBorrowAssets.divWadDown(state.totalSupplyAssets - state.deficit);
        uint256 rate = listed.configuration.interestRateModel.borrowRate(utilisation);
        interest = state.totalBorrowAssets.mulWadDown(rate.growthWadDown(elapsed));
        state.totalBorrowAssets += interest;
        state.totalSupplyAssets += interest;

        uint256 fee = interest.mulWadDown(listed.configuration.reserveFactor);
        // Priced without the fee, which is what the new shares are to be worth.
        treasuryShares = fee.toSharesDown(state.totalSupplyAssets - fee, state.totalSupplyShares);
        state.totalSupplyShares += treasuryShares;
    }

    // --------------------------------------------------------------------------------------------------------- books

    function _creditSupply(address asset, address account, uint256 shares) private {
        _assets[asset].state.totalSupplyShares += shares;
        supplyShares[asset][account] += shares;
        _suppliedAssets[account] |= _assets[asset].flag;
    }

    function _debitSupply(address asset, address account, uint256 shares) private {
        _assets[asset].state.totalSupplyShares -= shares;
        supplyShares[asset][account] -= shares;
        if (supplyShares[asset][account] == 0) _suppliedAssets[account] &= ~_assets[asset].flag;
    }

    function _reduceDebt(address asset, address account, uint256 assets) private returns (uint256 shares) {
        AssetState storage state = _assets[asset].state;
        uint256 held = borrowShares[asset][account];
        uint256 owed = _owed(state, held);
        require(assets <= owed, RepaysMoreThanDebt(account, assets, owed));

        // Paying all clears all: rounding must leave no debt that is worth nothing.
        shares = assets == owed ? held : assets.toSharesDown(state.totalBorrowAssets, state.totalBorrowShares);

        state.totalBorrowAssets -= assets;
        state.totalBorrowShares -= shares;
        borrowShares[asset][account] = held - shares;
        if (shares == held) _borrowedAssets[account] &= ~_assets[asset].flag;
    }

    function _moveCollateral(Seizure calldata seizure) private {
        address asset = seizure.collateralAsset;
        AssetState storage state = _assets[asset].state;
        uint256 assets = seizure.collateralAssets + seizure.protocolAssets;
        uint256 shares = supplyShares[asset][seizure.borrower];
        uint256 held = shares.toAssetsDown(state.totalSupplyAssets, state.totalSupplyShares);
        require(assets <= held, SeizesMoreThanCollateral(seizure.borrower, assets, held));
        _requireLiquidity(asset, seizure.collateralAssets);

        uint256 treasuryShares = seizure.protocolAssets.toSharesDown(state.totalSupplyAssets, state.totalSupplyShares);
        // Taking all takes the rounding too, or its rest would stand in the way of recording a deficit.
        if (assets != held) shares = assets.toSharesUp(state.totalSupplyAssets, state.totalSupplyShares);

        state.totalSupplyAssets -= seizure.collateralAssets;
        _debitSupply(asset, seizure.borrower, shares);
        if (treasuryShares != 0) _creditSupply(asset, treasury, treasuryShares);
    }

    function _writeOffDebts(address account) private {
        uint256 borrowed = _borrowedAssets[account];
        for (uint256 index = 0; borrowed >> index != 0; ++index) {
            if ((borrowed >> index) & 1 == 0) continue;

            address asset = _assetList[index];
            _accrue(asset);
            uint256 owed = _owed(_assets[asset].state, borrowShares[asset][account]);

            _reduceDebt(asset, account, owed);
            _recordDeficit(asset, account, owed);
        }
    }

    function _recordDeficit(address asset, address account, uint256 assets) private {
        _assets[asset].state.deficit += assets;
        emit DeficitRecorded(asset, account, assets);
    }

    /// @dev Rounded up, but never above the total: the last borrower must be able to leave, and the books to balance.
    function _owed(AssetState memory state, uint256 shares) private pure returns (uint256) {
        return Math.min(shares.toAssetsUp(state.totalBorrowAssets, state.totalBorrowShares), state.totalBorrowAssets);
    }

    // ---------------------------------------------------------------------------------------------------- conditions

    function _requireLiquidity(address asset, uint256 assets) private view {
        AssetState storage state = _assets[asset].state;
        uint256 available = state.totalSupplyAssets - state.totalBorrowAssets - state.deficit;
        require(assets <= available, InsufficientLiquidity(asset, assets, available));
    }

    function _requireCollateral(address account) private view {
        Position memory total = _position(account);
        require(
            total.debtValue <= total.borrowLimit, InsufficientCollateral(account, total.debtValue, total.borrowLimit)
        );
    }

    function _hasCollateral(address account) private view returns (bool) {
        uint256 supplied = _suppliedAssets[account];
        for (uint256 index = 0; supplied >> index != 0; ++index) {
            if ((supplied >> index) & 1 == 0) continue;

            address asset = _assetList[index];
            (, uint256 threshold) = marginModel.margin(asset, account);
            if (threshold == 0) continue;

            (AssetState memory state,,) = _accrued(asset);
            uint256 shares = supplyShares[asset][account];
            if (shares.toAssetsDown(state.totalSupplyAssets, state.totalSupplyShares) != 0) return true;
        }
        return false;
    }

    function _position(address account) private view returns (Position memory total) {
        uint256 held = _suppliedAssets[account] | _borrowedAssets[account];
        for (uint256 index = 0; held >> index != 0; ++index) {
            if ((held >> index) & 1 != 0) _addAsset(total, _assetList[index], account);
        }
    }

    function _addAsset(Position memory total, address asset, address account) private view {
        uint256 supplied = supplyShares[asset][account];
        uint256 borrowed = borrowShares[asset][account];
        (uint256 loanToValue, uint256 threshold) = marginModel.margin(asset, account);
        // Neither debt nor collateral: its price must not be needed.
        if (borrowed == 0 && threshold == 0) return;

        (AssetState memory state,,) = _accrued(asset);
        (uint256 price,) = oracle.price(asset);
        uint256 unit_ = _assets[asset].unit;
        if (borrowed != 0) {
            total.debtValue += _owed(state, borrowed).mulDiv(price, unit_, Math.Rounding.Ceil);
        }
        if (supplied != 0 && threshold != 0) {
            uint256 assets = supplied.toAssetsDown(state.totalSupplyAssets, state.totalSupplyShares);
            uint256 value = assets.mulDiv(price, unit_);
            total.collateralValue += value;
            total.borrowLimit += value.mulWadDown(loanToValue);
            total.thresholdValue += value.mulWadDown(threshold);
        }
    }
}
