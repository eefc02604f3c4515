// Wires the layers together; everything else is theirs.
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "app/messages.h"
#include "cli/cli.h"
#include "cli/terminal.h"
#include "connectors/fetch/fetcher.h"
#include "http/serve.h"
#include "storage/open.h"

namespace {

using baton::cli::Access;

class SystemClock : public baton::ports::Clock {
   public:
    baton::Instant now() override {
        const auto t = std::chrono::system_clock::now().time_since_epoch();
        return {std::chrono::duration_cast<std::chrono::microseconds>(t).count()};
    }
    baton::Duration elapsed() override {
        const auto t = std::chrono::steady_clock::now().time_since_epoch();
        return {std::chrono::duration_cast<std::chrono::microseconds>(t).count()};
    }
};

volatile std::sig_atomic_t interrupt_seen = 0;

void note_interrupt(int) {
    interrupt_seen = 1;
    std::signal(SIGINT, SIG_DFL);  // a second Ctrl-C ends at once
}

baton::Result<std::unique_ptr<baton::ports::Store>> open(std::string_view url, Access access) {
    using Options = baton::storage::OpenOptions;
    Options options;
    options.mode = access == Access::create ? Options::Mode::create : Options::Mode::existing;
    if (access == Access::accept_heads) options.heads = Options::Heads::accept_file;
    return baton::storage::open_store(url, options);
}

/// The store by itself, and when that is sound, whether its records are those that their message ids lead to.
baton::Result<std::vector<baton::ports::Damage>> check(std::string_view url) {
    auto damage = baton::storage::check_store(url);
    if (!damage || !damage->empty()) return damage;
    baton::storage::OpenOptions looking;
    looking.mode = baton::storage::OpenOptions::Mode::inspect;
    const auto store = baton::storage::open_store(url, looking);
    if (!store) return std::unexpected(store.error());
    return baton::app::check_messages(**store);
}

baton::Status serve(baton::app::Ledger& ledger, baton::ports::Clock& clock, const baton::cli::ServeRequest& request) {
    baton::http::ServeOptions options;
    options.listen = request.listen;
    options.token = request.token;
    options.certificate = request.certificate;
    options.key = request.key;
    options.proxies = request.proxies;
    options.origins = request.origins;
    options.requests_per_minute = request.requests_per_minute;
    const auto fetcher = baton::fetch::make_fetcher();
    options.fetch = {fetcher.get(), request.fetch_from};
    options.imports = {request.importer, request.import_folder, request.import_bytes};
    options.on_ready = [&](std::uint16_t port) { request.on_ready(port); };
    return baton::http::serve(ledger, clock, options);
}

std::size_t terminal_width() {
    winsize size{};
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 100;
}

}  // namespace

int main(int argc, char** argv) {
    std::ios::sync_with_stdio(false);
    std::signal(SIGINT, note_interrupt);
    SystemClock clock;
    baton::cli::Wiring wiring;
    wiring.clock = &clock;
    wiring.open = open;
    wiring.open_copy = [](std::string_view url, const baton::HashKey& key) {
        baton::storage::OpenOptions options;
        options.hash_key = key;
        return baton::storage::open_store(url, options);
    };
    wiring.check = check;
    wiring.restore = [](const std::string& from, const std::string& to) {
        return baton::storage::restore_store(from, to);
    };
    wiring.serve = [&](baton::app::Ledger& ledger, const baton::cli::ServeRequest& request) {
        return serve(ledger, clock, request);
    };
    wiring.interrupted = [] { return interrupt_seen != 0; };
    wiring.pause = [](baton::Duration d) { std::this_thread::sleep_for(std::chrono::microseconds(d.us)); };
    const bool seen = isatty(STDOUT_FILENO) == 1, looked_on = isatty(STDERR_FILENO) == 1;
    baton::cli::PlainTerminal plain_out(std::cout.rdbuf(), false), plain_err(std::cerr.rdbuf(), true);
    std::ostream out(seen ? &plain_out : std::cout.rdbuf()), err(looked_on ? &plain_err : std::cerr.rdbuf());
    err << std::unitbuf;
    const baton::cli::Screen screen{out, err, seen && std::getenv("NO_COLOR") == nullptr, looked_on, terminal_width()};
    return baton::cli::run({argv + 1, argv + argc}, wiring, screen);
}
