#include "connectors/import/rows.h"

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "connectors/import/amount.h"
#include "connectors/import/rejects.h"
#include "connectors/import/time_format.h"
#include "connectors/import/words.h"
#include "domain/engine/fact.h"

namespace baton::imports {
namespace {

Value split_list(std::string_view text) {
    const char separator = text.find(';') != std::string_view::npos ? ';' : ',';
    ValueList list;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        if (const std::string_view item = trim(text.substr(0, end)); !item.empty()) list.emplace_back(item);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return Value(std::move(list));
}

std::optional<Instant> read_time(std::string_view text, const Column& column) {
    if (column.formats.empty()) return parse_instant(text);
    for (const std::string& format : column.formats)
        if (const auto time = parse_time(text, format)) return time;
    const bool day_first = std::ranges::any_of(
        column.formats, [](const std::string& format) { return format.find("%Y-%d") != std::string::npos; });
    return day_first ? std::nullopt : parse_instant(text);  // as a workbook's dates come
}

std::string formats_in_words(const Column& column) {
    if (column.formats.empty()) return "2026-01-31 or 2026-01-31T10:00:00Z";
    std::string words;
    for (const std::string& format : column.formats) words += (words.empty() ? "" : " or ") + format;
    return words;
}

std::string_view type_in_words(PropertyType type) {
    switch (type) {
        case PropertyType::string: return "a text";
        case PropertyType::integer: return "a whole number";
        case PropertyType::number: return "a number";
        case PropertyType::boolean: return "yes or no";
        case PropertyType::timestamp: return "a time";
        case PropertyType::strings: return "a list";
    }
    return "a value";
}

}  // namespace

std::string message_id(std::span<const std::string_view> parts) {
    Bytes bytes;
    for (const std::string_view part : parts) {
        bytes += std::to_string(part.size());
        bytes += ':';
        bytes += part;
    }
    return to_hex(blake2b(bytes)).substr(0, 24);
}

// ---- reading ------------------------------------------------------------------------------------------------------

/// One row at hand.
struct Binding::Reading {
    const Binding& binding;
    const csv::Row& row;
    const RowTimes& times;
    std::vector<IncomingFact>& facts;
    std::vector<RowProblem>& problems;
    IncomingFact base{};  ///< identity, source, time: what all facts of the row share
    std::string identity{};
    std::vector<IncomingFact> people{};  ///< only their keys
    bool refused = false;

    const Mapping& mapping() const { return *binding.mapping_; }

    void problem(const Bound& at, std::string what, RowProblem::Weight weight) {
        problems.push_back({at.index + 1, at.column == nullptr ? "" : at.column->name, std::move(what), weight});
        refused = refused || weight == RowProblem::Weight::refuses;
    }

    /// The text of a column; "" when it is empty or stands for *not answered*.
    std::string_view raw(const Bound& from) const {
        if (from.index < 0) return {};
        std::string_view text = trim(row.fields[static_cast<std::size_t>(from.index)]);
        if (mapping().guarded && text.starts_with('\'')) text.remove_prefix(1);
        const auto& empty = mapping().empty;
        return std::find(empty.begin(), empty.end(), text) == empty.end() ? text : std::string_view{};
    }
    std::string text(const Bound& from) const { return from.column == nullptr ? "" : text(raw(from), *from.column); }
    static std::string text(std::string_view read, const Column& column) {
        if (!column.strip.empty() && read.starts_with(column.strip)) read = trim(read.substr(column.strip.size()));
        for (const auto& [in_file, kept] : column.values)
            if (in_file == read) return kept;
        return read.empty() ? "" : column.prefix + std::string(read);
    }

    std::optional<Instant> time(const Bound& from) {
        const std::string read = text(from);
        if (read.empty()) return {};
        const auto time = read_time(read, *from.column);
        if (!time)
            problem(from, shown(read) + " is no time written " + formats_in_words(*from.column),
                    RowProblem::Weight::refuses);
        return time;
    }

    Value value(const Bound& from) {
        std::string read = text(from);
        if (read.empty()) return {};
        if (!from.column->formats.empty()) {
            const auto time = read_time(read, *from.column);
            if (time) return Value(*time);
            problem(from, shown(read) + " is no time written " + formats_in_words(*from.column) + "; taken as missing",
                    RowProblem::Weight::remark);
            return {};
        }
        if (from.column->amount != Column::Amount::no)
            read = plain_amount(read, from.column->amount == Column::Amount::comma);
        Value value = from.column->list ? split_list(read) : Value(read);
        if (from.typed && !convert(value, from.type))
            problem(from, shown(read) + " is not " + std::string(type_in_words(from.type)) + "; taken as missing",
                    RowProblem::Weight::remark);
        return value;
    }

