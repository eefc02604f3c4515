#include "http/uploads.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/password.h"
#include "codec/json_tree.h"

namespace baton::http {
namespace {

namespace fs = std::filesystem;
using codec::JsonKind;
using codec::JsonNode;

constexpr std::array<std::string_view, 8> names{"uploaded",  "looked", "running", "done",
                                                "cancelled", "failed", "undoing", "undone"};

void write_counts(codec::JsonWriter& out, const Upload& upload) {
    const ports::ImportCounts& counts = upload.counts;
    out.key("progress").begin_object().field("done", counts.done).field("of", counts.of).end_object();
    out.field("rows", counts.rows).field("accepted", counts.accepted).field("duplicates", counts.duplicates);
    out.field("refused", counts.refused).field("error_rows", counts.error_rows);
}

/// What callers and the file on the disk are both told.
void write_fields(codec::JsonWriter& out, const Upload& upload) {
    out.field("id", upload.id).field("file", upload.file).field("bytes", upload.bytes);
    out.field("at", upload.at).field("by", upload.by).field("state", to_string(upload.state));
    out.field("dry_run", upload.how.dry_run).field("mode", upload.how.mode).field("sheet", upload.how.sheet);
    out.field("mapping", upload.mapping);
    out.key("historical");
    if (upload.how.historical)
        out.value(*upload.how.historical);
    else
        out.null();
    out.field("started_at", upload.started_at).field("started_by", upload.starter).field("ended_at", upload.ended_at);
    write_counts(out, upload);
    out.key("problem");
    if (upload.problem)
        out.begin_object().field("code", upload.problem->code).field("detail", upload.problem->detail).end_object();
    else
        out.null();
}

std::string text_of(const Upload& upload) {
    codec::JsonWriter out;
    out.begin_object();
    write_fields(out, upload);
    out.field("number", upload.counts.number).field("changed_at", upload.changed_at);
    out.field("wanted_mapping", upload.how.mapping).field("rows_at", upload.how.at.value_or(Instant::never()));
    out.field("preview", upload.preview).field("report", upload.report).key("roles");
    if (upload.roles) {
        out.begin_array();
        for (const auto& role : upload.roles->names()) out.value(role);
        out.end_array();
    } else {
        out.null();
    }
    return out.end_object().take();
}

struct Fields {
    const JsonNode& node;
    std::string text(std::string_view name) const {
        const JsonNode* at = node.find(name);
        return at == nullptr || at->kind == JsonKind::null ? "" : at->text;
    }
    bool truth(std::string_view name) const {
        const JsonNode* at = node.find(name);
        return at != nullptr && at->truth;
    }
    std::uint64_t number(std::string_view name) const {
        const std::string digits = text(name);
        std::uint64_t n = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), n);
        return n;
    }
    Instant time(std::string_view name) const { return parse_instant(text(name)).value_or(Instant::never()); }
};

std::optional<Upload> upload_of(const std::string& json) {
    const auto node = codec::parse_json(json);
    if (!node) return std::nullopt;
    const Fields fields{*node};
    const auto state = std::ranges::find(names, fields.text("state"));
    if (fields.text("id").empty() || state == names.end()) return std::nullopt;
    Upload upload{.id = fields.text("id"), .file = fields.text("file"), .by = fields.text("by")};
    upload.bytes = fields.number("bytes");
    upload.mapping = fields.text("mapping");
    upload.at = fields.time("at");
    upload.changed_at = fields.time("changed_at");
    upload.state = static_cast<UploadState>(state - names.begin());
    upload.how = {.mapping = fields.text("wanted_mapping"), .sheet = fields.text("sheet"), .mode = fields.text("mode")};
    upload.how.dry_run = fields.truth("dry_run");
    if (const JsonNode* at = node->find("historical"); at != nullptr && at->kind == JsonKind::boolean)
        upload.how.historical = at->truth;
    if (const Instant at = fields.time("rows_at"); at != Instant::never()) upload.how.at = at;
    upload.starter = fields.text("started_by");
    upload.started_at = fields.time("started_at");
    upload.ended_at = fields.time("ended_at");
    upload.preview = fields.text("preview");
    upload.report = fields.text("report");
    auto& counts = upload.counts;
    counts.number = static_cast<std::uint32_t>(fields.number("number"));
    for (const auto& [name, to] : {std::pair{"rows", &counts.rows},
                                   {"accepted", &counts.accepted},
                                   {"duplicates", &counts.duplicates},
                                   {"refused", &counts.refused},
                                   {"error_rows", &counts.error_rows}})
        *to = fields.number(name);
    if (const JsonNode* progress = node->find("progress"))
        counts.done = Fields{*progress}.number("done"), counts.of = Fields{*progress}.number("of");
    if (const JsonNode* problem = node->find("problem"); problem != nullptr && problem->kind == JsonKind::object)
        upload.problem = Error{Fields{*problem}.text("code"), Fields{*problem}.text("detail")};
    if (const JsonNode* roles = node->find("roles"); roles != nullptr && roles->kind == JsonKind::array) {
        std::vector<std::string> known;
        for (const JsonNode& role : roles->items) known.push_back(role.text);
        upload.roles = app::Roles::of(known);
    }
    return upload;
}

