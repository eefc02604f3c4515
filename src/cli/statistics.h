// How well a score tells those who came to the outcome from those who did not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/decimal.h"

namespace baton::cli {

/// One person: the score just before the outcome, and whether it came. Not a bool: see STYLE.
enum class Came : std::uint8_t { no, yes };
struct Scored {
    Decimal score;
    Came came = Came::no;
};

/// A fifth, tenth … of the people, best scores first; equal scores stay together, so sizes differ.
struct Bin {
    Decimal from, to;  ///< highest and lowest score in it
    std::int64_t n = 0, positives = 0;
};

struct Evaluation {
    std::int64_t n = 0, positives = 0, left_out = 0;
    /// Chance that somebody with the outcome scored higher than somebody without, ties half (Mann and Whitney 1947). In
    /// millionths; none when one of the two groups is empty.
    std::optional<std::int64_t> auc_millionths;
    /// Share of outcomes among the best-scored 20 %, against the share among all; a tie at the border counts in proportion.
    std::optional<std::int64_t> lift_20_millionths;
    std::vector<Bin> calibration;
};
Evaluation evaluate(std::vector<Scored> people, std::int64_t left_out, int bins = 10);

/// The q-th of n-tiles of sorted values by linear interpolation (Hyndman and Fan type 7); `values` not empty.
std::int64_t quantile(const std::vector<std::int64_t>& sorted, std::int64_t numerator, std::int64_t denominator);

/// 862345 → "0.862345"
std::string millionths(std::int64_t value);

}  // namespace baton::cli
