// baton score evaluate and baton time: how good the score is, and how long it takes, from what happened.
#include <map>

#include "cli/session.h"
#include "cli/statistics.h"
#include "codec/json_writer.h"

namespace baton::cli {
namespace {

using playbook::Compiled;

/// What is measured: a score of the playbook, or the sum of properties.
class Measure {
   public:
    explicit Measure(std::string name) : name_(std::move(name)) {}

    /// Empty when the playbook has it; else what it does have.
    std::string problem(const Compiled& book) const {
        if (score(book)) return "";
        for (const std::string& part : parts())
            if (!book.property(part)) {
                std::string scores;
                for (const auto& s : book.scores) scores += (scores.empty() ? "" : ", ") + s.id;
                return "'" + part + "' is neither a score (" + scores + ") nor a property of the playbook '" +
                       book.source.id + "'";
            }
        return "";
    }

    std::optional<Decimal> of(const Compiled& book, const engine::PersonState& state, Instant at) const {
        if (const auto index = score(book)) return engine::score_at(book, state, *index, at);
        Decimal sum;
        for (const std::string& part : parts()) {
            const auto value = number(book, state, part);
            const auto next = value ? add(sum, *value) : std::nullopt;
            if (!next) return {};
            sum = *next;
        }
        return sum;
    }

   private:
    std::optional<ScoreIndex> score(const Compiled& book) const {
        if (const auto index = book.score(name_)) return index;
        return name_ == "total" ? book.total : std::nullopt;
    }

    /// "a+b" → a, b
    std::vector<std::string> parts() const {
        std::vector<std::string> all(1);
        for (const char c : name_)
            if (c == '+')
                all.emplace_back();
            else
                all.back() += c;
        return all;
    }

    static std::optional<Decimal> number(const Compiled& book, const engine::PersonState& state,
                                         const std::string& property) {
        const auto index = book.property(property);
        for (const engine::Attribute& attribute : state.features.attributes) {
            if (!index || attribute.property != *index) continue;
            const auto value = convert(attribute.value, PropertyType::number);
            if (!value) return {};
            if (const auto* decimal = value->as<Decimal>()) return *decimal;
            if (const auto* whole = value->as<std::int64_t>()) return Decimal::of(*whole);
        }
        return {};
    }

    std::string name_;
};

enum class OutcomeIs : std::uint8_t { property, stage };

/// Watches every person come to the outcome, or not.
class Watch : public app::Replayed {
   public:
    Watch(const Measure& measure, std::string outcome, OutcomeIs is)
        : measure_(measure), outcome_(std::move(outcome)), is_stage_(is == OutcomeIs::stage) {}

    std::vector<Scored> people;
    std::int64_t left_out = 0;

    void begin(SubjectId) override {
        reached_ = false;
        score_.reset();
        came_ = Came::no;
        book_ = nullptr;
    }
    void before(const Compiled& book, const engine::PersonState& state, const Fact& fact) override {
        book_ = &book;
        if (reached_ || !may_bring_outcome(fact)) return;
        score_ = measure_.of(book, state, std::max(fact.engine_at, state.engine_at));
    }
    void after(const Compiled& book, const engine::PersonState& state, const Fact&,
               std::span<const engine::HistoryRecord> history) override {
        book_ = &book;
        if (reached_) return;
        if (is_stage_)
            reached_ = entered(history);
        else
            reached_ = answered(book, state);
        if (is_stage_ && reached_) came_ = Came::yes;
    }
    void end(const engine::PersonState& state) override {
        if (is_stage_ && !reached_ && book_ != nullptr) score_ = measure_.of(*book_, state, state.engine_at);
        if (score_ && (reached_ || is_stage_))
            people.push_back({*score_, came_});
        else
            ++left_out;
    }

   private:
    /// Any fact may move a lead; a property is only set by facts that carry it.
    bool may_bring_outcome(const Fact& fact) const {
        if (is_stage_) return true;
        if (fact.kind == FactKind::profile) return find(fact.properties, outcome_) != nullptr;
        if (fact.kind != FactKind::answer) return false;
        const Value* question = find(fact.properties, "question");
        return question != nullptr && to_text(*question) == outcome_;
    }
    bool entered(std::span<const engine::HistoryRecord> history) const {
        for (const auto& record : history)
            if (record.kind == engine::HistoryKind::stage_entered && record.to == outcome_) return true;
        return false;
    }
    bool answered(const Compiled& book, const engine::PersonState& state) {
        const auto index = book.property(outcome_);
        for (const engine::Attribute& attribute : state.features.attributes) {
            if (!index || attribute.property != *index || attribute.value.is_null()) continue;
            const auto truth = convert(attribute.value, PropertyType::boolean);
            const bool* came = truth ? truth->as<bool>() : nullptr;
            came_ = came != nullptr && *came ? Came::yes : Came::no;
            return came != nullptr;
        }
        return false;
    }

