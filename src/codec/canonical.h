// The encoding behind the state hash of `baton digest`: the same on every store for the same input, because it
// holds names instead of numbers a store gave: identity keys, message ids, ids of the playbook. No seq, no subject
// number, no recorded_at.
#pragma once

#include <cstdint>
#include <string>

#include "base/digest.h"
#include "codec/journal.h"
#include "codec/state.h"
#include "domain/engine/state.h"
#include "domain/playbook/compiled.h"

namespace baton::codec {

/// Turns a store's numbers into names.
class CanonicalNames {
   public:
    virtual ~CanonicalNames() = default;
    /// `message_name` of the record a reference points at.
    virtual std::uint64_t message(FactRef ref) const = 0;
    /// Any text that names the subject by its identity keys.
    virtual std::string subject(SubjectId subject) const = 0;
};

/// What a record is called whatever store it stands in: of its source, message id and home key.
std::uint64_t message_name(const JournalRecord& record, std::string_view source);

Bytes canonical(const PersonRow& row, const playbook::Compiled& playbook, const CanonicalNames& names);
/// Of somebody who was erased: no playbook says anything of what is left.
Bytes canonical_of_erased(const PersonRow& row);
Bytes canonical(const AccountRow& row, const playbook::Compiled& playbook, const CanonicalNames& names);
Bytes canonical(const CompanyRow& row);

}  // namespace baton::codec
