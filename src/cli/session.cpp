#include "cli/session.h"

#include <algorithm>

#include <cstdio>

#include "domain/value.h"

namespace baton::cli {

int refuse(const Context& context, const Error& error) {
    context.screen.err << "error: " << error.detail << " [" << error.code << "]\n";
    return failed;
}

Result<Session> Session::open(const Context& context, const std::string& url, Access access,
                              const app::Options& options) {
    Session session;
    auto store = context.wiring.open(url, access);
    if (!store) return std::unexpected(store.error());
    session.store = std::move(*store);
    auto ledger = app::Ledger::open(*session.store, *context.wiring.clock, options);
    if (!ledger) return std::unexpected(ledger.error());
    session.ledger = std::move(*ledger);
    if (const Status looked = session.look(); !looked) return std::unexpected(looked.error());
    return session;
}

Status Session::look() {
    if (const Status flushed = ledger->flush(); !flushed) return flushed;
    auto fresh = ledger->reads();
    if (!fresh) return std::unexpected(fresh.error());
    reads = std::move(*fresh);
    return {};
}

Status Session::close() {
    reads.reset();
    return ledger->close();
}

std::string shown(std::string_view store) {
    std::string text(store);
    const auto scheme = text.find("://");
    if (scheme == std::string::npos) return text;
    const auto at = text.find('@', scheme);
    const auto colon = text.find(':', scheme + 3);
    if (at != std::string::npos && colon < at) text.erase(colon, at - colon);
    constexpr std::string_view option = "password=";
    if (const auto given = text.find(option); given != std::string::npos) {
        const auto value = given + option.size();
        text.replace(value, std::min(text.find('&', value), text.size()) - value, "…");
    }
    return text;
}

std::optional<Session> open_for_reading(const Context& context, const Common& common) {
    auto session = Session::open(context, common.store, Access::existing);
    if (session) return std::move(*session);
    refuse(context, session.error());
    return {};
}

std::optional<Found> find_person(const Context& context, const PersonOptions& options) {
    auto session = open_for_reading(context, options);
    if (!session) return {};
    const auto id = session->reads->find(options.key);
    if (!id) {
        refuse(context, id.error());
        return {};
    }
    if (!*id) {
        refuse(context, {"not_found", "nobody is known as '" + options.key +
                                          "'; give a number, e-mail, external id or phone (baton leads lists them)"});
        return {};
    }
    return Found{std::move(*session), **id};
}

Result<std::optional<Instant>> moment(const std::string& text, std::string_view option) {
    if (text.empty()) return std::optional<Instant>{};
    const auto t = parse_instant(text);
    if (!t)
        return fail("bad_time",
                    std::string(option) + " '" + text + "' is no time; write 2026-01-31 or 2026-01-31T10:00:00Z");
    return t;
}

std::string short_time(Instant t) {
    if (t == Instant::never() || t == Instant::beginning()) return "";
    std::string text = to_string(t);
    if (text.size() < 16) return text;
    text[10] = ' ';
    return text.substr(0, 16);
}

std::string in_words(Duration d) {
    const bool negative = d.us < 0;
    const std::int64_t minutes = (negative ? -d.us : d.us) / 60'000'000;
    std::string text;
    if (minutes < 120)
        text = std::to_string(minutes) + " min";
    else if (minutes < 2880)
        text = std::to_string(minutes / 60) + " h";
    else
        text = std::to_string(minutes / 1440) + "." + std::to_string(minutes % 1440 * 10 / 1440) + " days";
    return (negative ? "-" : "") + text;
}

}  // namespace baton::cli
