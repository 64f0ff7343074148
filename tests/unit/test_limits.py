from __future__ import annotations

import pytest

from simulator.errors import InputError
from simulator.estimates import Estimate, exact, quantile
from simulator.limits import Judgement, Limit, Verdict, judge, overall

KINDS = {
    "accounts_liquidatable_now": "count",
    **{f"bad_debt_usd.{statistic}": "dollars" for statistic in ("mean", "p95", "p99")},
    **{f"late_share.{statistic}": "share" for statistic in ("mean", "p95", "p99")},
    "amplification.p95": "ratio",
    "bad_debt_usd.probability": "share",
}


def limit(text: str) -> Limit:
    return Limit.parse(text, KINDS)


# Grammar


@pytest.mark.parametrize(
    ("text", "metric", "difference", "operator", "bound"),
    [
        ("bad_debt_usd.p99 <= 250000", "bad_debt_usd.p99", False, "<=", 250_000),
        ("bad_debt_usd.p99<=$250k", "bad_debt_usd.p99", False, "<=", 250_000),
        ("  bad_debt_usd.p99  <  250_000 ", "bad_debt_usd.p99", False, "<", 250_000),
        ("bad_debt_usd.mean < 1,500.5", "bad_debt_usd.mean", False, "<", 1_500.5),
        ("bad_debt_usd.mean < 2.5e6", "bad_debt_usd.mean", False, "<", 2_500_000),
        ("amplification.p95 <= 1.3", "amplification.p95", False, "<=", 1.3),
        ("late_share.mean >= 5%", "late_share.mean", False, ">=", 0.05),
        ("bad_debt_usd.probability > 0.5 %", "bad_debt_usd.probability", False, ">", 0.005),
        ("accounts_liquidatable_now == 0", "accounts_liquidatable_now", False, "==", 0),
        ("difference.bad_debt_usd.mean <= $0.1M", "bad_debt_usd.mean", True, "<=", 100_000),
        ("difference.late_share.mean > -2%", "late_share.mean", True, ">", -0.02),
    ],
)
def test_limit_is_read(text: str, metric: str, difference: bool, operator: str, bound: float) -> None:
    assert limit(text) == Limit(text.strip(), metric, difference, operator, pytest.approx(bound))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "rule", "remedy"),
    [
        ("bad_debt_usd.p99", "must read METRIC OPERATOR NUMBER", "For example bad_debt_usd.p99 <= "),
        ("<= 5", "must read METRIC OPERATOR NUMBER", "For example"),
        ("bad_debt_usd.p99 = 5", "= is no operator of limits", "Choose one of <= < >= > =="),
        ("bad_debt_usd.p99 != 5", "!= is no operator of limits", "Choose one of"),
        ("bad_debt_usd.p99 =< 5", "=< is no operator of limits", "Choose one of"),
        ("bad_debt.p99 <= 5", "there is no metric bad_debt.p99", "Perhaps bad_debt_usd.p99"),
        ("bad_debt_usd.p90 <= 5", "there is no metric bad_debt_usd.p90", "Perhaps bad_debt_usd.p9"),
        (
            "late_share <= 5%",
            "there is no metric late_share",
            "Perhaps late_share.mean, late_share.p95, late_share.p99",
        ),
        ("difference.late <= 5%", "there is no metric late", "late_share.mean"),
        ("qqq == 5", "there is no metric qqq", "There are accounts_liquidatable_now, amplification.p95"),
        ("amplification.p95 <= nan", "nan is no finite number", "Write 250000, $250k or 5%"),
        ("amplification.p95 <= inf", "inf is no finite number", "Write"),
        ("amplification.p95 <= 1e999", "1e999 is no finite number", "Write"),
        ("amplification.p95 <=", "nothing is no finite number", "Write"),
        ("amplification.p95 <= 250k", "250k is no finite number", "Write"),
        ("amplification.p95 <= 1 and more", "1 and more is no finite number", "Write"),
        ("bad_debt_usd.p99 <= 5%", "5% is in another unit than the metric, dollars ($250k)", "Write it in that"),
        ("late_share.mean <= $5", "$5 is in another unit than the metric, a share (5%)", "Write it in that"),
        ("amplification.p95 <= 130%", "130% is in another unit than the metric, a ratio (1.3)", "Write it in that"),
        ("late_share.mean <= 5", "5 is more than the whole of a share", "Write 5% if that is meant"),
    ],
)
def test_what_is_no_limit_is_refused_with_a_remedy(text: str, rule: str, remedy: str) -> None:
    with pytest.raises(InputError) as refused:
        limit(text)
    assert text in refused.value.value
    assert refused.value.rule == rule
    assert remedy in refused.value.remedy


