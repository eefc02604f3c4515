#include "http/imports.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>

#include "http/access.h"

namespace baton::http {
namespace {

constexpr std::size_t preview_rows = 5;

template <std::size_t n>
bool is_one_of(const std::array<std::string_view, n>& codes, std::string_view code) {
    return std::ranges::find(codes, code) != codes.end();
}

/// The file itself is none that anybody could import, whatever the mapping.
bool is_no_file_of_rows(std::string_view code) {
    static constexpr std::array<std::string_view, 4> codes{"not_csv", "not_utf8", "not_xlsx", "no_header"};
    return is_one_of(codes, code);
}

/// Trying again later would meet with the same.
bool is_final(std::string_view code) {
    static constexpr std::array<std::string_view, 14> codes{
        "not_csv",         "not_utf8",     "not_xlsx",        "no_header",     "no_mapping",
        "missing_columns", "no_sheet",     "unknown_mapping", "bad_mapping",   "bad_parameter",
        "cannot_read",     "cannot_write", "mixed_headers",   "undone_already"};
    return is_one_of(codes, code);
}

/// Whether it waits for its turn, or has it.
bool is_under_way(const Upload& upload) {
    return upload.state == UploadState::running || upload.state == UploadState::undoing;
}

std::unexpected<Error> under_way(const Upload& upload) {
    return fail("import_running",
                "'" + upload.file + "' is " + std::string(to_string(upload.state)) +
                    (upload.state == UploadState::running ? "; cancel it first" : "; wait for its end"));
}

}  // namespace

Imports::Imports(app::Ledger& ledger, ports::Clock& clock, ImportOptions options)
    : ledger_(ledger), clock_(clock), options_(std::move(options)) {
    if (options_.importer == nullptr || options_.folder.empty()) {
        opened_ = fail("no_import_folder",
                       "This server has no folder for uploads; name one with --import-folder, or use baton import.");
        return;
    }
    auto uploads = Uploads::open(options_.folder);
    if (uploads)
        uploads_ = std::move(*uploads);
    else
        opened_ = std::unexpected(uploads.error());
}

Status Imports::ready() const { return opened_; }

Result<Upload*> Imports::known(const std::string& id) {
    if (auto can = ready(); !can) return std::unexpected(can.error());
    Upload* upload = uploads_->find(id);
    if (upload == nullptr) return fail("unknown_import", "there is no upload '" + id + "' here");
    return upload;
}

Status Imports::keep(Upload upload) {
    upload.changed_at = clock_.now();
    return uploads_->put(upload);
}

Result<std::shared_ptr<Spooled>> Imports::begin() {
    const std::scoped_lock lock(mutex_);
    if (auto can = ready(); !can) return std::unexpected(can.error());
    uploads_->expire(clock_.now());
    return uploads_->begin();
}

Result<Upload> Imports::take(Spooled& sent, const std::string& name, const std::string& by) {
    const std::string id = std::filesystem::path(sent.path()).stem().string();
    Upload upload{.id = id, .file = name, .by = by, .bytes = sent.size(), .at = clock_.now()};
    const auto seen = options_.importer->look({sent.path(), name}, upload.how, preview_rows, upload.at);
    if (!seen && is_no_file_of_rows(seen.error().code)) return std::unexpected(seen.error());
    if (seen) {
        upload.mapping = seen->mapping;
        upload.preview = seen->document;
    } else if (is_final(seen.error().code)) {
        upload.problem = seen.error();  // a mapping or a sheet may be named yet
    } else {
        return std::unexpected(seen.error());
    }
    const std::scoped_lock lock(mutex_);
    if (auto kept = sent.keep(uploads_->data_of(id)); !kept) return std::unexpected(kept.error());
    if (auto kept = keep(upload); !kept) {
        uploads_->remove(id);
        return std::unexpected(kept.error());
    }
    return upload;
}

Result<Upload> Imports::start(const std::string& id, const ports::ImportHow& how, const std::string& by,
                              const std::optional<app::Roles>& roles) {
    const auto may_start = [&]() -> Result<Upload> {
        const auto found = known(id);
        if (!found) return std::unexpected(found.error());
        if (is_under_way(**found) || running_ == id) return under_way(**found);
        if ((*found)->state == UploadState::done || (*found)->state == UploadState::undone)
            return fail("import_over", "'" + (*found)->file + "' is in already; upload it again to import it again");
        return **found;
    };
    const auto looked_at = [&] {
        const std::scoped_lock lock(mutex_);
        return may_start();
    }();
    if (!looked_at) return looked_at;
    // A mapping that does not fit is said at once, not to somebody who asks later.
    const auto seen =
        options_.importer->look({uploads_->data_of(id), looked_at->file}, how, preview_rows, clock_.now());
    if (!seen) return std::unexpected(seen.error());
    const std::scoped_lock lock(mutex_);
    auto upload = may_start();
    if (!upload) return upload;
    const bool goes_on = upload->counts.number != 0 && !upload->how.dry_run;
    upload->how = how;
    upload->mapping = seen->mapping;
    upload->how.historical = seen->historical;
    upload->preview = seen->document;
    upload->state = UploadState::running;
    upload->starter = by;
    upload->roles = roles;
    // Gone on with, it is the import of that moment: rows without a time have one time.
    if (!goes_on) upload->started_at = clock_.now();
    upload->counts = {.number = goes_on ? upload->counts.number : 0};
    upload->ended_at = Instant::never();
    upload->problem.reset();
    upload->report.clear();
    if (auto kept = keep(*upload); !kept) return std::unexpected(kept.error());
    woken_ = true;
    changed_.notify_all();
    return upload;
}

Result<Upload> Imports::cancel(const std::string& id) {
    const std::scoped_lock lock(mutex_);
    const auto found = known(id);
    if (!found) return std::unexpected(found.error());
    if ((*found)->state != UploadState::running)
        return fail("import_over",
                    "'" + (*found)->file + "' is not running: it is " + std::string(to_string((*found)->state)));
    Upload upload = **found;
    upload.state = UploadState::cancelled;
    upload.ended_at = clock_.now();
    if (auto kept = keep(upload); !kept) return std::unexpected(kept.error());
    cancelled_ = running_ == id;
    return upload;
}

Status Imports::remove(const std::string& id) {
    const std::scoped_lock lock(mutex_);
    const auto found = known(id);
    if (!found) return std::unexpected(found.error());
    if (is_under_way(**found) || running_ == id) return under_way(**found);
    uploads_->remove(id);
    return {};
}

Result<Upload> Imports::undo(const codec::ImportMade& made, const std::string& by) {
    const std::scoped_lock lock(mutex_);
    if (auto can = ready(); !can) return std::unexpected(can.error());
    if (made.undone == codec::ImportMade::Undone::done)
        return fail("undone_already", "import " + std::to_string(made.number) + " was undone already, " +
                                          to_string(made.undone_at) + ", by " + made.undone_by);
    Upload* found = uploads_->of_import(made.number);
    if (found != nullptr && is_under_way(*found)) return under_way(*found);
    Upload upload;
    if (found != nullptr) {
        upload = *found;
    } else {  // brought in by baton import, or by another server
        upload.id = "import-" + std::to_string(made.number);
        upload.file = made.files;
        upload.by = made.actor;
        upload.at = made.at;
        upload.mapping = made.mapping;
        upload.how.mode = made.mode;
        upload.counts.number = made.number;
    }
    upload.state = UploadState::undoing;
    upload.starter = by;
    upload.problem.reset();
    if (auto kept = keep(upload); !kept) return std::unexpected(kept.error());
    woken_ = true;
    changed_.notify_all();
    return upload;
}

std::optional<Upload> Imports::find(const std::string& id) {
    const std::scoped_lock lock(mutex_);
    const Upload* found = uploads_ == nullptr ? nullptr : uploads_->find(id);
    return found == nullptr ? std::nullopt : std::optional(*found);
}

std::optional<Upload> Imports::of_import(std::uint32_t number) {
    const std::scoped_lock lock(mutex_);
    const Upload* found = uploads_ == nullptr ? nullptr : uploads_->of_import(number);
    return found == nullptr ? std::nullopt : std::optional(*found);
}

std::vector<Upload> Imports::without_number() {
    const std::scoped_lock lock(mutex_);
    std::vector<Upload> some;
    if (uploads_ == nullptr) return some;
    for (const auto& [id, upload] : uploads_->all())
        if (upload.counts.number == 0 || upload.how.dry_run) some.push_back(upload);
    std::ranges::sort(some, std::ranges::greater(), &Upload::at);
    return some;
}

std::string Imports::errors_of(const std::string& id) {
    const std::scoped_lock lock(mutex_);
    std::error_code failed;
    const std::string path = uploads_ == nullptr ? "" : uploads_->errors_of(id);
    return !path.empty() && std::filesystem::exists(path, failed) ? path : "";
}

// ---- in the background --------------------------------------------------------------------------------------------

std::optional<Upload> Imports::next() {
    const std::scoped_lock lock(mutex_);
    running_.clear();
    cancelled_ = false;
    if (stopping_ || uploads_ == nullptr) return std::nullopt;
    uploads_->expire(clock_.now());
    const Upload* first = nullptr;
    for (const auto& [id, upload] : uploads_->all())
        if (is_under_way(upload) && (first == nullptr || upload.changed_at < first->changed_at)) first = &upload;
    if (first == nullptr) return std::nullopt;
    running_ = first->id;
    return *first;
}

/// Notes how far it is, in memory; the number of the import at once on the disk.
bool Imports::goes_on(const std::string& id, const ports::ImportCounts& counts) {
    const std::scoped_lock lock(mutex_);
    if (stopping_ || cancelled_) return false;
    Upload* upload = uploads_->find(id);
    const bool numbered = upload->counts.number != counts.number;
    upload->counts = counts;
    return !numbered || uploads_->put(*upload).has_value();
}

Status Imports::ended(Upload upload, const Result<ports::ImportDone>& done) {
    if (!done && !is_final(done.error().code)) return std::unexpected(done.error());
    const std::scoped_lock lock(mutex_);
    if (done) {
        upload.counts = done->counts;
        upload.report = done->document;
    }
    if (cancelled_) {
        upload.state = UploadState::cancelled;
    } else if (!done) {
        upload.state = UploadState::failed;
        upload.problem = done.error();
    } else if (done->stopped) {
        if (!stopping_) return fail("disk_full", "how far it is could not be noted");
        return {};  // the server stops: it goes on after it starts again
    } else {
        upload.state = upload.how.dry_run ? UploadState::looked : UploadState::done;
    }
    upload.ended_at = clock_.now();
    if (auto kept = keep(upload); !kept) return kept;
    if (upload.state == UploadState::done) uploads_->drop_data(upload.id);
    return {};
}

Status Imports::take_in(const Upload& upload) {
    ports::ImportRun run;
    run.actor = upload.starter;
    run.now = upload.started_at;
    run.errors = uploads_->errors_of(upload.id);
    run.refusal = [&](std::string_view type) { return refusal_of(upload.roles, type); };
    run.go_on = [&](const ports::ImportCounts& counts) { return goes_on(upload.id, counts); };
    return ended(upload, options_.importer->run({uploads_->data_of(upload.id), upload.file}, upload.how, run));
}

Status Imports::take_out(const Upload& upload) {
    const auto stops = [this] {
        const std::scoped_lock lock(mutex_);
        return stopping_;
    };
    const auto undone = ledger_.undo_import(upload.counts.number, upload.starter, stops);
    const bool over = undone || undone.error().code == "undone_already";
    if (!over) return std::unexpected(undone.error());
    const std::scoped_lock lock(mutex_);
    Upload now = upload;
    now.state = UploadState::undone;
    if (auto kept = keep(now); !kept) return kept;
    uploads_->drop_data(upload.id);
    return {};
}

Status Imports::run(const Upload& upload) {
    return upload.state == UploadState::undoing ? take_out(upload) : take_in(upload);
}

Result<std::size_t> Imports::run_once() {
    std::size_t ended = 0;
    for (auto upload = next(); upload; upload = next()) {
        if (auto done = run(*upload); !done) return std::unexpected(done.error());
        ++ended;
    }
    return ended;
}

void Imports::start() {
    if (uploads_ == nullptr || thread_.joinable()) return;
    thread_ = std::thread([this] { run_on(); });
}

void Imports::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

void Imports::run_on() {
    for (;;) {
        const auto done = run_once();  // a store that is away is asked again
        std::unique_lock lock(mutex_);
        if (stopping_) return;
        changed_.wait_for(lock, done ? std::chrono::seconds(60) : std::chrono::seconds(1),
                          [this] { return woken_ || stopping_; });
        woken_ = false;
        if (stopping_) return;
    }
}

}  // namespace baton::http
