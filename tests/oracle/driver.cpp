// Runs the engine over a playbook and a stream of facts and writes what followed, a JSON line each, for compare.py.
// oracle_driver PLAYBOOK.yaml FACTS.jsonl: reader → compile → step, every due moment first. No store.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "codec/json_tree.h"
#include "codec/playbook_yaml.h"
#include "domain/engine/step.h"
#include "domain/playbook/compiled.h"

namespace baton {
namespace {

using codec::JsonKind;
using codec::JsonNode;

constexpr int most_timers = 20000;  // between two facts: more is an engine that does not come to rest

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            char code[8];
            std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c));
            out += code;
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string moment(Instant t) { return t == Instant::never() ? "null" : std::to_string(t.us); }
std::string yes_no(bool truth) { return truth ? "true" : "false"; }

/// One object, written field by field.
class Line {
   public:
    Line& raw(std::string_view key, std::string_view value) {
        text_ += (text_.size() > 1 ? ", " : "") + quoted(key) + ": ";
        text_ += value;
        return *this;
    }
    Line& text(std::string_view key, std::string_view value) { return raw(key, quoted(value)); }
    Line& number(std::string_view key, std::int64_t value) { return raw(key, std::to_string(value)); }
    std::string done() const { return text_ + "}"; }

   private:
    std::string text_ = "{";
};

std::string shown(const Value& value) {
    if (const auto* truth = value.as<bool>()) return yes_no(*truth);
    if (const auto* whole = value.as<std::int64_t>()) return std::to_string(*whole);
    if (const auto* decimal = value.as<Decimal>()) return "{\"$dec\": " + std::to_string(decimal->micros) + "}";
    if (const auto* text = value.as<std::string>()) return quoted(*text);
    if (const auto* instant = value.as<Instant>()) return std::to_string(instant->us);
    if (const auto* duration = value.as<Duration>()) return std::to_string(duration->us);
    if (const auto* list = value.as<ValueList>()) {
        std::string out = "[";
        for (const Value& item : *list) out += (out.size() > 1 ? ", " : "") + shown(item);
        return out + "]";
    }
    return "null";
}

template <class Items, class Write>
std::string list_of(const Items& items, Write write) {
    std::string out = "[";
    for (const auto& item : items) out += (out.size() > 1 ? ", " : "") + write(item);
    return out + "]";
}

// ---- reading the stream -----------------------------------------------------------------------------------------

Value value_of(const JsonNode& node) {
    switch (node.kind) {
        case JsonKind::boolean: return Value(node.truth);
        case JsonKind::number: return Value(static_cast<std::int64_t>(std::stoll(node.text)));
        case JsonKind::string: return Value(node.text);
        case JsonKind::array: {
            ValueList items;
            for (const JsonNode& item : node.items) items.push_back(value_of(item));
            return Value(std::move(items));
        }
        case JsonKind::object: return Value(Decimal{std::stoll(node.find("$dec")->text)});
        case JsonKind::null: break;
    }
    return Value();
}

std::int64_t whole(const JsonNode& item, std::string_view key) { return std::stoll(item.find(key)->text); }

Fact fact_of(const JsonNode& item) {
    Fact fact;
    fact.type = item.find("type")->text;
    fact.kind = kind_of(fact.type);
    fact.occurred_at = {whole(item, "occurred_at")};
    fact.engine_at = {whole(item, "engine_at")};
    fact.recorded_at = {whole(item, "recorded_at")};
    fact.actor = item.find("actor")->text;
    fact.historical = item.find("historical")->truth;
    if (const JsonNode* trust = item.find("public"); trust != nullptr && trust->truth) fact.trust = Trust::browser;
    const JsonNode& properties = *item.find("properties");
    for (std::size_t i = 0; i < properties.keys.size(); ++i)
        fact.properties.push_back({properties.keys[i], value_of(properties.items[i])});
    std::sort(fact.properties.begin(), fact.properties.end(),
              [](const NamedValue& a, const NamedValue& b) { return a.name < b.name; });
    return fact;
}

// ---- the run ----------------------------------------------------------------------------------------------------

class Run {
   public:
    explicit Run(const playbook::Compiled& book) : book_(book) {}

    void feed(const JsonNode& item) {
        const bool probe = item.find("probe") != nullptr;
        const Instant at{whole(item, probe ? "at" : "engine_at")};
        run_until(at, item.find("historical") != nullptr && item.find("historical")->truth);
        if (!probe) {
            Fact fact = fact_of(item);
            name_ = item.find("name")->text;
            step(fact);
        }
        std::cout << state_line(probe ? item.find("probe")->text : name_, at) << '\n';
    }

   private:
    void run_until(Instant at, bool historical) {
        name_ = "timer";
        for (int n = 0; state_.next_at <= at && state_.version != 0; ++n) {
            if (n == most_timers) {
                std::cerr << "more than " << most_timers << " due moments in a row, at " << state_.next_at.us << '\n';
                std::exit(3);
            }
            Fact timer;
            timer.type = "timer";
            timer.kind = FactKind::timer;
            timer.occurred_at = timer.engine_at = timer.recorded_at = state_.next_at;
            timer.historical = historical;
            step(timer);
        }
    }

