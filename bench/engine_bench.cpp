// The engine alone: facts per second of one core, typical playbook, beside a bare fold (a counter per person and type) over the
// same facts in the same order. Usage: bench_engine [people] [facts]; default 1,000,000 and 10,000,000.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "codec/playbook_yaml.h"
#include "domain/engine/step.h"
#include "domain/playbook/compiled.h"
#include "stream.h"

namespace {

using namespace baton;
using namespace baton::bench;

/// Due moments first, then the fact, as the ledger does it.
std::uint64_t apply(const playbook::Compiled& playbook, engine::PersonState& state, Fact& fact, engine::StepOutput& out,
                    engine::Counters& counters, Fact& timer) {
    std::uint64_t timers = 0;
    while (state.next_at <= fact.engine_at) {
        timer.ref = fact.ref;
        timer.occurred_at = timer.engine_at = timer.recorded_at = state.next_at;
        out.clear();
        engine::step(playbook, state, timer, out, &counters);
        ++timers;
    }
    out.clear();
    engine::step(playbook, state, fact, out, &counters);
    return timers;
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t people = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    const std::uint64_t facts = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 10'000'000;
    const auto playbook = load();
    const auto all = kinds();
    const Instant start = *parse_instant("2025-01-01T00:00:00Z");
    const std::int64_t pace = Duration::days(365).us / static_cast<std::int64_t>(facts);

    std::vector<std::uint32_t> counts(people * 16);
    std::uint64_t seed = 1;
    double began = cpu_seconds();
    for (std::uint64_t i = 0; i < facts; ++i) {
        const std::uint64_t person = next_random(seed) % people;
        const Fact& fact = draw(all, next_random(seed));
        ++counts[person * 16 + (fact.type.size() & 15)];
    }
    const double bare = cpu_seconds() - began;

    std::vector<engine::PersonState> states(people);
    engine::StepOutput out;
    engine::Counters counters;
    Fact timer;
    timer.kind = FactKind::timer;
    timer.type = "timer";
    auto mutable_kinds = all;
    std::uint64_t timers = 0;
    std::uint64_t moves = 0;
    seed = 1;
    began = cpu_seconds();
    for (std::uint64_t i = 0; i < facts; ++i) {
        engine::PersonState& state = states[next_random(seed) % people];
        Fact& fact = draw(mutable_kinds, next_random(seed));
        fact.ref = {Lane{0}, Seq{i + 1}};
        fact.occurred_at = fact.engine_at = fact.recorded_at = Instant{start.us + static_cast<std::int64_t>(i) * pace};
        timers += apply(*playbook, state, fact, out, counters, timer);
        moves += out.history.size();
    }
    const double took = cpu_seconds() - began;
    const double rate = static_cast<double>(facts + timers) / took;
    std::printf("people %llu, facts %llu, due moments %llu, history %llu, evaluations %llu, clauses %llu\n",
                static_cast<unsigned long long>(people), static_cast<unsigned long long>(facts),
                static_cast<unsigned long long>(timers), static_cast<unsigned long long>(moves),
                static_cast<unsigned long long>(counters.evaluations),
                static_cast<unsigned long long>(counters.clauses));
    std::printf("bare count     %8.3f s  %9.0f facts/s\n", bare, static_cast<double>(facts) / bare);
    std::printf("engine         %8.3f s  %9.0f facts/s (goal 1,000,000), %.3f of bare\n", took, rate,
                rate * bare / static_cast<double>(facts));
    std::printf("sum %u\n", counts[0]);
    return 0;
}
