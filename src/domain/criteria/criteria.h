// The criteria language: a subset of CEL (docs/PLAYBOOK.md, "Criteria language"). Source: cel-spec doc/langdef.md.
// Text → `compile` (parse, check every name and type against declarations) → Expression → `evaluate`.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "domain/criteria/inputs.h"
#include "domain/value.h"

namespace baton::criteria {

/// A mistake in an expression. `offset` counts bytes from the start of the text; `hint` says how to mend it
/// ("did you mean person.employees?") and may be empty.
struct Problem {
    std::size_t offset = 0;
    std::string message;
    std::string hint;
};

struct DeclaredProperty {
    std::string id;
    std::string label;
    PropertyType type = PropertyType::string;
    std::vector<std::string> values;  ///< closed list; a comparison with another literal is a problem
    bool public_fills = true;         ///< what a browser says may fill it (PLAYBOOK §2)
};

/// The names expressions may use, each in the position that is its index.
struct Declarations {
    std::vector<DeclaredProperty> person;   ///< PropertyIndex; questions' properties included
    std::vector<DeclaredProperty> account;  ///< PropertyIndex of its own
    std::vector<std::string> questions;     ///< ids; answer.<id> reads the person property of the same id
    std::vector<std::string> aggregates;    ///< AggregateIndex
    std::vector<std::string> types;         ///< TypeIndex
    std::vector<std::string> scores;        ///< ScoreIndex
    std::vector<std::string> classes;       ///< ClassIndex
    std::vector<std::vector<std::string>> class_labels;
    std::vector<std::string> stages;  ///< for lead.stage comparisons
    std::map<std::string, std::vector<std::string>> lists;

    // Words for people, parallel to the above; may be shorter or empty: the id is shown then.
    std::vector<std::string> type_labels, aggregate_labels, score_names, class_names, stage_names;
};

/// Where an expression stands decides what it may read.
enum class Scope : std::uint8_t {
    person,  ///< everything but event.*
    member,  ///< account counts: person.*, answer.* only
    event,   ///< score rule `where`: event.* (of the named type's properties), person.*, lists
    fit,     ///< score rule `when`: person.*, account.*, answer.*, lists; no scores, classes, counts, time
    list,    ///< a filter of the list of leads: as person, and lead.open, lead.owner
};

/// What an expression reads, for "evaluate only when an input changed" and for explanations.
enum class InputKind : std::uint8_t {
    attribute,
    account_attribute,
    answer,
    event,
    aggregate,
    count,
    first_last,
    score,
    label,
    lead
};
struct Input {
    InputKind kind = InputKind::attribute;
    std::uint16_t index = 0;  ///< PropertyIndex, TypeIndex … by kind; unused for lead
    Duration window;          ///< count: the window, 0 = ever
    std::string name;         ///< canonical spelling: "person.employees", "count(\"Demo Requested\", days(14))"
    std::string label;        ///< in words: "Employees", "asked for a demo within 14 days"
    friend bool operator==(const Input&, const Input&) = default;
};

enum class ResultType : std::uint8_t { any, boolean, integer, number, string, timestamp, duration, list };

struct Program;  // the checked tree, private to criteria.cpp's files

/// A checked expression; cheap to copy (shared, immutable).
class Expression {
   public:
    Expression() = default;
    explicit Expression(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
    bool valid() const { return program_ != nullptr; }
    const Program& program() const { return *program_; }
    const std::string& text() const;
    ResultType type() const;
    /// Each distinct input once, in order of first appearance.
    const std::vector<Input>& inputs() const;
    /// Whether the value can change by time alone.
    bool depends_on_time() const;

   private:
    std::shared_ptr<const Program> program_;
};

/// Either a valid expression or at least one problem. `event_properties` are those of the type in scope `event`.
struct Compiled {
    Expression expression;
    std::vector<Problem> problems;
};
Compiled compile(std::string_view text, const Declarations&, Scope,
                 const std::vector<DeclaredProperty>& event_properties = {});

/// Why a value could not be had.
enum class UnknownKind : std::uint8_t {
    missing,       ///< the input `input` has no value
    wrong_type,    ///< operands do not fit
    overflow,      ///< out of range, or division by zero
    bad_argument,  ///< index outside the list, text that is no number or time
    too_long,      ///< step limit
};
struct Unknown {
    UnknownKind kind = UnknownKind::missing;
    int input = -1;  ///< index into inputs(), or -1
    friend bool operator==(const Unknown&, const Unknown&) = default;
};

/// A value, or why there is none.
struct Outcome {
    std::optional<Value> value;
    Unknown unknown;  ///< meaningful when there is no value
};
Outcome evaluate(const Expression&, const Inputs&, Instant at);

enum class Truth : std::uint8_t { no, yes, unknown };
struct Judgement {
    Truth truth = Truth::unknown;
    Unknown unknown;
};
/// The clause level: true, false, or unknown with its reason. A value that is not boolean is unknown (wrong_type).
Judgement judge(const Expression&, const Inputs&, Instant at);

/// The earliest moment strictly after `at` at which judge() may answer another truth by time alone; never() when it
/// cannot. Exact for comparisons of one time-dependent value with a constant and for &&, ||, ! of such; otherwise
/// never late, perhaps early.
Instant may_flip_after(const Expression&, const Inputs&, Instant at);

/// `score <op> bound`.
struct ScoreThreshold {
    ScoreIndex score;
    Comparison comparison = Comparison::greater_equal;
    Decimal bound;
    friend bool operator==(const ScoreThreshold&, const ScoreThreshold&) = default;
};
/// When the expression is nothing but a score compared with a constant: many are, and need not be walked through.
std::optional<ScoreThreshold> score_threshold(const Expression&);

/// What everybody has for whom the expression is true, as far as it says so at its top: `lead.stage == "x"`, `lead.open` and
/// `!lead.open`, alone or joined by &&. A list can look it up instead of asking each.
struct Needed {
    std::optional<std::string> stage;
    std::optional<bool> open;
};
Needed needed(const Expression&);

/// The smallest changes that would make a clause hold, in words of labels, for *why not yet*: "employees at least 200
/// (is 150)", "asked for a demo within 14 days". All of them are needed. Empty when it holds already.
struct Wanted {
    int input = -1;  ///< which input would have to change
    Comparison comparison = Comparison::equal;
    std::optional<Value> bound;  ///< to what
    std::string text;            ///< what is wanted: "employees at least 200"; begins small, no full stop
    std::string now;             ///< how it stands: "is 150", "is missing", "2 so far"; "" = nothing to add
};
/// `goal` no: what would make it stop holding, for a clause under `none`.
std::vector<Wanted> wanted(const Expression&, const Inputs&, Instant at, Truth goal = Truth::yes);

/// The expression in plain words of labels: "employees at least 200", "asked for a demo within 14 days". `goal` no: its
/// contrary ("employees below 200"). Begins small unless a label begins with a name in capitals.
std::string describe(const Expression&, Truth goal = Truth::yes);

}  // namespace baton::criteria
