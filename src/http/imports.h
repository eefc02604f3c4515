// Imports over HTTP: what was uploaded is looked at at once, and taken in one file after another in the background, in handfuls
// between which everybody else gets a turn. It goes on after a restart (http/uploads.h).
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/imports.h"
#include "app/ledger.h"
#include "http/uploads.h"
#include "ports/clock.h"
#include "ports/importer.h"

namespace baton::http {

/// Without an importer, or a folder, no files are taken.
struct ImportOptions {
    ports::Importer* importer = nullptr;
    std::string folder;
    std::uint64_t most_bytes = std::uint64_t{256} << 20;  ///< of one file
};

class Imports {
   public:
    Imports(app::Ledger& ledger, ports::Clock& clock, ImportOptions options);
    ~Imports() { stop(); }
    Imports(const Imports&) = delete;
    Imports& operator=(const Imports&) = delete;

    // Codes of all: no_import_folder, in_use, cannot_write, disk_full; beside them:

    /// Where a file goes while it is sent. Code too_many_uploads.
    Result<std::shared_ptr<Spooled>> begin();
    /// It is here: what is it? One that is no file of rows is not kept: codes not_csv, not_utf8, not_xlsx, no_header.
    Result<Upload> take(Spooled& sent, const std::string& name, const std::string& by);
    /// As `how` says, in the background. Codes: unknown_import, import_running, import_over, and what the importer says of the file.
    Result<Upload> start(const std::string& id, const ports::ImportHow& how, const std::string& by,
                         const std::optional<app::Roles>& roles);
    /// Codes: unknown_import, import_over.
    Result<Upload> cancel(const std::string& id);
    /// With its bytes and its errors. Codes: unknown_import, import_running.
    Status remove(const std::string& id);
    /// Takes back what the company knows as this import, in the background. Codes: import_running, undone_already.
    Result<Upload> undo(const codec::ImportMade& made, const std::string& by);

    std::optional<Upload> find(const std::string& id);
    std::optional<Upload> of_import(std::uint32_t number);
    /// Those that are no import of the company yet, the newest first.
    std::vector<Upload> without_number();
    /// The file of rows that were not taken; "" = there is none.
    std::string errors_of(const std::string& id);

    /// Does all there is to do. Answers how many came to their end.
    Result<std::size_t> run_once();
    /// From then on a thread does so.
    void start();
    void stop();

   private:
    Status ready() const;
    Result<Upload*> known(const std::string& id);
    Status keep(Upload upload);
    std::optional<Upload> next();
    /// Whether it came to an end, of whatever kind; an error is the store's: later again.
    Status run(const Upload& upload);
    Status take_in(const Upload& upload);
    Status take_out(const Upload& upload);
    Status ended(Upload upload, const Result<ports::ImportDone>& done);
    bool goes_on(const std::string& id, const ports::ImportCounts& counts);
    void run_on();

    app::Ledger& ledger_;
    ports::Clock& clock_;
    const ImportOptions options_;
    Status opened_;  ///< why there is no folder
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::unique_ptr<Uploads> uploads_;
    std::string running_;     ///< id of the one the background is at
    bool cancelled_ = false;  ///< … which is to stop
    bool woken_ = false, stopping_ = false;
    std::thread thread_;
};

}  // namespace baton::http
