// A mapping says how the rows of one kind of file become facts: docs/IMPORT.md. Read from YAML as strictly as a playbook.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/playbook/compiled.h"
#include "domain/value.h"

namespace baton::imports {

/// One column and how its text is read. Texts in `Mapping::empty` are *not answered*.
struct Column {
    std::string name;                                         ///< as the header writes it; "" = none
    std::vector<std::pair<std::string, std::string>> values;  ///< text in the file → value kept
    std::vector<std::string> formats;  ///< times: tried in order; empty = RFC 3339 and its short forms
    enum class Amount : std::uint8_t { no, point, comma } amount = Amount::no;  ///< "$1,117.10K" or "1.234,5"
    bool list = false;                                                          ///< "a; b" is two values
    std::string strip;                                                          ///< taken off the front: "p:"
    std::string prefix;                                                         ///< put before it: "hubspot:"
    std::string each;  ///< parts it, where a row is about several: "101;102"
    bool given() const { return !name.empty(); }
};

/// A value of a fact from a column, or the same text for every row.
struct MappedProperty {
    std::string name;
    Column column;
    std::string constant;
};

/// A row gives the fact only where `when` says so; empty = every row.
struct RowCondition {
    Column column;
    std::vector<std::string> is;      ///< one of these; empty = anything that is not empty
    std::vector<std::string> is_not;  ///< … and none of these
};

/// Rows that are no data: test entries, totals.
struct SkippedRow {
    Column column;
    std::string contains;
};

struct MappedFact {
    std::string type;
    Column time;  ///< not given: the row's time
    Column actor;
    bool undated = false;  ///< has no time, even where the row has one: what a file says is so and not since when
    std::optional<RowCondition> when;
    std::vector<MappedProperty> properties;
};

struct MappedAnswer {
    std::string question;
    Column column;
    Column words;
    Column actor;
};

/// A column that names one of our people.
struct MappedUser {
    Column column;
    Column name;
    std::string role;
};

struct Mapping {
    std::string id, name, description;
    bool guess = false;    ///< to be made from the header of the file (guess.h)
    std::string remark;    ///< told with every import by it
    std::string file;      ///< for messages
    std::string playbook;  ///< used when the store has none; "" = none named
    std::string source;    ///< of the facts; "" = the mapping's id
    bool historical = false;
    bool partial = false;             ///< columns that are not in `header` may be absent
    bool rest = false;                ///< columns that nothing else reads become properties of their own name
    std::vector<std::string> ignore;  ///< columns that `rest` leaves out
    bool guarded = false;             ///< a ' in front of a text is no part of it (codec/csv_writer.h)
    std::vector<std::string> header;  ///< recognised when a file has all of these columns
    std::vector<std::vector<std::string>> one_of;  ///< … and at least one of each of these
    std::vector<std::string> empty;                ///< texts that mean *not answered*, beside the empty one
    Column user_id, external_id, email, phone, anonymous_id;
    Column more_emails, more_phones;  ///< the same person's further ones
    Column account;
    std::vector<MappedProperty> account_properties;
    Column time;                             ///< of the row; not given = rows carry none
    std::vector<MappedProperty> properties;  ///< of the profile fact
    std::vector<MappedFact> facts;
    std::vector<MappedAnswer> answers;
    std::vector<MappedUser> users;
    std::vector<SkippedRow> skip;
};

struct ReadMapping {
    std::optional<Mapping> mapping;  ///< none when there is an error
    std::vector<playbook::Diagnostic> diagnostics;
};
ReadMapping read_mapping(std::string_view text, std::string_view file);

/// The mapping whose header the file has, the one with the most columns (each `one_of` is one); null when there is none.
const Mapping* recognise(std::span<const Mapping> mappings, std::span<const std::string> header);
/// Columns the mapping needs and the header lacks, each once, in the order of the mapping.
std::vector<std::string> missing_columns(const Mapping& mapping, std::span<const std::string> header);
/// Every column the mapping names, each once.
std::vector<std::string> columns_of(const Mapping& mapping);

}  // namespace baton::imports
