// Imported history and its end: from then on what was offered in it is nobody's to answer. Where several processes share a
// store, one that imports says so as it goes on, so that no other ends its history under it.
#include <charconv>

#include "app/batch.h"

namespace baton::app {
namespace {

constexpr Duration noted_every = Duration::seconds(10);
constexpr Duration quiet_for = Duration::seconds(60);  ///< so long without a note, and nobody imports any more
constexpr std::size_t ended_at_once = 4'096;
constexpr std::string_view open_word = "open";

}  // namespace

/// Setting "history": "open", "open 1764…" (microseconds: a process was importing then) or "closed".
Result<Ledger::Core::History> Ledger::Core::history_now() const {
    const auto setting = store.setting("history");
    if (!setting) return std::unexpected(setting.error());
    History history;
    if (!*setting || !(*setting)->starts_with(open_word)) return history;
    history.open = true;
    const std::string_view rest = std::string_view(**setting).substr(open_word.size());
    std::int64_t us = 0;
    if (rest.size() > 1 && std::from_chars(rest.data() + 1, rest.data() + rest.size(), us).ec == std::errc())
        history.noted = Instant{us};
    return history;
}

bool Ledger::Core::others_import(const History& history) const {
    if (!store.shared() || !history.noted || history_noted == history.noted) return false;
    const Duration since = clock.now() - *history.noted;
    return since < quiet_for && since > Duration{} - quiet_for;
}

Status Ledger::Core::open_history(bool historical) {
    if (!historical) return {};
    if (!store.shared()) {
        if (history_open) return {};
        if (auto done = store.set_setting("history", open_word); !done) return done;
        history_open = true;
        return {};
    }
    const Instant now = clock.now();
    const auto history = history_now();  // another process may have ended it
    if (!history) return std::unexpected(history.error());
    history_open = history->open;
    if (history->open && history_noted && history->noted && now - *history->noted < noted_every) return {};
    if (auto done = store.set_setting("history", std::string(open_word) + " " + std::to_string(now.us)); !done)
        return done;
    history_open = true;
    history_noted = now;
    return {};
}

/// This process imports no more: whoever serves next need not wait.
Status Ledger::Core::leave_history() {
    if (!history_noted) return {};
    if (auto done = turn(); !done) return done;
    const auto history = history_now();
    if (!history) return std::unexpected(history.error());
    if (!history->open || history->noted != history_noted) return {};  // it was ended, or somebody else goes on
    return store.set_setting("history", open_word);
}

/// Nobody has to start anew for it: a server that is there ends the history that another process imported.
void Ledger::Core::end_quiet_history() {
    const auto quiet = [&]() -> bool {
        const std::lock_guard hold(work);
        const auto history = history_now();
        return history && history->open && !others_import(*history) &&
               (!history_noted || clock.now() - *history_noted >= quiet_for);
    };
    if (quiet()) static_cast<void>(door([&] { return go_live(); }, options.patience));
}

/// The go_live fact stands at the person's own engine time: before every moment that came due since.
Result<std::size_t> Ledger::Core::go_live() {
    if (auto done = ready(); !done) return std::unexpected(done.error());
    const auto history = history_now();
    if (!history) return std::unexpected(history.error());
    history_open = history->open;
    if (!history_open || others_import(*history)) return std::size_t{0};
    if (auto done = write_derived(); !done) return std::unexpected(done.error());
    std::vector<SubjectId> open;
    const auto scanned = store.scan_states([&](const ports::StateRow& row) {
        if (codec::kind_of_row(row.state) != codec::RowKind::person) return true;
        const auto person = codec::decode_person(row.state);
        if (person && person->state.lead.offer.open() && person->state.lead.offer.historical)
            open.push_back(row.subject);
        return true;
    });
    if (!scanned) return std::unexpected(scanned.error());
    const auto number = source("baton");
    if (!number) return std::unexpected(number.error());
    moment();
    for (std::size_t from = 0; from < open.size(); from += ended_at_once) {
        const auto some = std::span(open).subspan(from, std::min(ended_at_once, open.size() - from));
        const auto done = [&]() -> Status {
            if (auto fetched = subjects.fetch(some, store); !fetched) return fetched;
            Batch batch(*this, recorded);
            for (const SubjectId id : some) {
                const auto subject = batch.load(id);
                if (!subject) return std::unexpected(subject.error());
                codec::JournalRecord record;
                record.fact.kind = FactKind::go_live;
                record.fact.type = type_name(FactKind::go_live);
                record.fact.occurred_at = record.fact.engine_at = (*subject)->person()->state.engine_at;
                record.fact.historical = true;
                record.source = *number;
                record.fact.trust = Trust::baton;
                record.home = {'s', ""};
                record.message_id = "go_live:" + std::to_string(record.fact.engine_at.us);
                if (auto emitted = batch.emit(**subject, record, std::nullopt); !emitted) return emitted;
                if (auto drained = batch.drain(); !drained) return drained;
            }
            return journal(batch);
        }();
        if (!done) {
            static_cast<void>(recover());
            return std::unexpected(done.error());
        }
        write_if_much();
    }
    if (auto done = store.set_setting("history", "closed"); !done) return std::unexpected(done.error());
    history_open = false;
    history_noted.reset();
    return open.size();
}

}  // namespace baton::app
