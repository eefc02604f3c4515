#include "writer/counted_calls.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>

namespace baton::faults {
namespace {

std::atomic<long> calls_left = -1;

void count_call() {
    if (calls_left > 0 && --calls_left == 0) kill(getpid(), SIGKILL);
}

int counted_open(const char* path, int flags, int mode) {
    count_call();
    return open(path, flags, mode);
}
ssize_t counted_pread(int file, void* to, size_t size, off_t at) {
    count_call();
    return pread(file, to, size, at);
}
ssize_t counted_pwrite(int file, const void* from, size_t size, off_t at) {
    count_call();
    const ssize_t half = pwrite(file, from, size / 2, at);
    count_call();
    return half < 0 ? half : pwrite(file, from, size, at);
}
int counted_truncate(int file, off_t size) {
    count_call();
    return ftruncate(file, size);
}
int counted_unlink(const char* path) {
    count_call();
    return unlink(path);
}
int counted_close(int file) {
    count_call();
    return close(file);
}

template <class Function>
sqlite3_syscall_ptr pointer(Function* function) {
    return reinterpret_cast<sqlite3_syscall_ptr>(function);
}

}  // namespace

void die_at_call(long nth) {
    calls_left = nth;
    sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
    system->xSetSystemCall(system, "open", pointer(counted_open));
    system->xSetSystemCall(system, "pread", pointer(counted_pread));
    system->xSetSystemCall(system, "pread64", pointer(counted_pread));
    system->xSetSystemCall(system, "pwrite", pointer(counted_pwrite));
    system->xSetSystemCall(system, "pwrite64", pointer(counted_pwrite));
    system->xSetSystemCall(system, "ftruncate", pointer(counted_truncate));
    system->xSetSystemCall(system, "unlink", pointer(counted_unlink));
    system->xSetSystemCall(system, "close", pointer(counted_close));
}

}  // namespace baton::faults
