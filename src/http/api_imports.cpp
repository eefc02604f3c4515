// Imports: files that are uploaded, looked at, taken in and taken back.
#include <charconv>
#include <limits>

#include "app/imports.h"
#include "app/normalise.h"
#include "base/plain_line.h"
#include "http/api.h"
#include "http/asked.h"

namespace baton::http {
namespace {

constexpr std::string_view path_of_uploads = "/api/v1/imports";
constexpr std::size_t longest_name = 200;
constexpr codec::JsonLimits mapping_limits{.depth = 16, .bytes = std::size_t{256} << 10};

/// What people call the file, without a way to it.
Result<std::string> name_of(const Request& request) {
    std::string name = request.parameter("file");
    name.erase(0, name.find_last_of("/\\") + 1);
    if (name.empty())
        return fail("bad_parameter", "say what the file is called: POST /api/v1/imports?file=contacts.csv");
    if (name.size() > longest_name || !plain_line(name))
        return fail("bad_parameter", "'file' must be a name of at most " + std::to_string(longest_name) +
                                         " bytes of UTF-8 without control characters");
    return name;
}

std::optional<Response> wrong_kind_of_body(const Request& request) {
    const std::string type = request.header("content-type");
    if (type.starts_with("multipart/") || type.starts_with("application/x-www-form-urlencoded"))
        return problem(415, "bad_content_type",
                       "Send the file itself as the body: Content-Type text/csv, for example.");
    const std::string coding = request.header("content-encoding");
    if (!coding.empty() && coding != "identity")
        return problem(415, "bad_encoding", "Files are taken as they are, without a Content-Encoding.");
    return std::nullopt;
}

std::optional<std::uint32_t> number_in(std::string_view key) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
    if (error != std::errc() || end != key.data() + key.size() || number == 0) return std::nullopt;
    return number;
}

Result<ports::ImportHow> how_of(const Request& request) {
    ports::ImportHow how;
    if (app::trimmed(request.body).empty()) return how;
    const auto body = body_of(request, {"mapping", "sheet", "mode", "historical", "at", "dry_run"}, mapping_limits);
    if (!body) return std::unexpected(body.error());
    std::optional<std::string> sheet, mode, at;
    std::optional<bool> dry_run;
    for (auto read : {read_text(*body, "sheet", sheet), read_text(*body, "mode", mode), read_text(*body, "at", at),
                      read_truth(*body, "historical", how.historical), read_truth(*body, "dry_run", dry_run)})
        if (!read) return std::unexpected(read.error());
    if (const auto* mapping = body->find("mapping"); mapping != nullptr && mapping->kind != codec::JsonKind::null) {
        const bool whole = mapping->kind == codec::JsonKind::object;
        if (!whole && mapping->kind != codec::JsonKind::string)
            return fail("bad_body", "'mapping' must be the id of a mapping, or a whole one (docs/IMPORT.md)");
        how.mapping = whole ? codec::to_json(*mapping) : mapping->text;
        if (!whole && how.mapping.starts_with('{'))
            return fail("bad_body", "give a whole mapping as it is, not as text");
    }
    how.mode = mode.value_or("both");
    if (how.mode != "create" && how.mode != "update" && how.mode != "both")
        return fail("bad_body", "'mode' must be create, update or both");
    if (at) how.at = parse_instant(*at);
    if (at && !how.at) return fail("bad_body", "'at' must be a moment, for example 2026-01-31T10:00:00Z");
    how.sheet = sheet.value_or("");
    how.dry_run = dry_run.value_or(false);
    return how;
}

/// What the company knows as an import, and what this server knows of the file it came by; either may be missing.
struct Shown {
    std::optional<codec::ImportMade> made;
    std::optional<Upload> upload;
};

void write_shown(codec::JsonWriter& out, const Shown& shown, bool whole) {
    out.begin_object().key("import");
    if (shown.made)
        app::write(out, *shown.made);
    else
        out.null();
    out.key("upload");
    if (shown.upload)
        write(out, *shown.upload, whole);
    else
        out.null();
    out.end_object();
}

Response document_of(const Shown& shown, int status) {
    codec::JsonWriter out;
    write_shown(out, shown, true);
    return json(out.take(), status);
}

Result<std::optional<codec::ImportMade>> made_of(const app::Reads& reads, std::uint32_t number) {
    auto all = app::imports(reads);
    if (!all) return std::unexpected(all.error());
    for (auto& made : *all)
        if (made.number == number) return std::optional(std::move(made));
    return std::nullopt;
}

/// By the number of the import, or the id of the upload.
Result<Shown> shown_by(const app::Reads& reads, Imports& imports, const std::string& key) {
    Shown shown;
    std::uint32_t number = 0;
    if (const auto given = number_in(key)) {
        number = *given;
        shown.upload = imports.of_import(number);
    } else if ((shown.upload = imports.find(key)); shown.upload && !shown.upload->how.dry_run) {
        number = shown.upload->counts.number;
    }
    if (number > 0) {
        auto made = made_of(reads, number);
        if (!made) return std::unexpected(made.error());
        shown.made = std::move(*made);
    }
    if (!shown.made && !shown.upload)
        return fail("unknown_import", "there is no import '" + key + "'; GET /api/v1/imports lists them");
    return shown;
}

}  // namespace

