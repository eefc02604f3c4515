// Prints digests of what domain and codec compute from a fixed seed, one line each: matrix_digest PLAYBOOK_FOLDER.
// script/matrix compares the lines of several compilers, optimisation levels and processor features.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "base/digest.h"
#include "codec/history.h"
#include "codec/playbook_yaml.h"
#include "codec/state.h"
#include "domain/engine/step.h"

namespace {

using namespace baton;

constexpr int people = 40;
constexpr int facts_each = 120;
const Instant first_day{1'700'000'000'000'000};

/// splitmix64: the same numbers everywhere. One draw a statement: the order of arguments is the compiler's choice.
class Dice {
   public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    std::uint64_t below(std::uint64_t n) { return next() % n; }
    template <class T>
    const T& of(const std::vector<T>& choices) {
        return choices[below(choices.size())];
    }

   private:
    std::uint64_t state_;
};

class Line {
   public:
    explicit Line(std::string name) : name_(std::move(name)) {}
    void add(std::string_view bytes) { digest_ = chain(digest_, bytes); }
    void print() const { std::printf("%s %s\n", name_.c_str(), to_hex(digest_).c_str()); }

   private:
    std::string name_;
    Digest digest_{};
};

Value random_value(const playbook::Property& property, Dice& dice) {
    if (!property.values.empty()) {
        const std::string& chosen = dice.of(property.values);
        return property.type == PropertyType::strings ? Value(ValueList{Value(chosen)}) : Value(chosen);
    }
    const auto number = static_cast<std::int64_t>(dice.below(400));
    switch (property.type) {
        case PropertyType::integer: return Value(number);
        case PropertyType::number: return Value(Decimal{number * 333'333});
        case PropertyType::boolean: return Value(number % 2 == 0);
        case PropertyType::timestamp: return Value(first_day + Duration::days(number));
        case PropertyType::strings: return Value(ValueList{Value("v" + std::to_string(number % 7))});
        case PropertyType::string: return Value("v" + std::to_string(number % 7));
    }
    return {};
}

Properties sorted(Properties properties) {
    std::ranges::sort(properties, {}, &NamedValue::name);
    return properties;
}

Properties some_of(const std::vector<playbook::Property>& declared, Dice& dice) {
    Properties chosen;
    for (const playbook::Property& property : declared) {
        if (property.of_account || dice.below(3) != 0) continue;
        chosen.push_back({property.id, random_value(property, dice)});
    }
    return sorted(std::move(chosen));
}

std::string random_reason(const playbook::Playbook& source, Dice& dice) {
    if (source.reasons.empty()) return "none";
    const playbook::ReasonList& list = dice.of(source.reasons);
    return list.reasons.empty() ? "none" : dice.of(list.reasons).id;
}

Properties decision_properties(FactKind kind, const playbook::Playbook& source, Dice& dice) {
    Properties properties;
    properties.push_back({"reason", Value(random_reason(source, dice))});
    if (kind == FactKind::move) properties.push_back({"to", Value(dice.of(source.stages).id)});
    if (kind == FactKind::assign) properties.push_back({"to", Value("rep" + std::to_string(dice.below(5)))});
    return sorted(std::move(properties));
}

void answer(Fact& fact, const playbook::Playbook& source, Dice& dice) {
    const playbook::Question& question = dice.of(source.questions);
    playbook::Property as_property;
    as_property.type = question.type;
    as_property.values = question.values;
    fact.kind = FactKind::answer;
    fact.properties = {{"question", Value(question.id)}, {"value", random_value(as_property, dice)}};
}

/// Half behaviour, the rest profile, answers and decisions of every kind, sensible or not.
Fact random_fact(const playbook::Playbook& source, Dice& dice) {
    static const std::vector<FactKind> decisions{FactKind::accept,      FactKind::accept,   FactKind::reject,
                                                 FactKind::return_lead, FactKind::withdraw, FactKind::disqualify,
                                                 FactKind::move,        FactKind::assign};
    Fact fact;
    const std::uint64_t sort = dice.below(10);
    if (sort < 5 && !source.facts.empty()) {
        const playbook::FactType& type = dice.of(source.facts);
        fact.type = type.id;
        fact.kind = kind_of(type.id);
        fact.properties = some_of(type.properties, dice);
    } else if (sort < 7) {
        fact.kind = FactKind::profile;
        fact.properties = some_of(source.properties, dice);
    } else if (sort < 8 && !source.questions.empty()) {
        answer(fact, source, dice);
    } else {
        fact.kind = dice.of(decisions);
        fact.properties = decision_properties(fact.kind, source, dice);
        fact.actor = "anna";
    }
    if (fact.type.empty()) fact.type = type_name(fact.kind);
    return fact;
}

/// One person's fold: due moments first, then the fact, as the ledger does it.
class Fold {
   public:
    Fold(const playbook::Compiled& playbook, std::uint64_t person, Line& history)
        : playbook_(playbook), person_(person), history_(history) {}

    void take(Fact fact) {
        while (row_.state.next_at <= fact.engine_at) {
            Fact timer;
            timer.kind = FactKind::timer;
            timer.type = type_name(FactKind::timer);
            timer.occurred_at = timer.engine_at = timer.recorded_at = row_.state.next_at;
            apply(timer);
        }
        apply(std::move(fact));
    }
    codec::PersonRow& row() { return row_; }
    const std::vector<Fact>& facts() const { return facts_; }

   private:
    void apply(Fact fact) {
        fact.ref = {lane_of(SubjectId{person_}), Seq{++seq_}};
        out_.clear();
        engine::step(playbook_, row_.state, fact, out_);
        for (const engine::HistoryRecord& record : out_.history) history_.add(codec::encode(record));
        facts_.push_back(std::move(fact));
    }

    const playbook::Compiled& playbook_;
    std::uint64_t person_;
    Line& history_;
    codec::PersonRow row_;
    std::uint64_t seq_ = 0;
    std::vector<Fact> facts_;
    engine::StepOutput out_;
};

void live_one(const playbook::Compiled& compiled, std::uint64_t person, Line& states, Line& history, Line& refolded) {
    Dice dice(person * 7919 + 1);
    Fold fold(compiled, person, history);
    Instant now = first_day;
    for (int i = 0; i < facts_each; ++i) {
        now = now + Duration::minutes(static_cast<std::int64_t>(1 + dice.below(6 * 24 * 60)));
        Fact fact = random_fact(compiled.source, dice);
        fact.engine_at = fact.recorded_at = now;
        fact.occurred_at = now - Duration::hours(static_cast<std::int64_t>(dice.below(4) == 0 ? dice.below(400) : 0));
        fold.take(std::move(fact));
    }
    states.add(codec::encode(fold.row()));
    Fact cause;
    cause.kind = FactKind::activation;
    cause.type = type_name(cause.kind);
    cause.ref = {lane_of(SubjectId{person}), Seq{1'000'000}};
    cause.engine_at = cause.recorded_at = cause.occurred_at = now;
    engine::StepOutput out;
    engine::refold(&compiled, compiled, fold.row().state, fold.facts(), {}, cause, true, out);
    refolded.add(codec::encode(fold.row()));
}

bool run_playbook(const std::filesystem::path& file) {
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto source = codec::read_playbook(text, file.filename().string());
    if (!source) return false;
    const auto compiled = playbook::compile(*source, 1).playbook;
    if (!compiled) return false;
    const std::string name = file.stem().string();
    Line states(name + " states");
    Line history(name + " history");
    Line refolded(name + " refolded");
    for (std::uint64_t person = 1; person <= people; ++person) live_one(*compiled, person, states, history, refolded);
    states.print();
    history.print();
    refolded.print();
    return true;
}

void run_decimals() {
    Line line("decimals");
    Dice dice(42);
    for (int i = 0; i < 20'000; ++i) {
        const Decimal a{static_cast<std::int64_t>(dice.next() >> dice.below(60))};
        const Decimal b{-static_cast<std::int64_t>(dice.next() >> (1 + dice.below(60)))};
        for (const auto& result : {add(a, b), subtract(a, b), multiply(a, b), divide(a, b)})
            line.add(result ? to_string(*result) : "unknown");
    }
    line.print();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: matrix_digest PLAYBOOK_FOLDER\n");
        return 2;
    }
    run_decimals();
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1]))
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    std::ranges::sort(files);
    for (const auto& file : files) {
        if (!run_playbook(file)) {
            std::fprintf(stderr, "%s is no playbook that runs\n", file.c_str());
            return 1;
        }
    }
    return 0;
}