    Properties properties(const std::vector<BoundProperty>& from) {
        Properties all;
        for (const BoundProperty& p : from) {
            Value v = p.property->column.given() ? value(p.from) : Value(p.property->constant);
            if (!v.is_null()) all.push_back({p.property->name, std::move(v)});
        }
        return all;
    }

    /// The column's text in parts, where it says what parts it; else as one.
    std::vector<std::string> parts(const Bound& from) const {
        std::vector<std::string> all;
        if (from.column == nullptr) return all;
        const std::string& between = from.column->each;
        for (std::string_view rest = raw(from); !rest.empty();) {
            const std::size_t end = between.empty() ? rest.size() : std::min(rest.find(between), rest.size());
            if (std::string part = text(trim(rest.substr(0, end)), *from.column); !part.empty())
                all.push_back(std::move(part));
            rest.remove_prefix(std::min(end + std::max<std::size_t>(between.size(), 1), rest.size()));
        }
        return all;
    }

    struct Key {
        const Bound* from;
        std::string IncomingFact::* to;
    };
    std::array<Key, 5> keys() const {
        return {{{&binding.user_id_, &IncomingFact::user_id},
                 {&binding.external_id_, &IncomingFact::external_id},
                 {&binding.email_, &IncomingFact::email},
                 {&binding.phone_, &IncomingFact::phone},
                 {&binding.anonymous_id_, &IncomingFact::anonymous_id}}};
    }

    /// Whom the row is about. A key that is not parted can be nobody's for certain where there are several.
    void read_identity() {
        std::size_t count = 1;
        for (const Key& key : keys()) count = std::max(count, parts(*key.from).size());
        people.resize(count);
        for (const Key& key : keys()) {
            const auto values = parts(*key.from);
            const bool parted = key.from->column != nullptr && !key.from->column->each.empty();
            for (std::size_t i = 0; i < values.size() && (parted || count == 1); ++i) people[i].*key.to = values[i];
        }
        std::vector<std::string> columns;
        const Bound* first = nullptr;
        for (const Key& key : keys()) {
            if (!identity_of(people.front()).empty()) return;
            if (key.from->column == nullptr) continue;
            columns.push_back(key.from->column->name);
            if (first == nullptr) first = key.from;
        }
        if (!identity_of(people.front()).empty()) return;
        problem(first == nullptr ? Bound{} : *first,
                "nothing says who this is: " + joined(columns) + (columns.size() == 1 ? " is empty" : " are all empty"),
                RowProblem::Weight::refuses);
    }

    std::string identity_of(const IncomingFact& person) const {
        for (const Key& key : keys())
            if (!(person.*key.to).empty()) return person.*key.to;
        return "";
    }

    void be(const IncomingFact& person) {
        for (const Key& key : keys()) base.*key.to = person.*key.to;
        identity = identity_of(person);
    }

    bool skipped() {
        for (const auto& [from, part] : binding.skip_) {
            if (raw(from).find(part) == std::string_view::npos) continue;
            problem(from, "left out: " + shown(raw(from)) + " marks a row that is no data", RowProblem::Weight::remark);
            return true;
        }
        return false;
    }

    void read_time_of_row() {
        if (const auto time_given = time(binding.time_)) {
            base.occurred_at = time_given;
            return;
        }
        leave_undated(base);
    }

    /// `--at`, else the moment of the import.
    void leave_undated(IncomingFact& fact) const {
        fact.time_known = false;
        fact.occurred_at = times.at;
        if (!times.at && mapping().historical) fact.occurred_at = times.now;
    }

    /// `place`: where in the mapping the fact comes from, so that two equal facts of a row stay two.
    void add(IncomingFact fact, const std::string& place, const std::string& who) {
        fact.historical = mapping().historical;
        const std::string when = fact.time_known && fact.occurred_at ? to_string(*fact.occurred_at) : "";
        std::vector<std::string> content{mapping().source, who, place, fact.type, when, fact.actor, fact.account};
        for (const NamedValue& p : fact.properties) {
            content.push_back(p.name);
            content.push_back(to_text(p.value));
        }
        fact.message_id = message_id(std::vector<std::string_view>(content.begin(), content.end()));
        facts.push_back(std::move(fact));
    }

    void add_users() {
        for (const BoundUser& user : binding.users_) {
            const std::string id = text(user.id);
            if (id.empty()) continue;
            IncomingFact fact;
            fact.type = "user";
            fact.source = mapping().source;
            fact.occurred_at = base.occurred_at;
            fact.time_known = false;
            fact.properties.push_back({"user", Value(id)});
            if (const std::string name = text(user.name); !name.empty())
                fact.properties.push_back({"name", Value(name)});
            if (!user.user->role.empty())
                fact.properties.push_back({"roles", Value(ValueList{Value(user.user->role)})});
            add(std::move(fact), "user", id);
        }
    }

