// Files over real sockets: refused before a byte of them is read, never held in memory, cut off at their limit, on a full disk.
#include <thread>

#include "door.h"
#include "http/server.h"
#include "http/wire.h"

namespace baton::http {
namespace {

constexpr std::uint64_t most = std::uint64_t{4} << 20;

class UploadWireTest : public testing::Test {
   protected:
    Door door;
    std::string full;  ///< "" = files go where they belong

    void SetUp() override {
        ListenOptions options;
        options.limits.body_bytes = 1024;
        options.limits.bodies_in_all = 256 << 10;
        options.limits.workers = 2;
        options.uploading.is_one = Api::is_upload;
        options.uploading.bytes = most;
        options.uploading.begin = [this](const Request& request) {
            auto begun = door.api->begin_upload(request);
            if (!begun || full.empty()) return begun;
            // What is written there meets with a full disk.
            std::filesystem::create_symlink("/dev/full", full);
            return std::expected<std::shared_ptr<Spooled>, Response>(*Spooled::make(full));
        };
        auto made = Server::listen(
            "127.0.0.1:0", [this](const Request& request) { return door.api->handle(request); }, options);
        ASSERT_TRUE(made) << made.error().detail;
        server = std::move(*made);
        thread = std::thread([this] { server->run(); });
    }
    void TearDown() override { halt(); }
    /// From then on nothing of a request lives any more.
    void halt() {
        if (!thread.joinable()) return;
        server->stop();
        thread.join();
        server.reset();
    }
    std::size_t files() const {
        std::size_t n = 0;
        for (const auto& entry : std::filesystem::directory_iterator(door.place()))
            n += entry.path().filename() != "lock";
        return n;
    }
    static std::string head(const std::string& framing, const std::string& key = "") {
        return "POST /api/v1/imports?file=people.csv HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n" +
               (key.empty() ? "" : "Authorization: Bearer " + key + "\r\n") + framing + "\r\n\r\n";
    }
    std::unique_ptr<Server> server;
    std::thread thread;
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_F(UploadWireTest, AFileLargerThanAllBodiesTogetherIsTaken) {
    const std::string file = contacts(40'000);
    ASSERT_GT(file.size(), std::size_t{256} << 10);
    Wire wire(server->port());
    ASSERT_TRUE(wire.send(head("Content-Length: " + std::to_string(file.size())) + file));
    const std::string sent = wire.receive("\"report\":null}}");
    EXPECT_TRUE(has(sent, "201 Created")) << sent.substr(0, 500);
    const std::string id = Door::text_of(sent, R"("upload":{"id":)");
    EXPECT_EQ(whole_file(door.place() + "/" + id + ".data"), file);
    // The same in pieces that do not say how many come, on the same connection.
    std::string chunked;
    for (std::size_t at = 0; at < file.size(); at += 50'000) {
        const std::string piece = file.substr(at, 50'000);
        char size[16];
        std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
        chunked += size + piece + "\r\n";
    }
    ASSERT_TRUE(wire.send(head("Transfer-Encoding: chunked") + chunked + "0\r\n\r\n"));
    const std::string again = wire.receive("\"report\":null}}");
    EXPECT_EQ(whole_file(door.place() + "/" + Door::text_of(again, R"("upload":{"id":)") + ".data"), file);
}

TEST_F(UploadWireTest, WhoMayNotIsToldBeforeAByteIsRead) {
    const std::string rep = door.key("rep", app::Role::sales_rep);
    Wire wire(server->port());
    wire.send(head("Expect: 100-continue\r\nContent-Length: 1000000", rep));
    const std::string answer = wire.receive();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 403")) << answer;
    EXPECT_FALSE(has(answer, "100 Continue")) << answer;
    EXPECT_EQ(files(), 0U);
}

TEST_F(UploadWireTest, WhatIsTooMuchIsCutOffAndNothingOfItStays) {
    Wire told(server->port());
    told.send(head("Content-Length: " + std::to_string(most + 1)));
    EXPECT_TRUE(told.receive().starts_with("HTTP/1.1 413"));
    Wire endless(server->port());
    endless.send(head("Transfer-Encoding: chunked"));
    const std::string piece = "10000\r\n" + std::string(65'536, 'x') + "\r\n";
    for (std::uint64_t sent = 0; sent <= most + 65'536 && endless.send(piece); sent += 65'536) {
    }
    const std::string answer = endless.receive();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 413") && has(answer, "in several files")) << answer;
    Wire other(server->port());
    other.send("POST /api/v1/facts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n\r\n");
    EXPECT_TRUE(other.receive().starts_with("HTTP/1.1 413")) << "other bodies keep their own limit";
    halt();
    EXPECT_EQ(files(), 0U);
}

TEST_F(UploadWireTest, WhoGoesAwayInTheMiddleLeavesNothing) {
    {
        Wire wire(server->port());
        wire.send(head("Content-Length: 100000") + std::string(50'000, 'x'));
    }
    Wire after(server->port());  // asked behind it, on the same thread of the server
    after.send("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(has(after.receive(), "200 OK"));
    halt();
    EXPECT_EQ(files(), 0U);
}

TEST_F(UploadWireTest, AFullDiskIsSaid) {
    full = door.folder.file("full");
    Wire wire(server->port());
    wire.send(head("Content-Length: 100000") + std::string(100'000, 'x'));
    const std::string answer = wire.receive();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 503") && has(answer, "disk_full") && has(answer, "retry-after: 30"))
        << answer;
    halt();
    EXPECT_FALSE(std::filesystem::exists(std::filesystem::symlink_status(full)));
    EXPECT_TRUE(std::filesystem::exists("/dev/full"));
    EXPECT_EQ(files(), 0U);
}

TEST_F(UploadWireTest, TheFileOfErrorsIsSentAsAFile) {
    std::string wrong = contacts(1);
    for (int i = 0; i < 5'000; ++i) wrong += "x,y\n";
    door.import(door.upload("wrong.csv", wrong));
    Wire wire(server->port());
    wire.send("GET /api/v1/imports/1/errors HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const std::string answer = wire.receive();
    EXPECT_TRUE(has(answer, "200 OK") && has(answer, "text/csv")) << answer.substr(0, 500);
    const std::string body = answer.substr(answer.find("\r\n\r\n") + 4);
    EXPECT_EQ(std::ranges::count(body, '\n'), 5'001);
    Wire head_only(server->port());
    head_only.send("HEAD /api/v1/imports/1/errors HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const std::string header = head_only.receive();
    EXPECT_TRUE(has(header, "Content-Length: " + std::to_string(body.size())) && header.ends_with("\r\n\r\n"))
        << header;
}

}  // namespace
}  // namespace baton::http