    const Measure& measure_;
    std::string outcome_;
    bool is_stage_;
    bool reached_ = false;
    Came came_ = Came::no;
    std::optional<Decimal> score_;
    const Compiled* book_ = nullptr;
};

void write_number(codec::JsonWriter& out, std::string_view key, const std::optional<std::int64_t>& value) {
    out.key(key);
    if (value)
        out.raw(millionths(*value));
    else
        out.null();
}

std::string as_json(const Evaluation& e) {
    codec::JsonWriter out;
    out.begin_object().field("n", e.n).field("positives", e.positives).field("left_out", e.left_out);
    write_number(out, "auc", e.auc_millionths);
    write_number(out, "lift_20", e.lift_20_millionths);
    out.key("calibration").begin_array();
    for (const Bin& bin : e.calibration) {
        out.begin_object()
            .field("from", bin.from)
            .field("to", bin.to)
            .field("n", bin.n)
            .field("positives", bin.positives);
        write_number(out, "rate",
                     bin.n == 0 ? std::nullopt : std::optional((bin.positives * 1'000'000 + bin.n / 2) / bin.n));
        out.end_object();
    }
    return out.end_array().end_object().take();
}

void print(const Screen& screen, const Evaluation& e, const ScoreOptions& options) {
    screen.out << screen.bold(options.score) << " against " << screen.bold(options.outcome) << ": " << grouped(e.n)
               << " people, " << grouped(e.positives) << " with the outcome (" << percent(e.positives, e.n) << "), "
               << grouped(e.left_out) << " left out\n";
    screen.out << "AUC " << (e.auc_millionths ? millionths(*e.auc_millionths).substr(0, 5) : "–")
               << "   lift in the best 20 % "
               << (e.lift_20_millionths ? millionths(*e.lift_20_millionths).substr(0, 4) : "–") << "\n\n";
    Table table;
    for (const char* title : {"score from", "to", "people", "with outcome", "share"})
        table.column(title, Table::Align::right);
    for (const Bin& bin : e.calibration)
        table.row({to_string(bin.from), to_string(bin.to), grouped(bin.n), grouped(bin.positives),
                   percent(bin.positives, bin.n)});
    table.print(screen);
}

/// First entry into two stages.
class Entries : public app::Replayed {
   public:
    Entries(std::string from, std::string to) : from_(std::move(from)), to_(std::move(to)) {}
    std::vector<std::int64_t> elapsed;  ///< µs, of leads that entered both
    std::int64_t out_of_order = 0;      ///< of these: `to` was entered before `from`
    std::int64_t only_from = 0, unknown_time = 0;

    void begin(SubjectId) override {
        first_from_.reset();
        first_to_.reset();
        known_ = true;
    }
    void after(const Compiled&, const engine::PersonState&, const Fact& fact,
               std::span<const engine::HistoryRecord> history) override {
        for (const auto& record : history) {
            if (record.kind != engine::HistoryKind::stage_entered) continue;
            // Engine time never falls; of the past the data say when it was, even in the wrong order.
            const Instant at = fact.historical ? fact.occurred_at : record.at;
            if (record.to == from_) note(first_from_, record, at);
            if (record.to == to_) note(first_to_, record, at);
        }
    }
    void end(const engine::PersonState&) override {
        if (!first_from_ || !first_to_) {
            only_from += first_from_ ? 1 : 0;
            return;
        }
        if (!known_) {
            ++unknown_time;
            return;
        }
        elapsed.push_back((*first_to_ - *first_from_).us);
        out_of_order += *first_to_ < *first_from_ ? 1 : 0;
    }

