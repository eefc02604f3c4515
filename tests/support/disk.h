// A disk in memory, given to SQLite as a VFS, that can lose power, fail and fill up at the n-th call.
//
// What a program writes is volatile until xSync. When the power is cut, every unsynced write is torn into 512-byte pieces
// and each piece survives or not, at random; new and deleted files come and go with their folder entry. After a failed
// sync the unsynced writes can still be read but will never reach the disk, as Linux does it. Nothing but SQLite and the
// head file go through it: the lock file lies in the machine's own file system.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace baton::faults {

enum class Fault : std::uint8_t { io_error, disk_full };
enum class Times : std::uint8_t { once, for_ever };

class Disk {
   public:
    /// Registered under a name of its own until it is destroyed; all files must be closed by then.
    Disk();
    ~Disk();
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;

    /// For OpenOptions::vfs.
    const std::string& vfs() const;

    /// Calls that touch the disk so far: open, read, write, sync, truncate, delete, access.
    std::int64_t calls() const;
    /// The n-th call from now on (1 = the next) fails, once or with all that follow. Disk full spares calls that need no
    /// space, and a write that fails may leave half of its bytes.
    void fail_at(std::int64_t nth, Fault fault, Times times);
    void heal();
    /// How many calls have failed since fail_at.
    std::int64_t failed() const;

    /// At the n-th call from now the power goes: that call and all later ones fail.
    void cut_at(std::int64_t nth);
    bool dead() const;
    /// Power is back; what had not been synced survives in part, by `seed`. All files must be closed.
    void restart(std::uint64_t seed);

    /// Contents as a program sees them, by path.
    std::map<std::string, std::string> files() const;
    /// Puts the disk into this state, all of it synced. All files must be closed.
    void set_files(const std::map<std::string, std::string>& files);

    struct State;

   private:
    std::unique_ptr<State> state_;
};

}  // namespace baton::faults
