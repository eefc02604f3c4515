#include "connectors/import/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace baton::imports {
namespace {

std::unexpected<Error> cannot_read(const std::string& name, int error) {
    return fail("cannot_read", "cannot read " + name + ": " + std::strerror(error));
}

}  // namespace

Result<Input> Input::open(const std::string& path, const std::string& name) {
    Input input;
    input.name_ = !name.empty() ? name : path == "-" ? "standard input" : path;
    input.file_ = path == "-" ? dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (input.file_ < 0) return cannot_read(input.name_, errno);
    struct stat about{};
    if (fstat(input.file_, &about) != 0) return cannot_read(input.name_, errno);
    if (S_ISDIR(about.st_mode)) return fail("cannot_read", input.name_ + " is a folder; name a file in it");
    if (S_ISREG(about.st_mode))
        input.size_ = static_cast<std::uint64_t>(about.st_size);
    else if (const Status all = input.slurp(); !all)
        return std::unexpected(all.error());
    return input;
}

Input Input::of_text(std::string name, std::string text) {
    Input input;
    input.name_ = std::move(name);
    input.size_ = text.size();
    input.text_ = std::move(text);
    return input;
}

Input Input::converted(std::string name, std::string text, std::vector<std::int64_t> rows,
                       std::vector<CellNote> notes) {
    Input input = of_text(std::move(name), std::move(text));
    input.converted_ = true;
    input.rows_ = std::move(rows);
    input.notes_ = std::move(notes);
    return input;
}

std::int64_t Input::row_of(std::int64_t row) const {
    const auto index = static_cast<std::size_t>(row - 1);
    return index < rows_.size() ? rows_[index] : row;
}

Input::~Input() {
    if (file_ >= 0) close(file_);
}

Input::Input(Input&& other) noexcept { *this = std::move(other); }

Input& Input::operator=(Input&& other) noexcept {
    std::swap(name_, other.name_);
    std::swap(file_, other.file_);
    std::swap(text_, other.text_);
    std::swap(size_, other.size_);
    std::swap(converted_, other.converted_);
    std::swap(rows_, other.rows_);
    std::swap(notes_, other.notes_);
    return *this;
}

Status Input::slurp() {
    std::array<char, 65536> block{};
    for (;;) {
        const ssize_t n = ::read(file_, block.data(), block.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return cannot_read(name_, errno);
        if (n == 0) break;
        text_.append(block.data(), static_cast<std::size_t>(n));
    }
    close(std::exchange(file_, -1));
    size_ = text_.size();
    return {};
}

Result<std::size_t> Input::read_at(std::uint64_t at, char* to, std::size_t size) const {
    if (file_ < 0) return at >= text_.size() ? 0 : text_.copy(to, size, at);
    for (;;) {
        const ssize_t n = pread(file_, to, size, static_cast<off_t>(at));
        if (n >= 0) return static_cast<std::size_t>(n);
        if (errno != EINTR) return cannot_read(name_, errno);
    }
}

csv::Read Input::from_start() const {
    return [this, at = std::uint64_t{0}](char* to, std::size_t size) mutable -> Result<std::size_t> {
        const auto n = read_at(at, to, size);
        if (n) at += *n;
        return n;
    };
}

Result<Digest> Input::digest() const {
    Digest all{};
    std::string piece(std::size_t{1} << 20, '\0');
    for (std::uint64_t at = 0;; at += piece.size()) {
        std::size_t have = 0;
        for (;;) {
            const auto n = read_at(at + have, piece.data() + have, piece.size() - have);
            if (!n) return std::unexpected(n.error());
            have += *n;
            if (*n == 0 || have == piece.size()) break;
        }
        all = chain(all, std::string_view(piece).substr(0, have));
        if (have < piece.size()) return all;
    }
}

Result<std::string> Input::part(std::uint64_t at, std::size_t size) const {
    std::string text(size, '\0');
    std::size_t have = 0;
    while (have < size) {
        const auto n = read_at(at + have, text.data() + have, size - have);
        if (!n) return std::unexpected(n.error());
        if (*n == 0) return fail("cannot_read", name_ + " became shorter while it was read; import it again");
        have += *n;
    }
    return text;
}

}  // namespace baton::imports
