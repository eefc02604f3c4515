#include "support/disk.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <mutex>
#include <new>
#include <random>
#include <set>

#include "base/result.h"

namespace baton::faults {
namespace {

constexpr std::int64_t sector = 512;

struct Change {
    std::int64_t at = 0;
    std::string bytes;
    bool truncate = false;  ///< to `at`
};

void put_on(std::string& content, const Change& change) {
    const auto at = static_cast<std::size_t>(change.at);
    if (change.truncate) {
        content.resize(std::min(content.size(), at));
        return;
    }
    if (content.size() < at + change.bytes.size()) content.resize(at + change.bytes.size(), '\0');
    change.bytes.copy(content.data() + at, change.bytes.size());
}

/// The pieces of a write that a disk stores each whole or not at all.
std::vector<Change> pieces(const Change& change) {
    if (change.truncate) return {change};
    std::vector<Change> out;
    for (std::int64_t at = change.at; at < change.at + static_cast<std::int64_t>(change.bytes.size());) {
        const std::int64_t next = (at / sector + 1) * sector;
        out.push_back(
            {at, change.bytes.substr(static_cast<std::size_t>(at - change.at), static_cast<std::size_t>(next - at)),
             false});
        at = next;
    }
    return out;
}

constexpr int shm_locks = SQLITE_SHM_NLOCK;

struct Handle;
struct Inode {
    std::string content;          ///< what reads see
    std::string durable;          ///< what is on the platter
    std::vector<Change> pending;  ///< between the two
    bool entry_durable = false;   ///< its name is on the platter
    bool removed = false;         ///< unlinked, maybe not yet on the platter
    std::set<Handle*> handles;
    std::vector<std::unique_ptr<std::array<char, 32768>>> shm;
    std::array<int, shm_locks> shm_shared{};
    std::array<Handle*, shm_locks> shm_exclusive{};
};

}  // namespace

struct Disk::State {
    sqlite3_vfs vfs{};
    std::string name;
    mutable std::mutex mutex;
    std::map<std::string, std::shared_ptr<Inode>> files;
    std::map<std::string, std::shared_ptr<Inode>> unlinked;  ///< whose removal is not on the platter yet
    std::mt19937_64 random{1};
    std::int64_t calls = 0;
    std::int64_t failed = 0;
    std::int64_t fail_from = -1;
    std::int64_t cut_from = -1;
    Fault fault = Fault::io_error;
    Times times = Times::once;
    bool dead = false;

    /// Counts a call; true when it is to fail.
    bool fails(bool needs_space) {
        ++calls;
        if (cut_from >= 0 && calls >= cut_from) dead = true;
        if (dead) return true;
        if (fail_from < 0 || calls < fail_from || (times == Times::once && calls > fail_from)) return false;
        if (fault == Fault::disk_full && !needs_space) return false;
        ++failed;
        return true;
    }
    void sync_folder() {
        for (const auto& [path, inode] : files) inode->entry_durable = true;
        unlinked.clear();
    }
    int code(int io_error) const { return !dead && fault == Fault::disk_full ? SQLITE_FULL : io_error; }
};

namespace {

struct Handle {
    sqlite3_file base;
    Disk::State* disk;
    std::shared_ptr<Inode> inode;
    int lock;
    std::array<bool, shm_locks> shared;
    bool syncs_folder;  ///< with the first sync of a new file, as SQLite does for its journals
};

Handle& handle(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }

class Guard {
   public:
    explicit Guard(sqlite3_file* file) : lock_(handle(file).disk->mutex) {}

