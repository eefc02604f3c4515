// A small company whose server takes files, with the mappings that ship.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/fixture.h"
#include "connectors/import/served.h"
#include "http/api.h"
#include "support/dump.h"
#include "support/temp_folder.h"

namespace baton::http {

inline std::string whole_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<imports::Mapping> shipped_mappings() {
    std::vector<imports::Mapping> all;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(BATON_SOURCE_DIR) + "/formats")) {
        auto read = imports::read_mapping(whole_file(entry.path()), entry.path().filename().string());
        EXPECT_TRUE(read.mapping) << entry.path();
        if (read.mapping) all.push_back(std::move(*read.mapping));
    }
    std::ranges::sort(all, {}, &imports::Mapping::id);
    return all;
}

/// Runs `between` between the batches of every import.
class Watched : public ports::Importer {
   public:
    Watched(app::Ledger& ledger, std::vector<imports::Mapping> known)
        : importer_(imports::make_importer(ledger, std::move(known))) {}
    std::function<void(const ports::ImportCounts&)> between;

    Result<ports::ImportSeen> look(const ports::ImportFile& file, const ports::ImportHow& how, std::size_t rows,
                                   Instant now) override {
        return importer_->look(file, how, rows, now);
    }
    Result<ports::ImportDone> run(const ports::ImportFile& file, const ports::ImportHow& how,
                                  const ports::ImportRun& run) override {
        ports::ImportRun watched = run;
        watched.go_on = [&](const ports::ImportCounts& counts) {
            if (between) between(counts);
            return run.go_on(counts);
        };
        return importer_->run(file, how, watched);
    }

   private:
    std::unique_ptr<ports::Importer> importer_;
};

struct Door {
    app::World world;
    support::TempFolder folder{support::TempFolder::fast()};
    Watched importer{*world.ledger, shipped_mappings()};
    app::Members members{*world.ledger};
    std::unique_ptr<Api> api;

    Door() { open(); }
    std::string place() const { return folder.file("imports"); }
    /// A server begins, with what the one before it left.
    void open() {
        api.reset();
        ApiOptions options;
        options.imports = {&importer, place()};
        api = std::make_unique<Api>(*world.ledger, world.clock, Gate{}, std::move(options));
    }
    std::string key(const std::string& id, app::Role role) {
        app::MemberChange change;
        change.id = id;
        change.roles = app::Roles{role};
        EXPECT_TRUE(members.add(change, "test"));
        const auto made = members.make_key(id, app::Scope::write, "", "test");
        return made ? made->text : "";
    }
    static Request request(std::string method, const std::string& target, std::string body = "",
                           const std::string& key = "") {
        Request asked;
        asked.method = std::move(method);
        EXPECT_TRUE(parse_target(target, asked)) << target;
        asked.headers["host"] = "localhost";
        if (!key.empty()) asked.headers["authorization"] = "Bearer " + key;
        if (!body.empty()) asked.headers["content-type"] = body.starts_with('{') ? "application/json" : "text/csv";
        asked.body = std::move(body);
        return asked;
    }
    Response call(std::string method, const std::string& target, std::string body = "", const std::string& key = "") {
        return api->handle(request(std::move(method), target, std::move(body), key));
    }
    /// Answers the upload's id.
    std::string upload(const std::string& name, const std::string& bytes, const std::string& key = "") {
        const Response sent = call("POST", "/api/v1/imports?file=" + name, bytes, key);
        EXPECT_EQ(sent.status, 201) << sent.body;
        return text_of(sent.body, R"("upload":{"id":)");
    }
    /// Started, and run to its end.
    Response import(const std::string& id, const std::string& how = "", const std::string& key = "") {
        const Response started = call("POST", "/api/v1/imports/" + id + "/start", how, key);
        EXPECT_EQ(started.status, 202) << started.body;
        run();
        return call("GET", "/api/v1/imports/" + id, "", key);
    }
    void run() {
        const auto ran = api->imports().run_once();
        EXPECT_TRUE(ran) << (ran ? "" : ran.error().detail);
    }
    std::string journal() {
        EXPECT_TRUE(world.ledger->flush());
        const auto reader = world.store->reader();
        return reader ? support::dump_journal(**reader) : "no reader";
    }
    /// What stands behind `name`, without quotes.
    static std::string text_of(const std::string& body, const std::string& name) {
        const auto at = body.find(name);
        if (at == std::string::npos) return "";
        auto from = at + name.size();
        const bool quoted = body[from] == '"';
        from += quoted ? 1 : 0;
        return body.substr(from, body.find_first_of(quoted ? "\"" : ",}]", from) - from);
    }
};

inline bool has(const Response& response, std::string_view text) {
    return response.body.find(text) != std::string::npos;
}

/// A list in the columns of HubSpot's export.
inline std::string contacts(int people) {
    std::string text = "Record ID,First Name,Last Name,Email,Phone Number,Lifecycle Stage,Lead Status,Company Name\n";
    for (int i = 1; i <= people; ++i) {
        const std::string n = std::to_string(i);
        text += n + ",Ann,Berg " + n + ",ann" + n + "@acme.example,,lead,NEW,Acme\n";
    }
    return text;
}

}  // namespace baton::http
