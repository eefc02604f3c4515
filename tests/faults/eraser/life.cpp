#include "eraser/life.h"

#include <vector>

#include "app/registers.h"

namespace baton::faults {
namespace {

constexpr std::size_t seed = 2025;
constexpr const char* mail = "canary-mail@company5.example";

IncomingFact fact(std::string_view type, std::string_view id, Properties properties = {}) {
    IncomingFact made;
    made.type = type;
    made.email = mail;
    made.message_id = id;
    made.properties = std::move(properties);
    return made;
}

std::vector<IncomingFact> first_days() {
    IncomingFact known = fact(
        "profile", "canary-message-1",
        {{"employees", Value(std::int64_t{500})}, {"name", Value("Canary Berg")}, {"title", Value("canary-role")}});
    known.account = "company5.example";
    known.phone = "+49 30 901820";
    known.user_id = "canary-id";
    known.anonymous_id = "canary-visitor";
    return {known, fact("Page Viewed", "canary-message-2", {{"path", Value("/canary-path")}}),
            fact("Demo Requested", "canary-message-3")};
}

std::vector<IncomingFact> later() {
    return {fact("note", "canary-message-4", {{"text", Value("canary-note: likes birds")}}),
            fact("Email Clicked", "canary-message-5", {{"asset", Value("spring")}})};
}

Status list_person(app::Ledger& ledger) {
    std::vector<app::ListChange> changes;
    for (const char* entry : {mail, "+49 30 901820"}) {
        const auto key = app::register_key(entry, "DE");
        if (!key) return fail("bad_test", "no entry of a register");
        changes.push_back({0, *key, "canary-note: asked for it", false});
    }
    const auto done = app::Registers(ledger).change(changes, "olga");
    return done ? Status() : std::unexpected(done.error());
}

}  // namespace

support::IntakeStream others(std::size_t facts) { return {seed, facts, 30}; }

Status fill(support::StreamTaker& taker, const support::IntakeStream& stream) {
    const std::size_t batches = stream.batches();
    for (std::size_t batch = 0; batch < batches; ++batch) {
        if (const auto taken = taker.take(batch); !taken) return std::unexpected(taken.error());
        const bool first = batch == batches / 3, second = batch == 2 * batches / 3;
        if (!first && !second) continue;
        const auto taken = taker.ledger().intake(first ? first_days() : later());
        if (!taken) return std::unexpected(taken.error());
        if (second)
            if (auto done = list_person(taker.ledger()); !done) return done;
    }
    return taker.ledger().flush();
}

Result<std::optional<app::Erased>> erase_person(app::Ledger& ledger) {
    std::optional<SubjectId> person;
    {
        const auto reads = ledger.reads();
        if (!reads) return std::unexpected(reads.error());
        const auto found = (*reads)->find(mail);
        if (!found) return std::unexpected(found.error());
        person = *found;
    }
    if (!person) return std::optional<app::Erased>();
    auto erased = ledger.erase(*person, "olga");
    if (!erased) return std::unexpected(erased.error());
    return std::optional(std::move(*erased));
}

}  // namespace baton::faults
