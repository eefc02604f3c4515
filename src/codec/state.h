// States of subjects as bytes, for the derived rows. Indexes inside mean the playbook version the state stands under.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "domain/engine/state.h"

namespace baton::codec {

/// Why a person stands in a register: the entry that fits.
struct ScrubHit {
    std::uint8_t list = 0;  ///< app/registers.h
    std::string key;        ///< of the entry
    std::string reason;
    Instant since;  ///< when the entry was made
    friend auto operator<=>(const ScrubHit&, const ScrubHit&) = default;
};
/// An entry of a register.
struct RegisterEntry {
    std::string key;  ///< "e:ada@acme.example"
    std::uint8_t list = 0;
    std::string reason, actor;
    Instant since;
    friend bool operator==(const RegisterEntry&, const RegisterEntry&) = default;
};

/// A person's engine state and what else is kept per person: enough to write its row in the list of leads.
struct PersonRow {
    engine::PersonState state;
    std::vector<std::uint64_t> visited;  ///< stable_hash of each stage ever entered, ascending: `leads` of the funnel
    std::string name;                    ///< from the newest profile fact that had one
    Instant named_at = Instant::beginning();
    std::string email;              ///< first e-mail key
    std::uint32_t activations = 0;  ///< how many of its lane's activations the state has gone through
    std::vector<ScrubHit> hits;     ///< ascending; a row without what stands here and below has the bytes it always had
    SubjectId merged_into;          ///< while it rests; 0 = nobody
    bool unverified = false;   ///< it rests there because a browser said so: what it brings counts as said by a browser
    bool taken_apart = false;  ///< a person unmerged it: it joins nobody by itself again
    std::vector<SubjectId> absorbed;  ///< who rests in this one, ascending
    std::uint32_t made_by = 0;        ///< number of the import that brought it; 0 = something else did
    bool empty = false;   ///< an import was undone and nothing is left: in no list until something new happens
    bool erased = false;  ///< nothing is known of it any more, and nothing ever will be
};

struct AccountRow {
    engine::AccountState state;
    Instant engine_at = Instant::beginning();
};

/// A playbook version taking effect in a lane from its record (seq, position) on, at engine time `at`.
struct LaneActivation {
    std::uint32_t version = 0;
    Instant at;
    Seq seq;
    std::int64_t position = 0;
    bool wait = false;           ///< open leads wait for their next fact
    std::int64_t spread_us = 0;  ///< open leads are looked at again within this long after `at`
    std::vector<std::pair<std::string, std::string>> migrate;  ///< removed stage → new one, ascending
};

struct CompanyUser {
    std::string id, name;
    std::vector<std::string> roles;  ///< ascending
    friend bool operator==(const CompanyUser&, const CompanyUser&) = default;
};
/// Who may sign in or hold keys. Roles are names of app/members.h.
struct Member {
    std::string id, name, email;
    std::vector<std::string> roles;  ///< ascending
    bool service = false;            ///< a program: holds keys, never signs in
    bool disabled = false;
    Instant since;
    friend bool operator==(const Member&, const Member&) = default;
};
/// A form or hook, as it was defined (app/sources.h).
struct SourceEntry {
    std::string name, kind, definition, actor;
    Instant since;
    friend bool operator==(const SourceEntry&, const SourceEntry&) = default;
};
/// Somebody whose data were erased, all or some (app/erasure.h).
struct Erasure {
    SubjectId subject;
    Seq seq;  ///< of the record that says what is left; what stands before it is not folded again
    Instant at;
    bool all = true;                  ///< false: it lives on, without some of its facts
    std::vector<std::uint64_t> keys;  ///< siphash of each key it lost, kind first, ascending
    friend bool operator==(const Erasure&, const Erasure&) = default;
};
/// A filter and sort of the list of leads under a name (app/views.h).
struct SavedView {
    std::string name, label, filter, sort;
    std::string owner;  ///< member whose own it is; "" = everybody's
    std::string actor;  ///< who saved it so
    Instant since;
    Seq revision;  ///< of the record that says so
    friend bool operator==(const SavedView&, const SavedView&) = default;
};
/// An import as it was begun and what became of it.
struct ImportMade {
    enum class Undone : std::uint8_t { no, begun, done };
    std::uint32_t number = 0;  ///< 1, 2 …: ascending
    Instant at;
    std::string actor, files, mapping, mode;
    std::string print;  ///< of what is imported: the same again is the same import, gone on with
    std::uint64_t rows = 0, facts = 0;
    Undone undone = Undone::no;
    Instant undone_at;
    std::string undone_by;
    friend bool operator==(const ImportMade&, const ImportMade&) = default;
};
/// A lead that a provider told of by its id alone: its answers are still to be fetched (app/awaited.h).
struct AwaitedLead {
    std::string key;           ///< "SOURCE/ID"
    std::string source, lead;  ///< name of the source; the provider's id
    Instant since;             ///< when it was told of
    std::uint32_t attempts = 0;
    Instant next_at;              ///< when it is asked for again
    std::string problem, detail;  ///< of the last attempt that failed; "" = none did
    friend bool operator==(const AwaitedLead&, const AwaitedLead&) = default;
};
/// State of a lane's own subject (number = lane); lane 0's is the company: its users and what is announced.
struct CompanyRow {
    std::vector<CompanyUser> users;           ///< ascending by id
    std::vector<LaneActivation> activations;  ///< in seq order
    std::vector<LaneActivation> announced;    ///< not yet in force
    std::vector<Member> members;              ///< ascending by id
    std::vector<RegisterEntry> registers;     ///< ascending by key and list; those whose key is of this lane
    std::vector<SourceEntry> sources;         ///< ascending by name
    std::string phone_region;  ///< whose phone numbers need no code of the country in front ("DE"); "" = nobody's
    std::vector<ImportMade> imports;   ///< ascending by number
    std::vector<AwaitedLead> awaited;  ///< ascending by key; those whose key is of this lane
    std::string tracking;              ///< "cookieless", "none"; "" = full (codec/privacy.h)
    std::vector<Erasure> erasures;     ///< of subjects of this lane, in seq order
    std::vector<SavedView> views;      ///< ascending by name
};

Bytes encode(const PersonRow& row);
Bytes encode(const AccountRow& row);
Bytes encode(const CompanyRow& row);

/// Code: bad_state. A row of another kind, cut short or longer than it says is refused.
Result<PersonRow> decode_person(std::string_view bytes);
Result<AccountRow> decode_account(std::string_view bytes);
Result<CompanyRow> decode_company(std::string_view bytes);

/// What a row says it is, by its first bytes; unknown for what no encode wrote.
enum class RowKind : std::uint8_t { unknown, person, account, company };
RowKind kind_of_row(std::string_view bytes);

/// Rough bytes of memory a decoded row takes, for bounding a cache.
std::size_t memory_of(const PersonRow& row);
std::size_t memory_of(const AccountRow& row);

}  // namespace baton::codec