   private:
    std::scoped_lock<std::mutex> lock_;
};

void drop_shm_locks(Handle& self) {
    for (int slot = 0; slot < shm_locks; ++slot) {
        const auto at = static_cast<std::size_t>(slot);
        if (self.shared[at]) --self.inode->shm_shared[at];
        self.shared[at] = false;
        if (self.inode->shm_exclusive[at] == &self) self.inode->shm_exclusive[at] = nullptr;
    }
}

int close_file(sqlite3_file* file) {
    Handle& self = handle(file);
    {
        const Guard guard(file);
        drop_shm_locks(self);
        self.inode->handles.erase(&self);
        if (self.inode->handles.empty()) self.inode->shm.clear();
    }
    self.~Handle();
    return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 from) {
    const Guard guard(file);
    Handle& self = handle(file);
    if (self.disk->fails(false)) return SQLITE_IOERR_READ;
    const std::string& content = self.inode->content;
    const std::int64_t there = std::clamp<std::int64_t>(static_cast<std::int64_t>(content.size()) - from, 0, size);
    std::memset(to, 0, static_cast<std::size_t>(size));
    if (there > 0) std::memcpy(to, content.data() + from, static_cast<std::size_t>(there));
    return there == size ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

void change(Inode& inode, Change what) {
    put_on(inode.content, what);
    inode.pending.push_back(std::move(what));
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 to) {
    const Guard guard(file);
    Handle& self = handle(file);
    std::string bytes(static_cast<const char*>(from), static_cast<std::size_t>(size));
    if (self.disk->fails(true)) {
        bytes.resize(self.disk->random() % (bytes.size() + 1));
        change(*self.inode, {to, std::move(bytes), false});
        return self.disk->code(SQLITE_IOERR_WRITE);
    }
    change(*self.inode, {to, std::move(bytes), false});
    return SQLITE_OK;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    const Guard guard(file);
    Handle& self = handle(file);
    if (self.disk->fails(false)) return SQLITE_IOERR_TRUNCATE;
    change(*self.inode, {size, "", true});
    return SQLITE_OK;
}

int sync_file(sqlite3_file* file, int) {
    const Guard guard(file);
    Handle& self = handle(file);
    Inode& inode = *self.inode;
    if (self.disk->fails(false)) {
        if (!self.disk->dead) inode.pending.clear();  // readable still, but lost to the platter
        return SQLITE_IOERR_FSYNC;
    }
    for (const Change& pending : inode.pending) put_on(inode.durable, pending);
    inode.pending.clear();
    if (!inode.entry_durable && self.syncs_folder) self.disk->sync_folder();
    inode.entry_durable = true;
    return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
    const Guard guard(file);
    *size = static_cast<sqlite3_int64>(handle(file).inode->content.size());
    return SQLITE_OK;
}

int most_of_others(const Handle& self) {
    int most = SQLITE_LOCK_NONE;
    for (const Handle* other : self.inode->handles)
        if (other != &self) most = std::max(most, other->lock);
    return most;
}

int lock_file(sqlite3_file* file, int level) {
    const Guard guard(file);
    Handle& self = handle(file);
    const int others = most_of_others(self);
    const bool fits = level == SQLITE_LOCK_SHARED     ? others < SQLITE_LOCK_PENDING
                      : level == SQLITE_LOCK_RESERVED ? others < SQLITE_LOCK_RESERVED
                                                      : others == SQLITE_LOCK_NONE;
    if (!fits) return SQLITE_BUSY;
    self.lock = std::max(self.lock, level);
    return SQLITE_OK;
}

int unlock_file(sqlite3_file* file, int level) {
    const Guard guard(file);
    handle(file).lock = std::min(handle(file).lock, level);
    return SQLITE_OK;
}

int check_reserved(sqlite3_file* file, int* out) {
    const Guard guard(file);
    *out = most_of_others(handle(file)) >= SQLITE_LOCK_RESERVED ? 1 : 0;
    return SQLITE_OK;
}

int file_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 4096; }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
    const Guard guard(file);
    Inode& inode = *handle(file).inode;
    BATON_CHECK(size == 32768);
    const auto wanted = static_cast<std::size_t>(region);
    *out = nullptr;
    if (wanted >= inode.shm.size() && extend == 0) return SQLITE_OK;
    while (inode.shm.size() <= wanted) inode.shm.push_back(std::make_unique<std::array<char, 32768>>());
    *out = inode.shm[wanted]->data();
    return SQLITE_OK;
}

bool shm_free(const Handle& self, std::size_t slot, bool exclusive) {
    const Inode& inode = *self.inode;
    if (inode.shm_exclusive[slot] != nullptr && inode.shm_exclusive[slot] != &self) return false;
    return !exclusive || inode.shm_shared[slot] == (self.shared[slot] ? 1 : 0);
}

void shm_unlock(Handle& self, std::size_t slot) {
    if (self.inode->shm_exclusive[slot] == &self) self.inode->shm_exclusive[slot] = nullptr;
    if (self.shared[slot]) --self.inode->shm_shared[slot];
    self.shared[slot] = false;
}

void shm_take(Handle& self, std::size_t slot, bool exclusive) {
    if (exclusive) {
        self.inode->shm_exclusive[slot] = &self;
    } else if (!self.shared[slot]) {
        self.shared[slot] = true;
        ++self.inode->shm_shared[slot];
    }
}

int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    const Guard guard(file);
    Handle& self = handle(file);
    const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    for (int at = offset; at < offset + count; ++at) {
        const bool wanted = (flags & SQLITE_SHM_LOCK) != 0;
        if (wanted && !shm_free(self, static_cast<std::size_t>(at), exclusive)) return SQLITE_BUSY;
    }
    for (int at = offset; at < offset + count; ++at) {
        if ((flags & SQLITE_SHM_UNLOCK) != 0) {
            shm_unlock(self, static_cast<std::size_t>(at));
        } else {
            shm_take(self, static_cast<std::size_t>(at), exclusive);
        }
    }
    return SQLITE_OK;
}

