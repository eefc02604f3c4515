// A store opened for one command, with its ledger and a look at it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/ledger.h"
#include "app/reads.h"
#include "cli/commands.h"

namespace baton::cli {

/// Says `error: …` and answers the exit code of a failure.
int refuse(const Context& context, const Error& error);

struct Session {
    std::unique_ptr<ports::Store> store;
    std::unique_ptr<app::Ledger> ledger;
    std::unique_ptr<app::Reads> reads;  ///< as of opening; look() for a newer one

    static Result<Session> open(const Context& context, const std::string& url, Access access,
                                const app::Options& options = {});
    /// Writes what is derived and looks again.
    Status look();
    Status close();
};

/// Opens an existing store for reading; says what is wrong and answers nothing when that fails.
std::optional<Session> open_for_reading(const Context& context, const Common& common);

/// The store's name as it may be shown and logged: without the password that a URL may hold.
std::string shown(std::string_view store);

/// The person of a key; says so and answers nothing when there is none.
struct Found {
    Session session;
    SubjectId id;
};
std::optional<Found> find_person(const Context& context, const PersonOptions& options);

/// A moment as people write it; code bad_time.
Result<std::optional<Instant>> moment(const std::string& text, std::string_view option);

/// "2026-01-31 10:00": UTC, to the minute; "" for never and the beginning.
std::string short_time(Instant t);
/// 1d 4h, 22.8 days, 35 min …
std::string in_words(Duration d);

}  // namespace baton::cli