    void step(Fact& fact) {
        fact.ref.seq.value = ++seq_;
        engine::StepOutput out;
        engine::step(book_, state_, fact, out, &counters_);
        if (state_.next_at <= fact.engine_at) {
            std::cerr << "next moment " << state_.next_at.us << " is not after " << fact.engine_at.us << '\n';
            std::exit(3);
        }
        for (const engine::HistoryRecord& record : out.history) std::cout << history_line(record) << '\n';
    }

    std::string history_line(const engine::HistoryRecord& record) const {
        Line line;
        line.text("kind", to_string(record.kind))
            .number("at", record.at.us)
            .text("by", name_)
            .text("what", record.what);
        line.text("from", record.from).text("to", record.to).text("cause", to_string(record.cause));
        line.text("detail", record.detail).text("reason", record.reason).number("number", record.number);
        line.raw("skip", yes_no(record.skip)).raw("skipped", list_of(record.skipped, [](const auto& id) {
                                                      return quoted(id);
                                                  }));
        line.raw("clauses", list_of(record.explanation, [](const engine::Explained& seen) {
                     return "[" + quoted(seen.clause) + ", " + truth(seen.truth) + "]";
                 }));
        return line.done();
    }

    static std::string truth(criteria::Truth truth) {
        return truth == criteria::Truth::unknown ? "null" : yes_no(truth == criteria::Truth::yes);
    }

    std::string state_line(const std::string& name, Instant at) const {
        const engine::Lead& lead = state_.lead;
        Line line;
        line.text("state", name).number("at", at.us).text("stage", lead.stage).number("cycle", lead.cycle);
        line.text("furthest", lead.furthest)
            .raw("open", yes_no(lead.open))
            .raw("holder", holder())
            .raw("labels", labels());
        line.raw("square_peg", yes_no(lead.square_peg)).raw("held", yes_no(lead.hold.active));
        line.number("offer", lead.offer.open() ? lead.offer.number : 0).raw("scores", scores(at));
        line.raw("attributes", attributes()).raw("counts", counts()).raw("next", moment(state_.next_at));
        line.number("evaluations", static_cast<std::int64_t>(counters_.evaluations));
        return line.done();
    }

    std::string holder() const {
        const engine::Holder& held = state_.lead.holder;
        const std::string_view kind = held.kind == engine::HolderKind::none ? "" : engine::to_string(held.kind);
        return "[" + quoted(kind) + ", " + quoted(held.name) + ", " + quoted(held.responsible) + "]";
    }
    std::string labels() const {
        Line line;
        for (std::size_t i = 0; i < state_.lead.labels.size(); ++i)
            line.text(book_.classes[i].id, state_.lead.labels[i]);
        return line.done();
    }
    std::string scores(Instant at) const {
        Line line;
        for (std::uint16_t i = 0; i < book_.scores.size(); ++i)
            line.number(book_.scores[i].id, engine::score_at(book_, state_, {i}, at).micros);
        return line.done();
    }
    std::string attributes() const {
        Line line;
        for (const engine::Attribute& attribute : state_.features.attributes)
            if (!attribute.value.is_null())
                line.raw(book_.names.person[attribute.property.value].id, shown(attribute.value));
        return line.done();
    }
    std::string counts() const {
        Line line;
        for (const engine::TypeCount& count : state_.features.types())
            if (count.total != 0) line.number(book_.names.types[count.type.value], count.total);
        return line.done();
    }

    const playbook::Compiled& book_;
    engine::PersonState state_;
    engine::Counters counters_;
    std::uint64_t seq_ = 0;
    std::string name_;
};

std::string read_all(const char* path) {
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
}

int complain(const std::vector<playbook::Diagnostic>& problems, const char* file) {
    for (const playbook::Diagnostic& problem : problems) std::cerr << to_string(problem, file) << '\n';
    return 2;
}

int run(const char* playbook_file, const char* facts_file) {
    const auto source = codec::read_playbook(read_all(playbook_file), playbook_file);
    if (!source) return complain(source.error(), playbook_file);
    const playbook::CompileResult compiled = playbook::compile(*source, 1);
    if (!compiled.playbook) return complain(compiled.diagnostics, playbook_file);
    Run run(*compiled.playbook);
    std::ifstream facts(facts_file);
    for (std::string text; std::getline(facts, text);) {
        const auto item = codec::parse_json(text);
        if (!item) {
            std::cerr << item.error().detail << '\n';
            return 2;
        }
        run.feed(*item);
    }
    return 0;
}

}  // namespace
}  // namespace baton

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "oracle_driver PLAYBOOK.yaml FACTS.jsonl\n";
        return 2;
    }
    return baton::run(argv[1], argv[2]);
}
