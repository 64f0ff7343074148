// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title The reading side of a price feed, with Chainlink's signatures
/// @notice A protocol written against Chainlink reads our feeds without change.
interface AggregatorV3Interface {
    /// @notice Decimal places of `answer`.
    function decimals() external view returns (uint8);

    /// @notice What is priced, for people: "WETH / USD".
    function description() external view returns (string memory);

    /// @notice Version of the feed contract.
    function version() external view returns (uint256);

    /// @notice One past round.
    /// @param roundId Round asked for.
    /// @return id The round.
    /// @return answer Price with `decimals()` decimal places.
    /// @return startedAt Timestamp of the round's start, seconds.
    /// @return updatedAt Timestamp of the answer, seconds.
    /// @return answeredInRound Round in which the answer was computed.
    function getRoundData(uint80 roundId)
        external
        view
        returns (uint80 id, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);

    /// @notice The newest round, in the same form as `getRoundData`.
    function latestRoundData()
        external
        view
        returns (uint80 id, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}
