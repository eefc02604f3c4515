#include "storage/sqlite/gaps.h"

#include <algorithm>
#include <array>
#include <vector>

namespace baton::storage::sqlite {
namespace {

/// Source: https://www.sqlite.org/fileformat2.html, sections 1.3 and 1.6.
constexpr std::size_t file_header = 100, leaf_header = 8, inner_header = 12;
constexpr unsigned char inner_index = 2, inner_table = 5, leaf_index = 10, leaf_table = 13;

class File {
   public:
    explicit File(Database& db) : db_(db) {
        sqlite3_file_control(db.handle(), "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file_));
    }
    bool there() const { return file_ != nullptr && file_->pMethods != nullptr; }
    Status read(std::vector<unsigned char>& into, std::int64_t at) const {
        return told(file_->pMethods->xRead(file_, into.data(), static_cast<int>(into.size()), at), "reading");
    }
    Status zero(std::size_t size, std::int64_t at) {
        const std::vector<unsigned char> zeros(size);
        changed_ = true;
        return told(file_->pMethods->xWrite(file_, zeros.data(), static_cast<int>(size), at), "clearing");
    }
    Status sync() { return changed_ ? told(file_->pMethods->xSync(file_, SQLITE_SYNC_NORMAL), "syncing") : Status(); }

   private:
    Status told(int code, const char* doing) const {
        if (code == SQLITE_OK) return {};
        return std::unexpected(error_of(db_.handle(), code, doing));
    }

    Database& db_;
    sqlite3_file* file_ = nullptr;
    bool changed_ = false;
};

/// One page of a tree, and what its header says.
struct Page {
    const std::vector<unsigned char>& bytes;
    std::size_t header;

    std::size_t two(std::size_t at) const { return std::size_t{bytes[at]} << 8 | bytes[at + 1]; }
    std::uint32_t four(std::size_t at) const {
        return static_cast<std::uint32_t>(two(at)) << 16 | static_cast<std::uint32_t>(two(at + 2));
    }
    bool inner() const { return bytes[header] == inner_index || bytes[header] == inner_table; }
    bool of_tree() const { return inner() || bytes[header] == leaf_index || bytes[header] == leaf_table; }
    std::size_t cells() const { return two(header + 3); }
    std::size_t pointers() const { return header + (inner() ? inner_header : leaf_header); }
    std::size_t gap_begins() const { return pointers() + 2 * cells(); }
    /// 0 stands for 65,536.
    std::size_t gap_ends() const { return two(header + 5) == 0 ? std::size_t{65'536} : two(header + 5); }
};

Status damaged(std::uint32_t number) {
    return fail("corrupt", "page " + std::to_string(number) + " has no sound header; `baton verify` says more");
}

/// Adds the pages below an inner one.
Status follow(const Page& page, std::uint32_t number, std::vector<std::uint32_t>& below) {
    for (std::size_t i = 0; i < page.cells(); ++i) {
        const std::size_t cell = page.two(page.pointers() + 2 * i);
        if (cell + 4 > page.bytes.size()) return damaged(number);
        below.push_back(page.four(cell));
    }
    below.push_back(page.four(page.header + 8));
    return {};
}

Status clear_page(File& file, std::vector<unsigned char>& bytes, std::uint32_t number,
                  std::vector<std::uint32_t>& below) {
    if (number == 0) return damaged(number);
    const std::int64_t at = static_cast<std::int64_t>(number - 1) * static_cast<std::int64_t>(bytes.size());
    if (Status status = file.read(bytes, at); !status) return status;
    const Page page{bytes, number == 1 ? file_header : 0};
    if (!page.of_tree() || page.gap_begins() > page.gap_ends() || page.gap_ends() > bytes.size())
        return damaged(number);
    if (page.inner())
        if (Status status = follow(page, number, below); !status) return status;
    const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(page.gap_begins());
    const auto to = bytes.begin() + static_cast<std::ptrdiff_t>(page.gap_ends());
    const auto first = std::find_if(from, to, [](unsigned char byte) { return byte != 0; });
    if (first == to) return {};
    return file.zero(static_cast<std::size_t>(to - first), at + (first - bytes.begin()));
}

Result<std::vector<std::uint32_t>> roots(Database& db) {
    std::vector<std::uint32_t> pages{1};
    Query query = db.query("SELECT rootpage FROM sqlite_schema WHERE rootpage > 0");
    while (query.row()) pages.push_back(static_cast<std::uint32_t>(query.integer(0)));
    if (Status status = query.status(); !status) return std::unexpected(status.error());
    return pages;
}

}  // namespace

Status clear_gaps(Database& db) {
    File file(db);
    if (!file.there()) return {};  // nothing of it lies in a file
    auto pages = roots(db);
    if (!pages) return std::unexpected(pages.error());
    const Result<std::int64_t> size = db.number("PRAGMA page_size"), count = db.number("PRAGMA page_count");
    if (!size) return std::unexpected(size.error());
    if (!count) return std::unexpected(count.error());
    std::vector<unsigned char> bytes(static_cast<std::size_t>(*size));
    std::int64_t seen = 0;
    while (!pages->empty()) {
        std::vector<std::uint32_t> below;
        std::ranges::sort(*pages);  // read in the file's order
        for (const std::uint32_t number : *pages) {
            if (number > *count || ++seen > *count) return damaged(number);
            if (Status status = clear_page(file, bytes, number, below); !status) return status;
        }
        *pages = std::move(below);
    }
    // What the connection keeps of these pages in memory would bring the bytes back with its next write.
    sqlite3_db_release_memory(db.handle());
    return file.sync();
}

}  // namespace baton::storage::sqlite
