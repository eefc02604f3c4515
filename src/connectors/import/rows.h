// One row of a file becomes facts, as its mapping says; or problems, each with its column.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/incoming.h"
#include "connectors/csv/scanner.h"
#include "connectors/import/mapping.h"

namespace baton::imports {

/// `refuses`: the row gives no fact. `remark`: the value counts as missing, the rest of the row is taken. `left_out`: by the
/// mode of the import.
struct RowProblem {
    int column = 0;  ///< from 1; 0 = the row as a whole
    std::string column_name;
    std::string what;
    enum class Weight : std::uint8_t { refuses, remark, left_out } weight = Weight::refuses;
};

struct RowTimes {
    Instant now;                ///< of this run
    std::optional<Instant> at;  ///< for rows without a time (--at)
};

/// A mapping bound to the header of one file.
class Binding {
   public:
    /// Code missing_columns when the header lacks one the mapping names. `playbook`, if given, says what values can be
    /// read as; it and `mapping` outlive the binding.
    static Result<Binding> make(const Mapping& mapping, std::span<const std::string> header,
                                const playbook::Compiled* playbook);

    /// The row's facts in the order they are to be taken: users, account, profile, answers, facts. Message ids are made of
    /// source, identity, place in the mapping and content: the same row gives the same ids, a changed one new ids for
    /// those facts whose content changed. Both lists are cleared first.
    void read(const csv::Row& row, const RowTimes& times, std::vector<IncomingFact>& facts,
              std::vector<RowProblem>& problems) const;

    /// What the mapping names and the playbook does not declare: no rule will read it.
    std::vector<std::string> remarks() const;

   private:
    struct Reading;
    struct Bound {
        const Column* column = nullptr;
        int index = -1;
        PropertyType type = PropertyType::string;
        bool typed = false;  ///< the playbook declares it
    };
    struct BoundProperty {
        const MappedProperty* property = nullptr;
        Bound from;
    };
    struct BoundFact {
        const MappedFact* fact = nullptr;
        Bound time, actor, when;
        std::vector<BoundProperty> properties;
    };
    struct BoundAnswer {
        const MappedAnswer* answer = nullptr;
        Bound value, words, actor;
    };
    struct BoundUser {
        const MappedUser* user = nullptr;
        Bound id, name;
    };
    enum class Subject : std::uint8_t { person, account, fact };

    Binding() = default;
    Bound bind(const Column& column) const;
    Bound bind_typed(const Column& column, Subject subject, std::string_view property, std::string_view fact) const;
    std::vector<BoundProperty> bind_all(const std::vector<MappedProperty>& properties, Subject subject,
                                        std::string_view fact) const;
    void bind_everything();
    void bind_rest();

    const Mapping* mapping_ = nullptr;
    const playbook::Compiled* playbook_ = nullptr;
    std::vector<std::string> header_;
    Bound user_id_, external_id_, email_, phone_, anonymous_id_, more_emails_, more_phones_, account_, time_;
    std::vector<BoundProperty> properties_, account_properties_, rest_;
    std::shared_ptr<std::vector<MappedProperty>> rest_columns_;  ///< those that the mapping does not name
    std::vector<std::pair<Bound, std::string>> skip_;
    std::vector<BoundFact> facts_;
    std::vector<BoundAnswer> answers_;
    std::vector<BoundUser> users_;
};

/// Message id from what makes a fact the same fact; 24 characters.
std::string message_id(std::span<const std::string_view> parts);

}  // namespace baton::imports
