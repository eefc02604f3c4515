// Uploaded files that are to be imported, and how far each is: a folder beside the store, so that a restart forgets nothing.
// Of each stand there ID.data (the bytes, until they are taken in), ID.json (all else), ID.errors.csv.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/roles.h"
#include "base/time.h"
#include "codec/json_writer.h"
#include "http/spooled.h"
#include "ports/importer.h"

namespace baton::http {

enum class UploadState : std::uint8_t {
    uploaded,   ///< waits to be started
    looked,     ///< a dry run came to its end; waits to be started
    running,    ///< or about to
    done,       ///< its rows are in; the bytes are gone
    cancelled,  ///< stopped before the end; starting it goes on
    failed,     ///< `problem` says why; it may be started again
    undoing,
    undone,
};
std::string_view to_string(UploadState state);

struct Upload {
    std::string id;
    std::string file, by;  ///< its name; who sent it
    std::uint64_t bytes = 0;
    Instant at, changed_at;
    UploadState state = UploadState::uploaded;
    ports::ImportHow how;
    std::string mapping;              ///< id of the one it is understood by; "" = none fits
    std::string starter;              ///< who started it, or undoes it
    std::optional<app::Roles> roles;  ///< by which it may bring in facts; none = all
    Instant started_at = Instant::never(), ended_at = Instant::never();
    ports::ImportCounts counts;
    std::string preview, report;  ///< JSON; "" = none
    std::optional<Error> problem;
};

/// What a caller is told.
void write(codec::JsonWriter& out, const Upload& upload, bool whole);

/// Not for several threads at once.
class Uploads {
   public:
    static constexpr std::size_t most = 50;  ///< files that wait
    static constexpr Duration kept_for = Duration::hours(7 * 24);

    /// What an earlier process left: what was being sent goes, what ran is to run on. Codes: cannot_write, in_use.
    static Result<std::unique_ptr<Uploads>> open(const std::string& folder);
    ~Uploads();
    Uploads(const Uploads&) = delete;
    Uploads& operator=(const Uploads&) = delete;

    /// A file to be sent. Codes: too_many_uploads, disk_full, cannot_write.
    Result<std::shared_ptr<Spooled>> begin();
    std::string data_of(const std::string& id) const { return folder_ + "/" + id + ".data"; }
    std::string errors_of(const std::string& id) const { return folder_ + "/" + id + ".errors.csv"; }

    const std::map<std::string, Upload>& all() const { return all_; }
    Upload* find(const std::string& id);
    /// The latest that became the import of this number.
    Upload* of_import(std::uint32_t number);
    /// As it stands now, also on the disk. Codes: disk_full, cannot_write.
    Status put(const Upload& upload);
    void drop_data(const std::string& id);
    void remove(const std::string& id);
    /// Takes away what nobody has asked anything of for a week.
    void expire(Instant now);

   private:
    Uploads(std::string folder, int lock) : folder_(std::move(folder)), lock_(lock) {}
    void load();

    std::string folder_;
    int lock_;
    std::map<std::string, Upload> all_;
};

}  // namespace baton::http
