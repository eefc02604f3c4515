#include "storage/sqlite/anchor.h"

#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "storage/row_check.h"

namespace baton::storage::sqlite {
namespace {

constexpr std::string_view magic = "baton-heads 1";
constexpr std::uint64_t line_check = 0x68656164;

std::int64_t check_of(std::string_view body) { return RowCheck(line_check).add(body).value(); }

std::string body_of(const Anchor& anchor) {
    return std::string(magic) + " store " + std::to_string(anchor.store) + " commits " +
           std::to_string(anchor.commits) + " position " + std::to_string(anchor.position) + " heads " +
           to_hex(anchor.heads);
}

/// The word after `name`, or nothing.
std::optional<std::string_view> word_after(std::string_view body, std::string_view name) {
    const std::size_t at = body.find(name);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view rest = body.substr(at + name.size());
    return rest.substr(0, rest.find(' '));
}

std::optional<std::int64_t> number_after(std::string_view body, std::string_view name) {
    const std::optional<std::string_view> word = word_after(body, name);
    std::int64_t number = 0;
    if (!word || std::from_chars(word->data(), word->data() + word->size(), number).ec != std::errc())
        return std::nullopt;
    return number;
}

std::optional<Digest> digest_after(std::string_view body, std::string_view name) {
    const std::optional<std::string_view> word = word_after(body, name);
    Digest digest{};
    if (!word || word->size() != digest.size() * 2) return std::nullopt;
    for (std::size_t i = 0; i < digest.size(); ++i)
        if (std::from_chars(word->data() + i * 2, word->data() + i * 2 + 2, digest[i], 16).ec != std::errc())
            return std::nullopt;
    return digest;
}

Error failed(int code, const std::string& path, std::string_view doing) {
    return {(code & 0xff) == SQLITE_FULL ? "disk_full" : "io_error",
            std::string(doing) + " " + path + ": " + sqlite3_errstr(code) + " (SQLite " + std::to_string(code) + ")"};
}

}  // namespace

std::int64_t store_mark(const HashKey& secret) {
    return static_cast<std::int64_t>(siphash(secret, "store of these heads"));
}

std::string to_line(const Anchor& anchor) {
    const std::string body = body_of(anchor);
    std::string line = body + " check " + std::to_string(check_of(body)) + "\n";
    line.resize(AnchorFile::slot_size, ' ');
    line.back() = '\n';
    return line;
}

std::optional<Anchor> parse_line(std::string_view line) {
    const std::string_view body = line.substr(0, std::min(line.find(" check "), line.size()));
    const auto store = number_after(body, " store ");
    const auto commits = number_after(body, " commits ");
    const auto position = number_after(body, " position ");
    const auto heads = digest_after(body, " heads ");
    if (!store || !commits || !position || !heads) return std::nullopt;
    const Anchor anchor{*store, *commits, *position, *heads};
    if (line != to_line(anchor)) return std::nullopt;
    return anchor;
}

Result<std::unique_ptr<AnchorFile>> AnchorFile::open(const std::string& path, const std::string& vfs) {
    sqlite3_vfs* system = sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str());
    BATON_CHECK(system != nullptr);
    std::unique_ptr<AnchorFile> anchor(
        new AnchorFile(path, std::calloc(1, static_cast<std::size_t>(system->szOsFile))));
    // A super-journal is SQLite's word for a plain file without locks whose folder entry is synced too.
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_SUPER_JOURNAL;
    const int code = system->xOpen(system, anchor->path_.c_str(), anchor->file(), flags, nullptr);
    if (code != SQLITE_OK) return std::unexpected(failed(code, path, "opening"));
    return anchor;
}

AnchorFile::~AnchorFile() {
    if (file()->pMethods != nullptr) file()->pMethods->xClose(file());
    std::free(memory_);
}

sqlite3_file* AnchorFile::file() const { return static_cast<sqlite3_file*>(memory_); }

Result<std::string> AnchorFile::slot(int number) const {
    std::string line(slot_size, '\0');
    const int code = file()->pMethods->xRead(file(), line.data(), slot_size, sqlite3_int64{number} * slot_size);
    if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return std::unexpected(failed(code, path_, "reading"));
    return line;
}

Result<AnchorFile::Contents> AnchorFile::read() const {
    Contents contents;
    for (int number = 0; number < slots; ++number) {
        const Result<std::string> line = slot(number);
        if (!line) return std::unexpected(line.error());
        const std::optional<Anchor> anchor = parse_line(*line);
        const bool blank = line->find_first_not_of('\0') == std::string::npos;
        if (!anchor && !blank) ++contents.damaged;
        if (anchor && (!contents.newest || anchor->commits > contents.newest->commits)) contents.newest = anchor;
    }
    return contents;
}

Result<AnchorFile::Contents> AnchorFile::read_at(const std::string& path, const std::string& vfs) {
    sqlite3_vfs* system = sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str());
    BATON_CHECK(system != nullptr);
    int exists = 0;
    const int code = system->xAccess(system, path.c_str(), SQLITE_ACCESS_EXISTS, &exists);
    if (code != SQLITE_OK) return std::unexpected(failed(code, path, "looking for"));
    if (exists == 0) return Contents{};
    const Result<std::unique_ptr<AnchorFile>> file = open(path, vfs);
    if (!file) return std::unexpected(file.error());
    return (*file)->read();
}

Status AnchorFile::put(int number, const std::string& line) {
    const int code = file()->pMethods->xWrite(file(), line.data(), slot_size, sqlite3_int64{number} * slot_size);
    if (code != SQLITE_OK) return std::unexpected(failed(code, path_, "writing"));
    return {};
}

Status AnchorFile::sync() {
    const int code = file()->pMethods->xSync(file(), SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
    if (code != SQLITE_OK) return std::unexpected(failed(code, path_, "syncing"));
    return {};
}

Status AnchorFile::write(const Anchor& anchor) {
    if (Status status = put(static_cast<int>(anchor.commits % slots), to_line(anchor)); !status) return status;
    return sync();
}

Status AnchorFile::fill(const Anchor& anchor) {
    bool changed = false;
    for (int number = 0; number < slots; ++number) {
        const Result<std::string> line = slot(number);
        if (!line) return std::unexpected(line.error());
        if (parse_line(*line)) continue;
        if (Status status = put(number, to_line(anchor)); !status) return status;
        changed = true;
    }
    return changed ? sync() : Status{};
}

Status AnchorFile::reset(const Anchor& anchor) {
    for (int number = 0; number < slots; ++number) {
        if (Status status = put(number, to_line(anchor)); !status) return status;
    }
    return sync();
}

}  // namespace baton::storage::sqlite
