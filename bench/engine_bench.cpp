// The engine alone: facts per second of one core, typical playbook, beside a bare fold (a counter per person and type) over the
// same facts in the same order. Twice: by one who has a batch of facts at hand and asks for coming states ahead, and fact by
// fact. Usage: bench_engine [people] [facts]; default 1,000,000 and 10,000,000.
#include <unistd.h>

#include <array>
#include <cstddef>
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

struct Coming {
    engine::PersonState* state;
    Fact* fact;
};

/// The facts in their order, a few drawn ahead so that their states can be asked for, as one who has a batch at hand does.
class Stream {
   public:
    static constexpr std::size_t ahead = 8;

    Stream(std::vector<engine::PersonState>& states, std::vector<Kind>& kinds, bool asks)
        : states_(states), kinds_(kinds), asks_(asks) {
        for (Coming& c : ring_) c = draw_one();
    }
    Coming next() {
        const Coming now = ring_[at_];
        ring_[at_] = draw_one();
        at_ = (at_ + 1) % ahead;
        if (asks_) {
            engine::ask_for(*ring_[(at_ + ahead - 1) % ahead].state);
            engine::ask_for_lists(*ring_[(at_ + ahead / 2) % ahead].state);
        }
        return now;
    }

   private:
    Coming draw_one() {
        engine::PersonState& state = states_[next_random(seed_) % states_.size()];
        return {&state, &draw(kinds_, next_random(seed_))};
    }

    std::vector<engine::PersonState>& states_;
    std::vector<Kind>& kinds_;
    bool asks_;
    std::uint64_t seed_ = 1;
    std::array<Coming, ahead> ring_{};
    std::size_t at_ = 0;
};

/// What the process holds in memory now.
std::uint64_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::uint64_t all = 0;
    std::uint64_t resident = 0;
    file >> all >> resident;
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

struct Result {
    engine::Counters counters;
    std::uint64_t timers = 0;
    std::uint64_t history = 0;
    double seconds = 0;
    std::uint64_t bytes = 0;  ///< of memory, all states
};

Result run(const playbook::Compiled& playbook, std::uint64_t people, std::uint64_t facts, bool asks) {
    const Instant start = *parse_instant("2025-01-01T00:00:00Z");
    const std::int64_t pace = Duration::days(365).us / static_cast<std::int64_t>(facts);
    const std::uint64_t before = resident_bytes();
    std::vector<engine::PersonState> states(people);
    auto all = kinds();
    Stream stream(states, all, asks);
    engine::StepOutput out;
    Fact timer;
    timer.kind = FactKind::timer;
    timer.type = "timer";
    Result result;
    const double began = cpu_seconds();
    for (std::uint64_t i = 0; i < facts; ++i) {
        const Coming coming = stream.next();
        Fact& fact = *coming.fact;
        fact.ref = {Lane{0}, Seq{i + 1}};
        fact.occurred_at = fact.engine_at = fact.recorded_at = Instant{start.us + static_cast<std::int64_t>(i) * pace};
        result.timers += apply(playbook, *coming.state, fact, out, result.counters, timer);
        result.history += out.history.size();
    }
    result.seconds = cpu_seconds() - began;
    result.bytes = resident_bytes() - before;
    return result;
}

void print(const char* name, const Result& result, std::uint64_t facts, double bare) {
    const double rate = static_cast<double>(facts + result.timers) / result.seconds;
    std::printf("%-26s %8.3f s  %9.0f facts/s (goal 1,000,000), %.3f of bare\n", name, result.seconds, rate,
                rate * bare / static_cast<double>(facts));
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t people = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    const std::uint64_t facts = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 10'000'000;
    const auto playbook = load();
    const auto all = kinds();

    std::vector<std::uint32_t> counts(people * 16);
    std::uint64_t seed = 1;
    const double began = cpu_seconds();
    for (std::uint64_t i = 0; i < facts; ++i) {
        const std::uint64_t person = next_random(seed) % people;
        const Fact& fact = draw(all, next_random(seed));
        ++counts[person * 16 + (fact.type.size() & 15)];
    }
    const double bare = cpu_seconds() - began;

    const Result batched = run(*playbook, people, facts, true);
    const Result single = run(*playbook, people, facts, false);
    std::printf("people %llu, facts %llu, due moments %llu, history %llu, evaluations %llu, clauses %llu\n",
                static_cast<unsigned long long>(people), static_cast<unsigned long long>(facts),
                static_cast<unsigned long long>(batched.timers), static_cast<unsigned long long>(batched.history),
                static_cast<unsigned long long>(batched.counters.evaluations),
                static_cast<unsigned long long>(batched.counters.clauses));
    std::printf("%-26s %8.3f s  %9.0f facts/s\n", "bare count", bare, static_cast<double>(facts) / bare);
    print("engine, a batch at hand", batched, facts, bare);
    print("engine, one fact at a time", single, facts, bare);
    std::printf("%llu bytes a person in memory; sum %u\n", static_cast<unsigned long long>(batched.bytes / people),
                counts[0]);
    return 0;
}