bool Api::is_upload(const Request& request) { return request.method == "POST" && request.path == path_of_uploads; }

std::expected<std::shared_ptr<Spooled>, Response> Api::begin_upload(const Request& request) {
    const auto who = gate_.admit(request, Access::configure, directory_);
    if (!who) return std::unexpected(who.error());
    if (auto refusal = wrong_kind_of_body(request)) return std::unexpected(std::move(*refusal));
    if (const auto name = name_of(request); !name) return std::unexpected(failed(name.error()));
    auto begun = imports_.begin();
    if (!begun) return std::unexpected(failed(begun.error()));
    return std::move(*begun);
}

Response Api::post_import(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {"file"})) return *refusal;
    std::shared_ptr<Spooled> sent = call.request.spooled;
    if (sent == nullptr) {  // a server without a place for bodies: it is held
        auto begun = begin_upload(call.request);
        if (!begun) return std::move(begun.error());
        if (const Status written = (*begun)->write(call.request.body); !written) return failed(written.error());
        sent = std::move(*begun);
    }
    const auto name = name_of(call.request);
    if (!name) return failed(name.error());
    auto upload = imports_.take(*sent, *name, call.who.actor());
    if (!upload) return failed(upload.error());
    const std::string location = std::string(path_of_uploads) + "/" + upload->id;
    Response response = document_of({std::nullopt, std::move(*upload)}, 201);
    response.headers.emplace_back("location", location);
    return response;
}

Response Api::get_imports(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {"limit", "before"})) return *refusal;
    const auto limit = number_asked(call.request, "limit", 1, 500, 50);
    const auto before = number_asked(call.request, "before", 1, std::numeric_limits<std::uint32_t>::max(),
                                     std::numeric_limits<std::uint32_t>::max());
    if (!limit) return failed(limit.error());
    if (!before) return failed(before.error());
    return with_reads(true, [&](const app::Reads& reads) {
        const auto all = app::imports(reads);
        if (!all) return failed(all.error());
        codec::JsonWriter out;
        out.begin_object().key("imports").begin_array();
        if (call.request.parameter("before").empty())
            for (auto& upload : imports_.without_number()) write_shown(out, {std::nullopt, std::move(upload)}, false);
        std::int64_t left = *limit;
        std::uint32_t last = 0;
        bool more = false;
        for (const auto& made : *all) {
            if (made.number >= *before) continue;
            more = left-- == 0;
            if (more) break;
            write_shown(out, {made, imports_.of_import(made.number)}, false);
            last = made.number;
        }
        out.end_array().key("next_before");
        if (more)
            out.value(last);
        else
            out.null();
        return json(out.end_object().take());
    });
}

Response Api::get_import(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {})) return *refusal;
    return with_reads(true, [&](const app::Reads& reads) {
        const auto shown = shown_by(reads, imports_, call.key);
        return shown ? document_of(*shown, 200) : failed(shown.error());
    });
}

Response Api::get_import_errors(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {})) return *refusal;
    return with_reads(true, [&](const app::Reads& reads) {
        const auto shown = shown_by(reads, imports_, call.key);
        if (!shown) return failed(shown.error());
        const std::string path = shown->upload ? imports_.errors_of(shown->upload->id) : "";
        if (path.empty())
            return problem(
                404, "no_error_file",
                "There is no file of rows that were not taken: it is made when a run ends, and kept a week by "
                "the server that took the file.");
        Response response{200, "text/csv; charset=utf-8", "", {}, path};
        response.headers.emplace_back("content-disposition", "attachment; filename=\"errors.csv\"");
        return response;
    });
}

Response Api::start_import(const Call& call) {
    const auto how = how_of(call.request);
    if (!how) return failed(how.error());
    auto upload = imports_.start(call.key, *how, call.who.actor(), roles_of(call.who));
    return upload ? document_of({std::nullopt, std::move(*upload)}, 202) : failed(upload.error());
}

Response Api::cancel_import(const Call& call) {
    auto upload = imports_.cancel(call.key);
    return upload ? document_of({std::nullopt, std::move(*upload)}, 202) : failed(upload.error());
}

Response Api::undo_import(const Call& call) {
    return with_reads(true, [&](const app::Reads& reads) {
        auto shown = shown_by(reads, imports_, call.key);
        if (!shown) return failed(shown.error());
        if (!shown->made)
            return problem(409, "nothing_to_undo", "Nothing of this file was taken in: it was never started.");
        auto upload = imports_.undo(*shown->made, call.who.actor());
        if (!upload) return failed(upload.error());
        return document_of({std::move(shown->made), std::move(*upload)}, 202);
    });
}

Response Api::delete_import(const Call& call) {
    const auto removed = imports_.remove(call.key);
    return removed ? done() : failed(removed.error());
}

}  // namespace baton::http
