// The checksum of a row of every table, over all its columns. Writers and verify share them, in every store on a disk.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/digest.h"
#include "ports/store.h"
#include "storage/row_check.h"

namespace baton::storage {

/// Bytes as the databases take them: a view for writers, valid only while the row is.
inline std::string_view view(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}
inline std::string_view view(const HashKey& key) { return {reinterpret_cast<const char*>(key.data()), key.size()}; }

/// 64-bit ids keep their bits in the databases' signed integers.
inline std::int64_t integer(std::uint64_t bits) { return static_cast<std::int64_t>(bits); }
inline std::uint64_t bits(std::int64_t integer) { return static_cast<std::uint64_t>(integer); }

/// Id of a history row: by position, then n.
inline std::int64_t history_id(ports::Position position, std::uint16_t n) { return position * 65536 + n; }

/// `message`: null for a record without one.
std::int64_t check_of(const ports::Record& row, const ports::MessageKey* message);
std::int64_t check_of(const ports::LaneHead& row);
std::int64_t check_of(const ports::Message& row);
std::int64_t check_of_source(std::int64_t number, std::string_view name);
std::int64_t check_of(const ports::Identity& row, std::int64_t hash, std::int64_t n);
std::int64_t check_of(const ports::StateRow& row);
std::int64_t check_of(const ports::LeadRow& row);
std::int64_t check_of(const ports::HistoryRow& row);
std::int64_t check_of_counter(std::string_view key, std::int64_t value);
std::int64_t check_of(const ports::StoredPlaybook& row);
std::int64_t check_of_setting(std::string_view name, std::string_view value);
std::int64_t check_of(const ports::Secret& row);

/// The tables by number, stored in checksums: never renumbered.
enum class Table : std::uint64_t {
    ledger = 1,
    journal,
    lane_head,
    source,
    identity,
    message,  // SQLite's has none: verified against the journal
    state,
    lead,
    history,
    counter,
    playbook,
    setting,
    secret,
    identity_recent  // SQLite's alone
};
inline RowCheck start_check(Table table) { return RowCheck(static_cast<std::uint64_t>(table)); }

/// a + b, wrapping.
inline std::int64_t wrapping_sum(std::int64_t a, std::int64_t b) { return integer(bits(a) + bits(b)); }

}  // namespace baton::storage
