#include "storage/sqlite/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace baton::storage::sqlite {
namespace {

std::string holder(int file) {
    std::array<char, 32> text{};
    const ssize_t size = pread(file, text.data(), text.size(), 0);
    const std::string_view all(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    return std::string(all.substr(0, all.find('\n')));
}

void write_pid(int file) {
    const std::string pid = std::to_string(getpid()) + "\n";
    // Only for the message of a second process: a failure here takes nothing from the lock.
    if (ftruncate(file, 0) == 0) static_cast<void>(pwrite(file, pid.data(), pid.size(), 0) == 0);
}

}  // namespace

Result<std::unique_ptr<ProcessLock>> ProcessLock::take(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0)
        return fail("io_error", "opening " + path + ": " + std::strerror(errno) +
                                    "; a store writes beside its file even when it is only looked at, so its folder "
                                    "must be there and writable");
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        const std::string pid = holder(file);
        close(file);
        return fail("locked", path + " is held by process " + (pid.empty() ? "(unknown)" : pid) +
                                  ": a store is used by one process at a time. Stop that one, or ask it over HTTP.");
    }
    write_pid(file);
    return std::unique_ptr<ProcessLock>(new ProcessLock(file));
}

ProcessLock::~ProcessLock() { close(file_); }

}  // namespace baton::storage::sqlite
