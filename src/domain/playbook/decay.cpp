#include "domain/playbook/decay.h"

#include <algorithm>

#include "domain/playbook/half_life_table.h"

namespace baton::playbook {
namespace {

using Wide = __int128;

constexpr std::int64_t longest_table = 400;  // days; older entries are few and computed each time

Wide shift_half_even(Wide value, int bits) {
    const bool negative = value < 0;
    if (negative) value = -value;
    const Wide unit = static_cast<Wide>(1) << bits;
    Wide quotient = value >> bits;
    const Wide twice = (value & (unit - 1)) * 2;
    if (twice > unit || (twice == unit && (quotient & 1) != 0)) ++quotient;
    return negative ? -quotient : quotient;
}

Decimal halved(Decimal points, std::int64_t days, std::int64_t age) {
    const std::int64_t q = age / days;
    if (q >= half_life_limit) return {};
    const std::size_t i = static_cast<std::size_t>((age % days) * 1024 / days);
    const Wide product = static_cast<Wide>(points.micros) * static_cast<Wide>(half_life_q32[i]);
    return {static_cast<std::int64_t>(shift_half_even(product, static_cast<int>(32 + q)))};
}

}  // namespace

Decimal decayed(Decimal points, const Decay& decay, std::int64_t age) {
    switch (decay.kind) {
        case DecayKind::none: return points;
        case DecayKind::window: return age < decay.days ? points : Decimal{};
        case DecayKind::linear:
            return age < decay.days ? scale_by(points, decay.days - age, decay.days).value_or(Decimal{}) : Decimal{};
        case DecayKind::half_life: return halved(points, decay.days, age);
    }
    return {};
}

std::vector<Decimal> worth_by_age(Decimal points, const Decay& decay) {
    std::vector<Decimal> worth;
    if (decay.kind == DecayKind::none || decay.days <= 0) return worth;
    const std::int64_t lives = decay.kind == DecayKind::half_life ? half_life_limit : 1;
    const std::int64_t days = decay.days > longest_table / lives ? longest_table : decay.days * lives;
    for (std::int64_t age = 0; age < days; ++age) worth.push_back(decayed(points, decay, age));
    return worth;
}

}  // namespace baton::playbook
