// A mapping meets the header of a file.
#include <algorithm>

#include "connectors/import/rows.h"
#include "connectors/import/words.h"
#include "domain/engine/fact.h"

namespace baton::imports {

Binding::Bound Binding::bind(const Column& column) const {
    if (!column.given()) return {};
    const auto found = std::find(header_.begin(), header_.end(), column.name);
    if (found == header_.end()) return {};  // of a mapping that allows it
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
    more_emails_ = bind(m.more_emails);
    more_phones_ = bind(m.more_phones);
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
    for (const SkippedRow& skipped : m.skip) skip_.emplace_back(bind(skipped.column), skipped.contains);
    if (m.rest) bind_rest();
}

void Binding::bind_rest() {
    Mapping reading = *mapping_;
    reading.skip.clear();  // says nothing of the person
    const std::vector<std::string> named = columns_of(reading);
    rest_columns_ = std::make_shared<std::vector<MappedProperty>>();
    for (const std::string& column : header_)
        if (!column.empty() && std::ranges::find(named, column) == named.end() &&
            std::ranges::find(mapping_->ignore, column) == mapping_->ignore.end())
            rest_columns_->push_back({column, {.name = column}, {}});
    rest_ = bind_all(*rest_columns_, Subject::person, "");
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
    if (!mapping_->remark.empty()) all.push_back(mapping_->remark);
    if (playbook_ == nullptr) return all;
    const std::string end = "; it is kept, but no rule reads it";
    for (const BoundProperty& p : properties_)
        if (const bool absent = p.property->column.given() && p.from.index < 0;
            !absent && !p.from.typed && !playbook_->property(p.property->name))
            all.push_back("the playbook declares no property '" + p.property->name + "'" + end);
    std::vector<std::string> kept;
    for (const BoundProperty& p : rest_)
        if (!p.from.typed) kept.push_back(p.property->name);
    if (!kept.empty())
        all.push_back("the columns " + joined(kept) +
                      " are kept as properties of their own name, but no rule reads them");
    for (const BoundProperty& p : account_properties_)
        if (!playbook_->account_property(p.property->name))
            all.push_back("the playbook declares no account property '" + p.property->name + "'" + end);
    for (const BoundFact& f : facts_)
        if (kind_of(f.fact->type) == FactKind::behaviour && !playbook_->type(f.fact->type))
            all.push_back("the playbook names no fact '" + f.fact->type + "'" + end);
    return all;
}

}  // namespace baton::imports