   private:
    void note(std::optional<Instant>& first, const engine::HistoryRecord& record, Instant at) {
        if (first) return;
        first = at;
        known_ = known_ && record.time_known;
    }
    std::string from_, to_;
    std::optional<Instant> first_from_, first_to_;
    bool known_ = true;
};

std::string days(std::int64_t us) { return to_string(Decimal{us / 86'400}); }

std::string days_in_words(std::int64_t us) {
    const bool negative = us < 0;
    const std::int64_t tenths = ((negative ? -us : us) + 4'320'000'000) / 8'640'000'000;
    return (negative ? "-" : "") + std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

void report(const Context& context, Entries& entries, const TimeOptions& options) {
    std::vector<std::int64_t>& all = entries.elapsed;
    std::sort(all.begin(), all.end());
    const Screen& screen = context.screen;
    if (options.format == Format::json) {
        codec::JsonWriter out;
        out.begin_object()
            .field("from", options.from)
            .field("to", options.to)
            .field("n", all.size())
            .field("out_of_order", entries.out_of_order);
        out.field("not_there_yet", entries.only_from).field("time_unknown", entries.unknown_time);
        for (const auto& [name, part] :
             std::map<std::string, int>{{"quartile_1_days", 1}, {"median_days", 2}, {"quartile_3_days", 3}}) {
            out.key(name);
            if (all.empty())
                out.null();
            else
                out.raw(days(quantile(all, part, 4)));
        }
        screen.out << out.end_object().take() << '\n';
        return;
    }
    screen.out << "from first " << screen.bold(options.from) << " to first " << screen.bold(options.to) << ": "
               << grouped(static_cast<std::int64_t>(all.size())) << " leads";
    if (!all.empty())
        screen.out << ", median " << screen.bold(days_in_words(quantile(all, 1, 2))) << " days (a quarter within "
                   << days_in_words(quantile(all, 1, 4)) << ", three quarters within "
                   << days_in_words(quantile(all, 3, 4)) << ")";
    screen.out << "\n  not there yet: " << grouped(entries.only_from)
               << "; in the wrong order in time: " << grouped(entries.out_of_order)
               << "; left out, time not known: " << grouped(entries.unknown_time) << '\n';
}

Status replay(const Context& context, const Session& session, app::Replayed& visitor) {
    const auto heads = session.store->heads();
    std::uint64_t subjects = 0;
    if (heads)
        for (const auto& head : *heads) subjects += head.subjects;
    Progress progress(context.screen, "replaying");
    return session.reads->replay(visitor, [&](std::uint64_t seen) { progress.show(seen, subjects); });
}

}  // namespace

int score_evaluate(const Context& context, const ScoreOptions& options) {
    const auto session = open_for_reading(context, options);
    if (!session) return failed;
    const auto book = session->reads->active();
    if (book == nullptr)
        return refuse(context, {"no_playbook", shown(options.store) + " has no playbook yet; import something first"});
    const Measure measure(options.score);
    if (const std::string problem = measure.problem(*book); !problem.empty())
        return refuse(context, {"unknown_score", "--score " + problem});
    const bool is_property = book->property(options.outcome).has_value();
    if (!is_property && !book->stage(options.outcome))
        return refuse(context, {"unknown_outcome", "--outcome '" + options.outcome +
                                                       "' is neither a property nor a stage of the playbook '" +
                                                       book->source.id + "'"});
    Watch watch(measure, options.outcome, is_property ? OutcomeIs::property : OutcomeIs::stage);
    if (const Status replayed = replay(context, *session, watch); !replayed) return refuse(context, replayed.error());
    const Evaluation evaluation = evaluate(std::move(watch.people), watch.left_out);
    if (options.format == Format::json)
        context.screen.out << as_json(evaluation) << '\n';
    else
        print(context.screen, evaluation, options);
    return done;
}

int time_between(const Context& context, const TimeOptions& options) {
    const auto session = open_for_reading(context, options);
    if (!session) return failed;
    const auto book = session->reads->active();
    for (const std::string& stage : {options.from, options.to})
        if (book == nullptr || !book->stage(stage)) {
            std::string known;
            for (std::size_t i = 0; book != nullptr && i < book->stages.size(); ++i)
                known += (i == 0 ? "" : ", ") + book->stages[i].id;
            return refuse(context, {"unknown_stage", "no stage '" + stage + "'; there are " + known});
        }
    Entries entries(options.from, options.to);
    if (const Status replayed = replay(context, *session, entries); !replayed) return refuse(context, replayed.error());
    report(context, entries, options);
    return done;
}

}  // namespace baton::cli