def test_limit_knows_its_statistic() -> None:
    found = limit("difference.bad_debt_usd.p99 <= 5").statistic
    assert found is not None
    assert found.label_of("dollars") == "VaR 99 %"
    assert limit("accounts_liquidatable_now == 0").statistic is None


# Verdicts

ACROSS = Estimate(5.0, 4.0, 6.0, 100)
NO_HIGH, NO_LOW = Estimate(5.0, 4.0, None, 100), Estimate(5.0, None, 6.0, 100)


@pytest.mark.parametrize(
    ("operator", "bound", "estimate", "verdict"),
    [
        *(("<=", bound, ACROSS, verdict) for bound, verdict in ((6, "pass"), (5.9, "undecided"), (4, "undecided"))),
        *(("<", bound, ACROSS, verdict) for bound, verdict in ((6.1, "pass"), (6, "undecided"), (4, "fail"))),
        *((">=", bound, ACROSS, verdict) for bound, verdict in ((4, "pass"), (4.1, "undecided"), (6, "undecided"))),
        *((">", bound, ACROSS, verdict) for bound, verdict in ((3.9, "pass"), (4, "undecided"), (6, "fail"))),
        *(("==", bound, ACROSS, verdict) for bound, verdict in ((5, "undecided"), (3.9, "fail"), (6.1, "fail"))),
        *(("<=", 3.9, ACROSS, "fail"), (">=", 6.1, ACROSS, "fail")),
        *(("<=", bound, NO_HIGH, verdict) for bound, verdict in ((1e9, "undecided"), (3.9, "fail"))),
        *((">=", bound, NO_HIGH, verdict) for bound, verdict in ((4, "pass"), (4.1, "undecided"))),
        *(("<=", bound, NO_LOW, verdict) for bound, verdict in ((6, "pass"), (-1e9, "undecided"))),
        *((">", bound, NO_LOW, verdict) for bound, verdict in ((6, "fail"), (-1e9, "undecided"))),
        *(("==", bound, exact(5), verdict) for bound, verdict in ((5, "pass"), (4, "fail"))),
        *(("<=", bound, exact(5), verdict) for bound, verdict in ((5, "pass"), (4, "fail"))),
        *(("<", bound, exact(5), verdict) for bound, verdict in ((5.1, "pass"), (5, "fail"))),
        ("<=", 0, Estimate(0.0, 0.0, 0.0, 1_000), "pass"),
    ],
)
def test_verdict(operator: str, bound: float, estimate: Estimate, verdict: Verdict) -> None:
    assert judge(limit(f"bad_debt_usd.mean {operator} {bound:.1f}"), estimate).verdict == verdict


def test_decided_limit_asks_for_nothing() -> None:
    assert judge(limit("bad_debt_usd.mean <= 6"), ACROSS) == Judgement("pass", None, "")
    assert judge(limit("bad_debt_usd.mean <= 3"), ACROSS) == Judgement("fail", None, "")


@pytest.mark.parametrize(
    ("estimate", "reason"),
    [
        (ACROSS, "the limit lies within the interval"),
        (NO_HIGH, "too few runs to bound it from above"),
        (Estimate(5.0, None, None, 100), "too few runs to bound it"),
        (Estimate(4.0, None, 6.0, 100), "too few runs to bound it from below"),
        (Estimate(None, None, None, 0), "no run has this figure"),
    ],
)
def test_undecided_limit_says_why(estimate: Estimate, reason: str) -> None:
    assert judge(limit("bad_debt_usd.mean <= 5.5"), estimate)[::2] == ("undecided", reason)


def test_undecided_limit_of_a_quantile_tells_the_runs_by_its_sample() -> None:
    values = [float(number) for number in range(1, 41)]
    found = judge(limit("bad_debt_usd.p99 <= 1000"), quantile(values, 0.99), values)
    assert found == Judgement("undecided", 299, "too few runs to bound it from above")


def test_undecided_limit_of_a_difference_tells_the_runs_by_its_width() -> None:
    values = [float(number) for number in range(100)]  # of the proposed value: not what is limited
    assert judge(limit("difference.bad_debt_usd.p99 <= 5.5"), ACROSS, values).runs_needed == 400


def test_undecided_exact_figure_tells_no_runs() -> None:
    assert judge(limit("accounts_liquidatable_now == 0"), Estimate(None, None, None, 0)).runs_needed is None


@pytest.mark.parametrize(
    ("verdicts", "verdict"),
    [
        ([], "pass"),
        (["pass", "pass"], "pass"),
        (["pass", "undecided"], "undecided"),
        (["undecided", "fail", "pass"], "fail"),
    ],
)
def test_overall_verdict(verdicts: list[Verdict], verdict: Verdict) -> None:
    assert overall(verdicts) == verdict
