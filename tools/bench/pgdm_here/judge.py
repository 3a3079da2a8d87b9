# SPDX-License-Identifier: GPL-2.0
"""Is a difference there, or is it chance?

The rounds are paired: what was measured under a policy is divided by what was measured
without the module in the same round. The interval of the median of these ratios is
that of the sign test: from the k-th least to the k-th greatest of them. It assumes
nothing of how the times are distributed. Of n ratios it fails to hold the true
median with the probability 2 * P(B < k), B binomial with n and 1/2.

There is a verdict where the interval excludes 1, at a level at which all comparisons of
a result together are right with 95 %: 5 % are divided by their number.
"""

from math import comb

from pgdm_report.measures import spread

ALPHA = 0.05

MORE, LESS, EVEN, FEW = "more", "less", "no difference seen", "too few rounds"


def tail(rounds, k):
    """P(B < k)."""
    return sum(comb(rounds, i) for i in range(k)) / 2**rounds


def rank(rounds, alpha):
    """The greatest k of which the interval is wrong with at most alpha; 0: none is."""
    k = 0
    while k < rounds // 2 and 2 * tail(rounds, k + 1) <= alpha:
        k += 1
    return k


def rounds_needed(comparisons):
    """How many rounds give an interval at all."""
    rounds = 1
    while not rank(rounds, ALPHA / comparisons):
        rounds += 1
    return rounds


def judge(ratios, comparisons):
    """The ratios of paired rounds: their median and range, the interval, and a verdict.

    @comparisons: in how many at once none shall be wrong.
    """
    ordered = sorted(ratios)
    k = rank(len(ordered), ALPHA / comparisons)
    found = {**spread(ordered), "low": None, "high": None, "verdict": FEW}
    if not k:
        return found
    low, high = ordered[k - 1], ordered[-k]
    verdict = MORE if low > 1 else LESS if high < 1 else EVEN
    return {**found, "low": low, "high": high, "verdict": verdict}
