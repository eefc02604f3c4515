// The head of the journal kept outside the store's file, so that a silently shortened file is noticed.
//
// `<file>.heads` is a ring of 16 slots of 512 bytes, one readable line each. Slot (commits mod 16) is overwritten and
// synced after every commit, before the commit is acknowledged: a tear spoils the new slot only, and the one before it
// stands. It never grows, so it needs no compaction. It goes through the same SQLite VFS as the store's file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "ports/store.h"

struct sqlite3_file;
struct sqlite3_vfs;

namespace baton::storage::sqlite {

struct Anchor {
    std::int64_t store = 0;    ///< whose it is, see store_mark
    std::int64_t commits = 0;  ///< durable commits the file has had
    ports::Position position = ports::no_position;
    Digest heads{};  ///< ports::digest_of_heads then
    friend bool operator==(const Anchor&, const Anchor&) = default;
};

/// Tells stores apart without giving their secret away.
std::int64_t store_mark(const HashKey& secret);

std::string to_line(const Anchor& anchor);
/// Nothing when the line is torn or damaged.
std::optional<Anchor> parse_line(std::string_view line);

class AnchorFile {
   public:
    static constexpr int slots = 16;
    static constexpr int slot_size = 512;

    /// Opens or creates; `vfs` "" = the system's.
    static Result<std::unique_ptr<AnchorFile>> open(const std::string& path, const std::string& vfs);
    ~AnchorFile();
    AnchorFile(const AnchorFile&) = delete;
    AnchorFile& operator=(const AnchorFile&) = delete;

    struct Contents {
        std::optional<Anchor> newest;
        int damaged = 0;  ///< slots that hold neither zeros nor a whole line
    };
    Result<Contents> read() const;
    /// Of a file that may be missing, which reads as blank.
    static Result<Contents> read_at(const std::string& path, const std::string& vfs);
    /// Durable when it answers.
    Status write(const Anchor& anchor);
    /// Puts `anchor` in place of slots that are damaged or were never written.
    Status fill(const Anchor& anchor);
    /// Forgets what was there.
    Status reset(const Anchor& anchor);

   private:
    AnchorFile(std::string path, void* memory) : path_(std::move(path)), memory_(memory) {}
    sqlite3_file* file() const;
    Status put(int slot, const std::string& line);
    Status sync();
    Result<std::string> slot(int number) const;

    std::string path_;
    void* memory_;  ///< an sqlite3_file and what its VFS keeps behind it
};

}  // namespace baton::storage::sqlite
