// The command line: reads arguments, runs one command, prints what it found. main gives it what lies outside.
//
// Exit codes: 0 done · 1 it could not be done, or the answer is no (damage found, a playbook with errors, nobody of that
// name) · 2 the command was not understood · 3 done, but some rows or facts were refused. Every failure is one line on
// standard error: `error: what; where; how to mend`.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/ledger.h"
#include "base/result.h"
#include "cli/screen.h"
#include "ports/clock.h"
#include "ports/importer.h"
#include "ports/store.h"

namespace baton::cli {

inline constexpr int done = 0, failed = 1, misused = 2, partly_done = 3;

/// create: made when absent. existing: an error when absent. accept_heads: as existing, and the file counts as the truth
/// where the heads kept beside it disagree.
enum class Access : std::uint8_t { create, existing, accept_heads };

struct ServeRequest {
    std::string listen;
    std::string token;
    std::string certificate, key;  ///< PEM files; both empty = no TLS
    std::vector<std::string> proxies, origins;
    std::vector<std::string> fetch_from;  ///< base addresses inside our own network that answers may be fetched from
    std::uint32_t requests_per_minute = 0;
    ports::Importer* importer = nullptr;  ///< takes uploaded files in
    std::string import_folder;            ///< where they wait; "" = none are taken
    std::uint64_t import_bytes = 0;       ///< of one file, at most
    std::function<void(int port)> on_ready;
};

/// What main wires in: adapters the command line must not know.
struct Wiring {
    ports::Clock* clock = nullptr;
    std::function<Result<std::unique_ptr<ports::Store>>(std::string_view url, Access)> open;
    /// Made when absent, with this hash key: for a copy.
    std::function<Result<std::unique_ptr<ports::Store>>(std::string_view url, const HashKey&)> open_copy;
    std::function<Result<std::vector<ports::Damage>>(std::string_view url)> check;
    std::function<Result<std::vector<ports::Damage>>(const std::string& backup, const std::string& to)> restore;
    std::function<Status(app::Ledger&, const ServeRequest&)> serve;
    std::function<bool()> interrupted;    ///< Ctrl-C was pressed; may be empty
    std::function<void(Duration)> pause;  ///< empty = nothing is waited for
};

/// `arguments` without the program's name.
int run(std::vector<std::string> arguments, const Wiring& wiring, const Screen& screen);

}  // namespace baton::cli
