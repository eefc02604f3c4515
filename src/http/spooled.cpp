#include "http/spooled.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace baton::http {
namespace {

std::unexpected<Error> cannot(const std::string& path) {
    const int why = errno;
    if (why == ENOSPC || why == EDQUOT) return fail("disk_full", "no space left for uploads; free some and try again");
    return fail("cannot_write", "cannot write " + path + ": " + std::strerror(why));
}

/// A name in a folder lasts only once the folder is on the disk.
Status settle(const std::string& path) {
    const std::string folder = std::filesystem::path(path).parent_path().string();
    const int at = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (at < 0) return cannot(folder);
    const bool settled = fsync(at) == 0;
    const Status status = settled ? Status() : cannot(folder);
    close(at);
    return status;
}

}  // namespace

Result<std::shared_ptr<Spooled>> Spooled::make(const std::string& path) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return cannot(path);
    return std::shared_ptr<Spooled>(new Spooled(path, file));
}

Spooled::~Spooled() {
    if (file_ >= 0) close(file_);
    if (!kept_) unlink(path_.c_str());
}

Status Spooled::write(std::string_view piece) {
    while (!piece.empty()) {
        const ssize_t n = ::write(file_, piece.data(), piece.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return cannot(path_);
        size_ += static_cast<std::uint64_t>(n);
        piece.remove_prefix(static_cast<std::size_t>(n));
    }
    return {};
}

Status Spooled::keep(const std::string& as) {
    if (fsync(file_) != 0 || std::rename(path_.c_str(), as.c_str()) != 0) return cannot(as);
    kept_ = true;
    path_ = as;
    return settle(as);
}

Status put_file(const std::string& path, std::string_view text) {
    const auto file = Spooled::make(path + ".part");
    if (!file) return std::unexpected(file.error());
    if (auto written = (*file)->write(text); !written) return written;
    return (*file)->keep(path);
}

}  // namespace baton::http