    void add_account() {
        if (base.account.empty() || binding.account_properties_.empty()) return;
        IncomingFact fact;
        fact.type = "account";
        fact.source = mapping().source;
        fact.account = base.account;
        fact.occurred_at = base.occurred_at;
        fact.time_known = base.time_known;
        fact.properties = properties(binding.account_properties_);
        if (!fact.properties.empty()) add(std::move(fact), "account", base.account);
    }

    static bool is_error(const NamedValue& kept) {
        const auto* text = kept.value.as<std::string>();
        return text != nullptr && is_error_text(kept.name, *text);
    }

    void add_profile() {
        IncomingFact fact = base;
        fact.type = "profile";
        fact.properties = properties(binding.properties_);
        for (NamedValue& kept : properties(binding.rest_))
            if (!is_error(kept) &&
                std::ranges::find(fact.properties, kept.name, &NamedValue::name) == fact.properties.end())
                fact.properties.push_back(std::move(kept));
        const bool nothing_else = binding.facts_.empty() && binding.answers_.empty();
        if (!fact.properties.empty() || !fact.account.empty() || nothing_else)
            add(std::move(fact), "profile", identity);
    }

    /// Each in a fact of its own: whoever has the keys of the row has this one too.
    void add_more(const Bound& from, std::string IncomingFact::* to) {
        for (std::string& more : parts(from)) {
            if (base.*to == more) continue;
            if (base.user_id.empty() && base.external_id.empty()) {
                problem(from, shown(more) + " is left out: a further one needs an id to belong to",
                        RowProblem::Weight::remark);
                continue;
            }
            IncomingFact fact = base;
            fact.type = "profile";
            fact.account.clear();
            fact.*to = more;
            add(std::move(fact), "more " + more, identity);
        }
    }

    void add_answers() {
        for (const BoundAnswer& answer : binding.answers_) {
            Value given = value(answer.value);
            if (given.is_null()) continue;
            IncomingFact fact = base;
            fact.type = "answer";
            fact.properties = {{"question", Value(answer.answer->question)}, {"value", std::move(given)}};
            if (const std::string words = text(answer.words); !words.empty())
                fact.properties.push_back({"words", Value(words)});
            fact.actor = text(answer.actor);
            add(std::move(fact), "answer " + answer.answer->question, identity);
        }
    }

    bool wanted(const BoundFact& bound) const {
        if (!bound.fact->when) return true;
        const std::string read = text(bound.when);
        const auto& [column, is, is_not] = *bound.fact->when;
        const auto among = [&](const std::vector<std::string>& texts) {
            return std::ranges::find(texts, read) != texts.end();
        };
        return is.empty() ? !read.empty() && !among(is_not) : among(is) && !among(is_not);
    }

    void add_facts() {
        for (std::size_t i = 0; i < binding.facts_.size(); ++i) {
            const BoundFact& bound = binding.facts_[i];
            if (!wanted(bound)) continue;
            IncomingFact fact = base;
            fact.type = bound.fact->type;
            if (bound.fact->undated) leave_undated(fact);
            if (bound.time.column != nullptr) {
                fact.occurred_at = time(bound.time);
                fact.time_known = true;
                if (!fact.occurred_at) continue;  // no time in its own column: it did not happen
            }
            fact.actor = text(bound.actor);
            fact.properties = properties(bound.properties);
            add(std::move(fact), "fact " + std::to_string(i + 1), identity);
        }
    }

    void read() {
        if (skipped()) return;
        base.source = mapping().source;
        read_identity();
        read_time_of_row();
        base.account = text(binding.account_);
        add_users();
        add_account();
        for (const IncomingFact& person : people) {
            be(person);
            add_profile();
            add_more(binding.more_emails_, &IncomingFact::email);
            add_more(binding.more_phones_, &IncomingFact::phone);
            add_answers();
            add_facts();
        }
        if (refused) facts.clear();
    }
};

void Binding::read(const csv::Row& row, const RowTimes& times, std::vector<IncomingFact>& facts,
                   std::vector<RowProblem>& problems) const {
    facts.clear();
    problems.clear();
    for (const csv::Problem& broken : row.problems) {
        const auto at = static_cast<std::size_t>(broken.column);
        problems.push_back({broken.column, at >= 1 && at <= header_.size() ? header_[at - 1] : "", broken.what});
    }
    if (!problems.empty()) return;
    if (row.fields.size() != header_.size()) {
        problems.push_back({0, "",
                            "the row has " + std::to_string(row.fields.size()) + " columns, the header " +
                                std::to_string(header_.size()) +
                                (row.fields.size() < header_.size() ? "; leave unknown ones empty, not out"
                                                                    : "; put values that hold a delimiter in quotes")});
        return;
    }
    Reading{*this, row, times, facts, problems}.read();
}

}  // namespace baton::imports