std::string read_whole(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

std::string_view to_string(UploadState state) { return names.at(static_cast<std::size_t>(state)); }

void write(codec::JsonWriter& out, const Upload& upload, bool whole) {
    out.begin_object();
    write_fields(out, upload);
    if (whole) {
        for (const auto& [name, document] : {std::pair{"preview", &upload.preview}, {"report", &upload.report}}) {
            out.key(name);
            if (document->empty())
                out.null();
            else
                out.raw(*document);
        }
    }
    out.end_object();
}

Result<std::unique_ptr<Uploads>> Uploads::open(const std::string& folder) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (!failed) fs::permissions(folder, fs::perms::owner_all, failed);
    if (failed) return fail("cannot_write", "cannot make the folder " + folder + ": " + failed.message());
    const int lock = ::open((folder + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) return fail("cannot_write", "cannot write in " + folder + ": " + std::strerror(errno));
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        close(lock);
        return fail("in_use", folder + " is in use by another server; give each its own with --import-folder");
    }
    std::unique_ptr<Uploads> uploads(new Uploads(folder, lock));
    uploads->load();
    return uploads;
}

Uploads::~Uploads() { close(lock_); }

void Uploads::load() {
    std::vector<fs::path> found;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder_, failed)) found.push_back(entry.path());
    for (const fs::path& path : found) {
        if (path.extension() == ".part") fs::remove(path, failed);
        if (path.extension() != ".json") continue;
        auto upload = upload_of(read_whole(path));
        if (upload && upload->id == path.stem().string()) all_.emplace(upload->id, std::move(*upload));
    }
    // Sent, and not noted before the end came: nobody was told of it.
    for (const fs::path& path : found)
        if (path.extension() == ".data" && !all_.contains(path.stem().string())) fs::remove(path, failed);
}

Result<std::shared_ptr<Spooled>> Uploads::begin() {
    const auto waits = [](const auto& entry) {
        return entry.second.state != UploadState::done && entry.second.state != UploadState::undone;
    };
    if (static_cast<std::size_t>(std::ranges::count_if(all_, waits)) >= most)
        return fail("too_many_uploads", std::to_string(most) + " files wait already; start some, or delete them");
    std::string id = "u";
    for (const char c : random_token())
        if (id.size() < 17 && c != '-' && c != '_') id += c;
    return Spooled::make(folder_ + "/" + id + ".part");
}

Upload* Uploads::find(const std::string& id) {
    const auto at = all_.find(id);
    return at == all_.end() ? nullptr : &at->second;
}

Upload* Uploads::of_import(std::uint32_t number) {
    Upload* latest = nullptr;
    for (auto& [id, upload] : all_)
        if (upload.counts.number == number && !upload.how.dry_run &&
            (latest == nullptr || upload.started_at > latest->started_at))
            latest = &upload;
    return latest;
}

Status Uploads::put(const Upload& upload) {
    if (auto written = put_file(folder_ + "/" + upload.id + ".json", text_of(upload)); !written) return written;
    all_.insert_or_assign(upload.id, upload);
    return {};
}

void Uploads::drop_data(const std::string& id) {
    std::error_code failed;
    fs::remove(data_of(id), failed);
}

void Uploads::remove(const std::string& id) {
    std::error_code failed;
    // First what makes it known: a file that nothing speaks of goes at the next start.
    fs::remove(folder_ + "/" + id + ".json", failed);
    for (const std::string& path : {data_of(id), errors_of(id)}) fs::remove(path, failed);
    all_.erase(id);
}

void Uploads::expire(Instant now) {
    std::vector<std::string> old;
    for (const auto& [id, upload] : all_)
        if (upload.state != UploadState::running && upload.state != UploadState::undoing &&
            now - upload.changed_at > kept_for)
            old.push_back(id);
    for (const std::string& id : old) remove(id);
}

}  // namespace baton::http