void shm_barrier(sqlite3_file*) { std::atomic_thread_fence(std::memory_order_seq_cst); }

int shm_unmap(sqlite3_file* file, int) {
    const Guard guard(file);
    drop_shm_locks(handle(file));
    return SQLITE_OK;
}

const sqlite3_io_methods methods = {
    2,         close_file,  read_file,      write_file,   truncate_file, sync_file,       file_size,
    lock_file, unlock_file, check_reserved, file_control, sector_size,   characteristics, shm_map,
    shm_lock,  shm_barrier, shm_unmap,      nullptr,      nullptr};

Disk::State& state_of(sqlite3_vfs* vfs) { return *static_cast<Disk::State*>(vfs->pAppData); }

int open_file(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
    Disk::State& disk = state_of(vfs);
    const std::scoped_lock lock(disk.mutex);
    file->pMethods = nullptr;
    if (disk.fails((flags & SQLITE_OPEN_CREATE) != 0)) return disk.code(SQLITE_CANTOPEN);
    const std::string path = name == nullptr ? "" : name;  // without a name: a temporary file
    auto found = disk.files.find(path);
    if (name != nullptr && found == disk.files.end() && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    auto inode = name == nullptr || found == disk.files.end() ? std::make_shared<Inode>() : found->second;
    if (name != nullptr) disk.files[path] = inode;
    const int journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
    auto* self = new (file) Handle{{&methods}, &disk, inode, SQLITE_LOCK_NONE, {}, (flags & journals) != 0};
    inode->handles.insert(self);
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    Disk::State& disk = state_of(vfs);
    const std::scoped_lock lock(disk.mutex);
    if (disk.fails(false)) return SQLITE_IOERR_DELETE;
    const auto found = disk.files.find(name);
    if (found == disk.files.end()) return SQLITE_IOERR_DELETE_NOENT;
    if (sync_folder == 0 && found->second->entry_durable) disk.unlinked[name] = found->second;
    disk.files.erase(found);
    return SQLITE_OK;
}

int access_file(sqlite3_vfs* vfs, const char* name, int, int* out) {
    Disk::State& disk = state_of(vfs);
    const std::scoped_lock lock(disk.mutex);
    if (disk.fails(false)) return SQLITE_IOERR_ACCESS;
    *out = disk.files.contains(name) ? 1 : 0;
    return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
}

int randomness(sqlite3_vfs* vfs, int size, char* out) {
    Disk::State& disk = state_of(vfs);
    const std::scoped_lock lock(disk.mutex);
    for (int i = 0; i < size; ++i) out[i] = static_cast<char>(disk.random());
    return size;
}

int no_sleep(sqlite3_vfs*, int microseconds) { return microseconds; }
int current_time(sqlite3_vfs*, double* out) {
    *out = 2460000.5;
    return SQLITE_OK;
}
int last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

Disk::Disk() : state_(std::make_unique<State>()) {
    static std::atomic<int> number = 0;
    state_->name = "baton-disk-" + std::to_string(++number);
    sqlite3_vfs& vfs = state_->vfs;
    vfs.iVersion = 1;
    vfs.szOsFile = sizeof(Handle);
    vfs.mxPathname = 1024;
    vfs.zName = state_->name.c_str();
    vfs.pAppData = state_.get();
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = access_file;
    vfs.xFullPathname = full_path;
    vfs.xRandomness = randomness;
    vfs.xSleep = no_sleep;
    vfs.xCurrentTime = current_time;
    vfs.xGetLastError = last_error;
    BATON_CHECK(sqlite3_vfs_register(&vfs, 0) == SQLITE_OK);
}

Disk::~Disk() { sqlite3_vfs_unregister(&state_->vfs); }

const std::string& Disk::vfs() const { return state_->name; }

std::int64_t Disk::calls() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->calls;
}

