#include "domain/engine/scoring.h"

#include <algorithm>
#include <limits>

#include "domain/engine/features.h"
#include "domain/playbook/decay.h"

namespace baton::engine {
namespace {

using playbook::Compiled;
using playbook::CompiledScore;
using playbook::DecayKind;
using playbook::half_life_limit;
using playbook::ScoreKind;
using Wide = __int128;

constexpr std::int64_t inactivity_steps_limit = 1000;

Decimal times(Decimal points, std::int64_t n) {
    const Wide value = static_cast<Wide>(points.micros) * n;
    constexpr std::int64_t top = std::numeric_limits<std::int64_t>::max();
    if (value > top) return {top};
    if (value < -static_cast<Wide>(top)) return {-top};
    return {static_cast<std::int64_t>(value)};
}

bool keeps_entries(const playbook::CompiledScoreRule& rule) {
    return rule.decay.kind != DecayKind::none || !rule.once_per.empty();
}

/// One entry's points.
Decimal worth(const playbook::CompiledScoreRule& rule, Instant occurred_at, Instant at) {
    const std::int64_t age = std::max<std::int64_t>(0, whole_days(occurred_at, at));
    if (static_cast<std::size_t>(age) < rule.worth.size()) return rule.worth[static_cast<std::size_t>(age)];
    return playbook::decayed(rule.points, rule.decay, age);
}

Decimal clamp(Decimal value, const CompiledScore& score) {
    if (score.cap && value > *score.cap) value = *score.cap;
    if (score.floor && value < *score.floor) value = *score.floor;
    return value;
}

/// Calls `each(rule, row, entries)` for the rows that feed the score. Rows and entries are ascending by rule, so groups
/// come one after the other and one pass over both finds which entries are whose.
template <class Each>
void for_rows(const Compiled& playbook, const Features& features, ScoreIndex score, Each each) {
    const ScoreEntry* from = features.entries().data();
    const ScoreEntry* const end = from + features.entries().size();
    for (const RuleEntries& row : features.rules()) {
        const ScoreEntry* to = from;
        while (to != end && to->rule == row.rule) ++to;
        const auto& rule = playbook.score_rules[row.rule.value];
        if (rule.score == score) each(rule, row, std::span(from, to));
        from = to;
    }
}

/// The newest entry of the score, over all its rules.
std::optional<Instant> last_entry(const Compiled& playbook, const Features& features, ScoreIndex score) {
    std::optional<Instant> last;
    for_rows(playbook, features, score, [&](const auto&, const RuleEntries& row, const auto&) {
        if (row.count > 0 && (!last || row.last > *last)) last = row.last;
    });
    return last;
}

std::int64_t inactivity_steps(const playbook::Inactivity& rule, Instant last, Instant now) {
    const std::int64_t over = (now - last).us - Duration::days(rule.after_days).us;
    if (over < 0) return 0;
    if (rule.every_days == 0) return 1;
    return std::min(inactivity_steps_limit, 1 + over / Duration::days(rule.every_days).us);
}

Decimal after_inactivity(const CompiledScore& score, std::optional<Instant> last, Decimal value, Instant now) {
    if (!score.inactivity || !last) return value;
    const std::int64_t steps = inactivity_steps(*score.inactivity, *last, now);
    if (steps == 0) return value;
    const Decimal lowered = sum(value, times(score.inactivity->points, steps));
    const Decimal zero{};
    return lowered < zero ? std::min(value, zero) : lowered;
}

Decimal behaviour_score(const Compiled& playbook, ScoreIndex index, const Features& features, Instant at) {
    const CompiledScore& score = playbook.scores[index.value];
    Decimal value;
    Decimal part;
    std::size_t group = 0;
    std::optional<Instant> last;
    for_rows(playbook, features, index, [&](const auto& rule, const RuleEntries& row, const auto& entries) {
        if (rule.group != group) {
            value = sum(value, cut(part, score.groups[group].cap));
            part = {};
            group = rule.group;
        }
        part = sum(part, rule_points(rule, row, entries, at));
        if (row.count > 0 && (!last || row.last > *last)) last = row.last;
    });
    if (!score.groups.empty()) value = sum(value, cut(part, score.groups[group].cap));
    return clamp(after_inactivity(score, last, value, at), score);
}

/// The entry's next step down (or up, for negatives) after `at`.
Instant entry_changes_after(const playbook::Decay& decay, Instant occurred_at, Instant at) {
    const std::int64_t age = whole_days(occurred_at, at);
    switch (decay.kind) {
        case DecayKind::none: return Instant::never();
        case DecayKind::window: return age < decay.days ? occurred_at + Duration::days(decay.days) : Instant::never();
        case DecayKind::linear: return age < decay.days ? occurred_at + Duration::days(age + 1) : Instant::never();
        case DecayKind::half_life:
            return age < decay.days * half_life_limit ? occurred_at + Duration::days(age + 1) : Instant::never();
    }
    return Instant::never();
}

Instant inactivity_changes_after(const CompiledScore& score, std::optional<Instant> last, Instant at) {
    if (!score.inactivity || !last) return Instant::never();
    const std::int64_t steps = inactivity_steps(*score.inactivity, *last, at);
    if (steps > 0 && (score.inactivity->every_days == 0 || steps >= inactivity_steps_limit)) return Instant::never();
    return *last + Duration::days(score.inactivity->after_days + steps * score.inactivity->every_days);
}

Instant one_score_changes_after(const Compiled& playbook, ScoreIndex index, const Features& features, Instant at) {
    const CompiledScore& score = playbook.scores[index.value];
    if (score.kind != ScoreKind::behaviour) return Instant::never();
    Instant next = inactivity_changes_after(score, last_entry(playbook, features, index), at);
    for_rows(playbook, features, index, [&](const auto& rule, const RuleEntries&, const auto& entries) {
        for (const ScoreEntry& entry : entries)
            next = std::min(next, entry_changes_after(rule.decay, entry.occurred_at, at));
    });
    return next;
}

/// Calls `each` with every score that `index` sums (itself, or all others for a total).
template <class Each>
void for_parts(const Compiled& playbook, ScoreIndex index, Each each) {
    if (playbook.scores[index.value].kind != ScoreKind::total) return each(index);
    for (std::uint16_t i = 0; i < playbook.scores.size(); ++i)
        if (playbook.scores[i].kind != ScoreKind::total) each(ScoreIndex{i});
}

/// How long after `at` the score can still move, in days, and when it may rise meanwhile: where a negative entry's window
/// ends. Between these moments it only falls, unless it rises in steps (negatives that fade).
struct Horizon {
    std::int64_t days = 0;
    bool rises_in_steps = false;
    std::vector<Instant> rises;  ///< ascending once collected
};

void widen(Horizon& horizon, const Compiled& playbook, ScoreIndex index, const Features& features, Instant at) {
    const CompiledScore& score = playbook.scores[index.value];
    if (score.kind != ScoreKind::behaviour) return;
    bool any = false;
    for_rows(playbook, features, index, [&](const auto& rule, const RuleEntries& row, const auto& entries) {
        any = any || row.count > 0;
        if (entries.empty() || rule.decay.kind == DecayKind::none) return;
        const std::int64_t lives =
            rule.decay.kind == DecayKind::half_life ? rule.decay.days * half_life_limit : rule.decay.days;
        horizon.days = std::max(horizon.days, lives);
        if (rule.points >= Decimal{}) return;
        if (rule.decay.kind != DecayKind::window) horizon.rises_in_steps = true;
        for (const ScoreEntry& entry : entries)
            if (const Instant end = entry.occurred_at + Duration::days(rule.decay.days); end > at)
                horizon.rises.push_back(end);
    });
    if (!score.inactivity || !any) return;
    horizon.days =
        std::max(horizon.days, score.inactivity->after_days + score.inactivity->every_days * inactivity_steps_limit);
    if (score.inactivity->points > Decimal{}) horizon.rises_in_steps = true;
}

/// A score that only falls never makes this true again, or never makes it false again.
bool stays(criteria::Comparison op, bool now) {
    switch (op) {
        case criteria::Comparison::greater:
        case criteria::Comparison::greater_equal: return !now;
        case criteria::Comparison::less:
        case criteria::Comparison::less_equal: return now;
        default: return false;
    }
}

bool compare(Decimal a, criteria::Comparison op, Decimal b) {
    switch (op) {
        case criteria::Comparison::less: return a < b;
        case criteria::Comparison::less_equal: return a <= b;
        case criteria::Comparison::greater: return a > b;
        case criteria::Comparison::greater_equal: return a >= b;
        case criteria::Comparison::equal: return a == b;
        case criteria::Comparison::not_equal: return a != b;
    }
    return false;
}

bool ordered(criteria::Comparison op) {
    return op != criteria::Comparison::equal && op != criteria::Comparison::not_equal;
}

}  // namespace

Decimal sum(Decimal a, Decimal b) {
    std::int64_t value = 0;
    if (!__builtin_add_overflow(a.micros, b.micros, &value)) return {value};
    constexpr std::int64_t top = std::numeric_limits<std::int64_t>::max();
    return {a.micros > 0 ? top : -top};
}

Decimal cut(Decimal value, const std::optional<Decimal>& cap) {
    if (!cap) return value;
    return std::clamp(value, Decimal{-cap->micros}, *cap);
}

Decimal rule_points(const playbook::CompiledScoreRule& rule, const RuleEntries& row,
                    std::span<const ScoreEntry> entries, Instant at) {
    if (!keeps_entries(rule)) return cut(times(rule.points, row.count), rule.cap);
    Decimal value;
    for (const ScoreEntry& entry : entries) value = sum(value, worth(rule, entry.occurred_at, at));
    return cut(value, rule.cap);
}

Decimal fit_score(const Compiled& playbook, const CompiledScore& score, const criteria::Inputs& inputs, Instant at) {
    Decimal value;
    for (const auto& group : score.groups) {
        Decimal part;
        for (const ScoreRuleIndex index : group.rules) {
            const auto& rule = playbook.score_rules[index.value];
            if (criteria::judge(rule.when, inputs, at).truth == Truth::yes)
                part = sum(part, cut(rule.points, rule.cap));
        }
        value = sum(value, cut(part, group.cap));
    }
    return clamp(value, score);
}

Decimal score_value(const Compiled& playbook, const Features& features, ScoreIndex index, Instant at) {
    const CompiledScore& score = playbook.scores[index.value];
    if (score.kind == ScoreKind::fit)
        return index.value < features.fit().size() ? features.fit()[index.value] : Decimal{};
    if (score.kind == ScoreKind::behaviour) return behaviour_score(playbook, index, features, at);
    Decimal value;
    for_parts(playbook, index, [&](ScoreIndex part) { value = sum(value, score_value(playbook, features, part, at)); });
    return clamp(value, score);
}

Instant score_changes_after(const Compiled& playbook, const Features& features, ScoreIndex index, Instant at) {
    Instant next = Instant::never();
    for_parts(playbook, index,
              [&](ScoreIndex part) { next = std::min(next, one_score_changes_after(playbook, part, features, at)); });
    return next;
}

Instant comparison_changes_after(const Compiled& playbook, const Features& features, ScoreIndex index,
                                 criteria::Comparison op, Decimal bound, Instant at, Search search) {
    if (search.value_now && ordered(op) && !playbook.scores[index.value].may_rise &&
        stays(op, compare(*search.value_now, op, bound)))
        return Instant::never();
    Horizon horizon;
    for_parts(playbook, index, [&](ScoreIndex part) { widen(horizon, playbook, part, features, at); });
    if (horizon.days == 0) return Instant::never();
    const auto truth = [&](Instant t) { return compare(score_value(playbook, features, index, t), op, bound); };
    const bool now = search.value_now ? compare(*search.value_now, op, bound) : truth(at);
    /// Step by step from `from` to the first other truth before `end`.
    const auto walk = [&](Instant from, Instant end) {
        end = std::min(end, search.before);
        for (Instant t = score_changes_after(playbook, features, index, from); t < end;
             t = score_changes_after(playbook, features, index, t))
            if (truth(t) != now) return t;
        return Instant::never();
    };
    if (horizon.rises_in_steps || !ordered(op)) return walk(at, Instant::never());
    /// From `from` to just before `end` the score only falls, so it crosses once: find the day of the crossing by
    /// doubling and halving, then walk that day.
    const auto falls_through = [&](Instant from, Instant end) {
        if (stays(op, now) || search.before <= from) return Instant::never();
        const Instant spent = from + Duration::days(horizon.days + 1);
        const Instant last = std::min(spent, Instant{std::min(end, search.before).us - 1});
        if (truth(last) == now) return Instant::never();
        const auto is_now = [&](std::int64_t day) { return truth(from + Duration::days(day)) == now; };
        std::int64_t low = 0;
        std::int64_t high = whole_days(from, last) + 1;  // beyond `last`, where the truth is another
        for (std::int64_t day = 1; day < high; day *= 2) (is_now(day) ? low : high) = day;
        while (high - low > 1) {
            const std::int64_t middle = low + (high - low) / 2;
            (is_now(middle) ? low : high) = middle;
        }
        return walk(from + Duration::days(low), end);
    };
    std::sort(horizon.rises.begin(), horizon.rises.end());
    Instant from = at;
    for (const Instant rise : horizon.rises) {
        if (rise == from) continue;
        if (rise >= search.before) break;
        if (const Instant crossing = falls_through(from, rise); crossing != Instant::never()) return crossing;
        if (truth(rise) != now) return rise;
        from = rise;
    }
    return falls_through(from, Instant::never());
}

}  // namespace baton::engine
