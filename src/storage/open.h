// The way to a store: which adapter a URL means, and what can be done to a store that nobody has open.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "ports/store.h"

namespace baton::storage {

struct OpenOptions {
    enum class Mode : std::uint8_t {
        create,    ///< made when there is none
        existing,  ///< `not_found` when there is none
        inspect,   ///< existing, nothing is changed or repaired, every write answers `read_only`
    } mode = Mode::create;
    std::string vfs;                  ///< SQLite's name of the file system to use, "" = the machine's
    std::optional<HashKey> hash_key;  ///< for a store that is made; drawn at random when absent
    /// Takes the file as the truth when the heads kept beside it are missing or disagree.
    enum class Heads : std::uint8_t { must_agree, accept_file } heads = Heads::must_agree;
};

/// "memory:", the path of an SQLite file, which `sqlite:` may precede, or what libpq takes as a connection URI
/// (postgres://user@host/database; the store is the first schema on the search path). Errors beside those of the disk:
/// `locked` (names the process), `newer_schema`, `not_a_store`, `not_found`, `corrupt` (damage seen at opening), `bad_url`,
/// `unavailable` (no database answers).
Result<std::unique_ptr<ports::Store>> open_store(std::string_view url, const OpenOptions& options = {});

/// Everything that is wrong with a store nobody has open; damage that keeps it from opening is found damage too. An error
/// means that it could not be looked at (`locked`, `not_found` …).
Result<std::vector<ports::Damage>> check_store(std::string_view url, const OpenOptions& options = {});

/// Copies the backup to a new store and checks the copy; nothing is left behind when that finds damage, which is answered.
/// Refuses to overwrite (`exists`).
Result<std::vector<ports::Damage>> restore_store(const std::string& backup, const std::string& to);

}  // namespace baton::storage
