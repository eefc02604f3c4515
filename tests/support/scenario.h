// Scenarios: what a playbook does, as text a marketer can read. The format is in docs/SCENARIOS.md. Text → parse →
// run against a compiled playbook, with step alone: no store, no clock; due moments are made before each fact.
#pragma once

#include <expected>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "domain/engine/step.h"
#include "domain/playbook/compiled.h"

namespace baton::scenario {

/// 1-based line of the file, and what it says after its keyword.
struct Line {
    int number = 0;
    std::string text;
};

enum class EventKind : std::uint8_t {
    fact,     ///< something happens to a person or an account
    passes,   ///< time goes on, nothing else happens
    go_live,  ///< history import ended
};

/// One `given` or `when` line with the lines that belong to it. Several answers on one line are several facts.
struct Event {
    Line line;
    EventKind kind = EventKind::fact;
    bool compared = false;  ///< `when`: every record that follows must be expected; `given`: only if it has a `then`
    bool historical = false;
    Trust trust = Trust::server;
    std::optional<Instant> at;  ///< absent: `later` after the event before
    Duration later;
    std::string subject;  ///< person's name or account's key
    bool of_account = false;
    std::string type;
    std::vector<Properties> facts;  ///< properties of each fact, at least one
    std::string actor;
    std::string account;  ///< key of the account the fact names
    std::optional<Instant> occurred_at;
    std::vector<Line> expected;  ///< `then`, `and`
    std::vector<Line> checks;    ///< `check`
};

struct Scenario {
    std::string name;
    int line = 0;
    std::vector<Event> events;
};

struct File {
    std::string playbook;  ///< id, as the file's first line names it
    std::vector<Scenario> scenarios;
};

struct Mistake {
    int line = 0;
    std::string message;
};
std::expected<File, std::vector<Mistake>> parse(std::string_view text);

/// "stage won", "arrow recycle@opportunity", "label abc A", "reason return/no_budget", "ending to_sales expired",
/// "clause right_size holds", "clause right_size does not hold", "rule fit large_company".
using Covered = std::set<std::string>;

/// Everything scenarios of this playbook should show.
Covered coverable(const playbook::Compiled&);

/// Runs one scenario; answers what differs, as text with file lines; empty = as written. Adds what it showed to `covered`.
std::vector<std::string> run(const playbook::Compiled&, const Scenario&, Covered& covered);

/// Expected and actual lines side by side: "  " both, "- " expected only, "+ " actual only.
std::string diff(const std::vector<std::string>& expected, const std::vector<std::string>& actual);

}  // namespace baton::scenario