void Disk::fail_at(std::int64_t nth, Fault fault, Times times) {
    const std::scoped_lock lock(state_->mutex);
    state_->fail_from = state_->calls + nth;
    state_->fault = fault;
    state_->times = times;
    state_->failed = 0;
}

void Disk::heal() {
    const std::scoped_lock lock(state_->mutex);
    state_->fail_from = -1;
    state_->cut_from = -1;
}

std::int64_t Disk::failed() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->failed;
}

void Disk::cut_at(std::int64_t nth) {
    const std::scoped_lock lock(state_->mutex);
    state_->cut_from = state_->calls + nth;
}

bool Disk::dead() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->dead;
}

namespace {

/// What the platter holds of a file after the cut. `keep` of 8 pieces survive on average.
std::string survivors(const Inode& inode, std::mt19937_64& random, std::uint64_t keep) {
    std::string content = inode.durable;
    for (const Change& pending : inode.pending) {
        for (const Change& piece : pieces(pending))
            if (random() % 8 < keep) put_on(content, piece);
    }
    return content;
}

void settle(Inode& inode, std::string content) {
    BATON_CHECK(inode.handles.empty());
    inode.content = inode.durable = std::move(content);
    inode.pending.clear();
    inode.entry_durable = true;
}

}  // namespace

void Disk::restart(std::uint64_t seed) {
    const std::scoped_lock lock(state_->mutex);
    std::mt19937_64 random(seed);
    const std::uint64_t keep = random() % 9;
    for (const auto& [path, inode] : state_->unlinked)
        if (!state_->files.contains(path) && random() % 8 < keep) state_->files[path] = inode;
    state_->unlinked.clear();
    std::erase_if(state_->files, [&](const auto& file) { return !file.second->entry_durable && random() % 8 >= keep; });
    for (const auto& [path, inode] : state_->files) settle(*inode, survivors(*inode, random, keep));
    state_->dead = false;
    state_->fail_from = -1;
    state_->cut_from = -1;
    state_->random.seed(seed);
}

std::map<std::string, std::string> Disk::files() const {
    const std::scoped_lock lock(state_->mutex);
    std::map<std::string, std::string> out;
    for (const auto& [path, inode] : state_->files) out[path] = inode->content;
    return out;
}

void Disk::set_files(const std::map<std::string, std::string>& files) {
    const std::scoped_lock lock(state_->mutex);
    for (const auto& [path, inode] : state_->files) BATON_CHECK(inode->handles.empty());
    state_->files.clear();
    state_->unlinked.clear();
    for (const auto& [path, content] : files) {
        auto inode = std::make_shared<Inode>();
        settle(*inode, content);
        state_->files[path] = std::move(inode);
    }
}

}  // namespace baton::faults
