#include "connectors/import/rows.h"

#include <algorithm>

#include "base/digest.h"
#include "connectors/import/time_format.h"
#include "domain/engine/fact.h"

namespace baton::imports {
namespace {

std::string_view trim(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

/// "1.234,5" → "1234.5"
std::string with_point(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != '.' && c != ' ') out += c == ',' ? '.' : c;
    return out;
}

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
    return {};
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

std::string shown(std::string_view text) {
    std::size_t size = std::min<std::size_t>(text.size(), 60);
    while (size < text.size() && size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
    return "'" + std::string(text.substr(0, size)) + (size < text.size() ? "…'" : "'");
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "'" : ", '") + word + "'";
    return out;
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

// ---- binding ------------------------------------------------------------------------------------------------------

Binding::Bound Binding::bind(const Column& column) const {
    if (!column.given()) return {};
    const auto found = std::find(header_.begin(), header_.end(), column.name);
    return {&column, static_cast<int>(found - header_.begin()), PropertyType::string, false};
}

Binding::Bound Binding::bind_typed(const Column& column, Subject subject, std::string_view property,
                                   std::string_view fact) const {
    Bound bound = bind(column);
    if (playbook_ == nullptr) return bound;
    const auto take = [&](PropertyType type) {
        bound.type = type;
        bound.typed = true;
    };
    if (subject == Subject::fact) {
        for (const auto& type : playbook_->source.facts)
            for (const auto& declared : type.properties)
                if (type.id == fact && declared.id == property) take(declared.type);
        return bound;
    }
    const auto& declared = subject == Subject::person ? playbook_->names.person : playbook_->names.account;
    for (const auto& candidate : declared)
        if (candidate.id == property) take(candidate.type);
    return bound;
}

std::vector<Binding::BoundProperty> Binding::bind_all(const std::vector<MappedProperty>& properties, Subject subject,
                                                      std::string_view fact) const {
    std::vector<BoundProperty> all;
    for (const MappedProperty& property : properties)
        all.push_back({&property, bind_typed(property.column, subject, property.name, fact)});
    return all;
}

void Binding::bind_everything() {
    const Mapping& m = *mapping_;
    user_id_ = bind(m.user_id);
    external_id_ = bind(m.external_id);
    email_ = bind(m.email);
    phone_ = bind(m.phone);
    anonymous_id_ = bind(m.anonymous_id);
    account_ = bind(m.account);
    time_ = bind(m.time);
    properties_ = bind_all(m.properties, Subject::person, "");
    account_properties_ = bind_all(m.account_properties, Subject::account, "");
    for (const MappedFact& fact : m.facts) {
        const Subject subject = kind_of(fact.type) == FactKind::profile ? Subject::person : Subject::fact;
        facts_.push_back({&fact, bind(fact.time), bind(fact.actor), fact.when ? bind(fact.when->column) : Bound{},
                          bind_all(fact.properties, subject, fact.type)});
    }
    for (const MappedAnswer& answer : m.answers)
        answers_.push_back({&answer, bind_typed(answer.column, Subject::person, answer.question, ""),
                            bind(answer.words), bind(answer.actor)});
    for (const MappedUser& user : m.users) users_.push_back({&user, bind(user.column), bind(user.name)});
}

Result<Binding> Binding::make(const Mapping& mapping, std::span<const std::string> header,
                              const playbook::Compiled* playbook) {
    if (const auto missing = missing_columns(mapping, header); !missing.empty())
        return fail("missing_columns",
                    "mapping '" + mapping.id + "' reads " + joined(missing) +
                        ", which the header does not have; choose another mapping or mend the header");
    Binding binding;
    binding.mapping_ = &mapping;
    binding.playbook_ = playbook;
    binding.header_.assign(header.begin(), header.end());
    binding.bind_everything();
    return binding;
}

std::vector<std::string> Binding::remarks() const {
    std::vector<std::string> all;
    if (playbook_ == nullptr) return all;
    const std::string end = "; it is kept, but no rule reads it";
    for (const BoundProperty& p : properties_)
        if (!p.from.typed && !playbook_->property(p.property->name))
            all.push_back("the playbook declares no property '" + p.property->name + "'" + end);
    for (const BoundProperty& p : account_properties_)
        if (!playbook_->account_property(p.property->name))
            all.push_back("the playbook declares no account property '" + p.property->name + "'" + end);
    for (const BoundFact& f : facts_)
        if (kind_of(f.fact->type) == FactKind::behaviour && !playbook_->type(f.fact->type))
            all.push_back("the playbook names no fact '" + f.fact->type + "'" + end);
    return all;
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
    bool refused = false;

    const Mapping& mapping() const { return *binding.mapping_; }

    void problem(const Bound& at, std::string what, RowProblem::Weight weight) {
        problems.push_back({at.index + 1, at.column == nullptr ? "" : at.column->name, std::move(what), weight});
        refused = refused || weight == RowProblem::Weight::refuses;
    }

    /// The text of a column; "" when it is empty or stands for *not answered*.
    std::string_view raw(const Bound& from) const {
        if (from.index < 0) return {};
        const std::string_view text = trim(row.fields[static_cast<std::size_t>(from.index)]);
        const auto& empty = mapping().empty;
        return std::find(empty.begin(), empty.end(), text) == empty.end() ? text : std::string_view{};
    }
    std::string text(const Bound& from) const {
        const std::string_view read = raw(from);
        if (from.column != nullptr)
            for (const auto& [in_file, kept] : from.column->values)
                if (in_file == read) return kept;
        return std::string(read);
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
        if (from.column->decimal_comma) read = with_point(read);
        Value value = from.column->list ? split_list(read) : Value(read);
        if (from.typed && !convert(value, from.type))
            problem(from, shown(read) + " is not " + std::string(type_in_words(from.type)) + "; taken as missing",
                    RowProblem::Weight::remark);
        return value;
    }

    Properties properties(const std::vector<BoundProperty>& from) {
        Properties all;
        for (const BoundProperty& p : from) {
            Value v = p.from.index < 0 ? Value(p.property->constant) : value(p.from);
            if (!v.is_null()) all.push_back({p.property->name, std::move(v)});
        }
        return all;
    }

    void read_identity() {
        base.user_id = text(binding.user_id_);
        base.external_id = text(binding.external_id_);
        base.email = text(binding.email_);
        base.phone = text(binding.phone_);
        base.anonymous_id = text(binding.anonymous_id_);
        for (const std::string* key : {&base.user_id, &base.external_id, &base.email, &base.phone, &base.anonymous_id})
            if (identity.empty()) identity = *key;
        if (!identity.empty()) return;
        std::vector<std::string> columns;
        for (const Bound* b :
             {&binding.user_id_, &binding.external_id_, &binding.email_, &binding.phone_, &binding.anonymous_id_})
            if (b->column != nullptr) columns.push_back(b->column->name);
        const Bound* first = &binding.user_id_;
        for (const Bound* b : {&binding.external_id_, &binding.email_, &binding.phone_, &binding.anonymous_id_})
            if (first->column == nullptr) first = b;
        problem(*first,
                "nothing says who this is: " + joined(columns) + (columns.size() == 1 ? " is empty" : " are all empty"),
                RowProblem::Weight::refuses);
    }

    void read_time_of_row() {
        if (const auto time_given = time(binding.time_)) {
            base.occurred_at = time_given;
            return;
        }
        base.time_known = false;
        if (times.at)
            base.occurred_at = times.at;
        else if (mapping().historical)
            base.occurred_at = times.now;
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

    void add_profile() {
        IncomingFact fact = base;
        fact.type = "profile";
        fact.properties = properties(binding.properties_);
        const bool nothing_else = binding.facts_.empty() && binding.answers_.empty();
        if (!fact.properties.empty() || !fact.account.empty() || nothing_else)
            add(std::move(fact), "profile", identity);
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
        const auto& is = bound.fact->when->is;
        return is.empty() ? !read.empty() : std::find(is.begin(), is.end(), read) != is.end();
    }

    void add_facts() {
        for (std::size_t i = 0; i < binding.facts_.size(); ++i) {
            const BoundFact& bound = binding.facts_[i];
            if (!wanted(bound)) continue;
            IncomingFact fact = base;
            fact.type = bound.fact->type;
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
        base.source = mapping().source;
        read_identity();
        read_time_of_row();
        base.account = text(binding.account_);
        add_users();
        add_account();
        add_profile();
        add_answers();
        add_facts();
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
