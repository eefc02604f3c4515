// One person: found by any key, now or as of a moment, with a timeline and why.
#include "app/reads.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "app/normalise.h"
#include "app/past.h"
#include "app/subjects.h"
#include "codec/history.h"

namespace baton::app {
namespace {

std::optional<std::uint64_t> number_in(std::string_view text) {
    std::uint64_t n = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, n);
    return error == std::errc{} && stop == end ? std::optional(n) : std::nullopt;
}

Result<std::optional<ports::StateRow>> person_row(const ports::Reader& reader, SubjectId id) {
    if (of_lane(id)) return std::optional<ports::StateRow>();
    auto row = reader.state_of(id);
    if (row && *row && codec::kind_of_row((*row)->state) != codec::RowKind::person) row->reset();
    return row;
}

Error nobody(SubjectId id) { return {"not_found", "there is no person " + std::to_string(id.value)}; }

}  // namespace

const codec::JournalRecord* Timeline::fact(FactRef ref) const {
    for (const TimelineEntry& entry : entries)
        if (entry.fact && entry.fact->fact.ref == ref) return &*entry.fact;
    return nullptr;
}

Reads::Reads(std::unique_ptr<ports::Reader> reader, std::shared_ptr<Playbooks> playbooks)
    : reader_(std::move(reader)), playbooks_(std::move(playbooks)) {}
Reads::~Reads() = default;

Result<std::optional<ports::Identity>> Reads::find_known(std::string_view text_given) const {
    const std::string text(text_given);
    const auto us = company();
    if (!us) return std::unexpected(us.error());
    if (const auto number = number_in(text)) {
        const auto row = person_row(*reader_, SubjectId{*number});
        if (!row) return std::unexpected(row.error());
        if (*row) return std::optional(ports::Identity{{'#', text}, SubjectId{*number}});
    }
    const std::array<ports::IdentityKey, 6> spellings{
        {{'e', normal_email(text).value_or("")},
         {'x', text},
         {'p', normal_phone(text, us->phone_region).value_or("")},
         {'p', normal_phone(text).value_or("")},  // from before that was said
         {'u', text},
         {'a', text}}};
    for (const auto& spelling : spellings) {
        if (spelling.key.empty()) continue;
        const auto found = reader_->subject_of(spelling);
        if (!found) return std::unexpected(found.error());
        if (*found) return std::optional(ports::Identity{spelling, **found});
    }
    return std::optional<ports::Identity>();
}

Result<std::optional<ports::Identity>> Reads::find_key(std::string_view key, Merged merged) const {
    auto found = find_known(trimmed(key));
    while (found && *found && merged == Merged::survivor) {
        const auto row = person_row(*reader_, (*found)->subject);
        if (!row) return std::unexpected(row.error());
        if (!*row) break;
        const auto person = codec::decode_person((*row)->state);
        if (!person) return std::unexpected(person.error());
        if (person->merged_into.value == 0) break;
        (*found)->subject = person->merged_into;
    }
    return found;
}

Result<std::optional<SubjectId>> Reads::find(std::string_view key) const {
    const auto found = find_key(key);
    if (!found) return std::unexpected(found.error());
    return *found ? std::optional((*found)->subject) : std::nullopt;
}

Result<std::optional<PersonView>> Reads::person(SubjectId id, std::optional<Instant> at) const {
    const auto row = person_row(*reader_, id);
    if (!row) return std::unexpected(row.error());
    if (!*row) return std::optional<PersonView>();
    auto now = codec::decode_person((*row)->state);
    if (!now) return std::unexpected(now.error());
    if (now->erased) return std::optional<PersonView>();
    PersonView view;
    view.id = id;
    view.as_of = at.value_or(Instant::never());
    const auto keys = reader_->identities_of(id);
    if (!keys) return std::unexpected(keys.error());
    for (const auto& identity : *keys) view.keys.push_back(identity.key);
    auto person = at ? Past(*reader_, *playbooks_).fold(id, (*row)->last, at) : std::move(now);
    if (!person) return std::unexpected(person.error());
    if (at && person->state.version == 0) return std::optional<PersonView>();
    view.playbook = playbooks_->get(person->state.version, *reader_);
    view.name = std::move(person->name);
    view.email = std::move(person->email);
    view.account = person->state.account;
    view.hits = std::move(person->hits);
    view.merged_into = person->merged_into;
    view.absorbed = std::move(person->absorbed);
    for (const SubjectId other : view.absorbed) {
        const auto more = reader_->identities_of(other);
        if (!more) return std::unexpected(more.error());
        for (const auto& identity : *more) view.keys.push_back(identity.key);
    }
    std::ranges::sort(view.keys);
    view.state = std::move(person->state);
    return std::optional(std::move(view));
}

Result<ports::Position> Reads::version(SubjectId id) const {
    const auto row = person_row(*reader_, id);
    if (!row) return std::unexpected(row.error());
    return *row ? (*row)->last : ports::no_position;
}

namespace {

/// What was said of the account itself.
Status fill(AccountView& view, const ports::StateRow& row, Playbooks& playbooks, const ports::Reader& reader) {
    if (codec::kind_of_row(row.state) != codec::RowKind::account) return {};
    auto account = codec::decode_account(row.state);
    if (!account) return std::unexpected(account.error());
    view.id = row.subject;
    view.playbook = playbooks.get(account->state.version, reader);
    view.state = std::move(account->state);
    return {};
}

}  // namespace

Result<std::vector<ListedAccount>> Reads::accounts(const ports::AccountQuery& query) const {
    const auto rows = reader_->accounts(query);
    if (!rows) return std::unexpected(rows.error());
    std::vector<SubjectId> ids;
    for (const auto& row : *rows)
        if (row.account.value != 0) ids.push_back(row.account);
    const auto states = reader_->states_of(ids);
    if (!states) return std::unexpected(states.error());
    std::vector<ListedAccount> all;
    auto state = states->begin();  // in the order asked for; one without a row is left out
    for (const auto& row : *rows) {
        ListedAccount& one = all.emplace_back();
        one.account.key = row.key;
        one.people = row.people;
        one.open_leads = row.open_leads;
        if (row.account.value == 0 || state == states->end() || state->subject != row.account) continue;
        if (auto filled = fill(one.account, *state++, *playbooks_, *reader_); !filled)
            return std::unexpected(filled.error());
    }
    return all;
}

Result<AccountView> Reads::account(std::string_view key) const {
    AccountView view;
    view.key = normal_account(key);
    std::optional<SubjectId> id;
    if (const auto number = number_in(key); number && !of_lane(SubjectId{*number})) id = SubjectId{*number};
    if (!id) {
        const auto found = reader_->subject_of({'o', view.key});
        if (!found) return std::unexpected(found.error());
        id = *found;
    }
    if (!id) return view;
    const auto row = reader_->state_of(*id);
    if (!row) return std::unexpected(row.error());
    if (!*row) return view;
    if (auto filled = fill(view, **row, *playbooks_, *reader_); !filled) return std::unexpected(filled.error());
    if (!view.id) return view;
    const auto keys = reader_->identities_of(*id);
    if (!keys) return std::unexpected(keys.error());
    for (const auto& identity : *keys)
        if (identity.key.kind == 'o') view.key = identity.key.key;
    return view;
}

Result<Timeline> Reads::timeline(SubjectId id, std::optional<Instant> at) const {
    const auto row = person_row(*reader_, id);
    if (!row) return std::unexpected(row.error());
    if (!*row) return std::unexpected(nobody(id));
    std::vector<ports::Position> positions;
    auto records = Past(*reader_, *playbooks_).records(id, (*row)->last, &positions);
    if (!records) return std::unexpected(records.error());
    const auto history = reader_->history_of(id, positions);
    if (!history) return std::unexpected(history.error());
    Timeline timeline;
    std::size_t h = 0;
    const auto take_history = [&](ports::Position up_to) -> Status {
        for (; h < history->size() && (*history)[h].position <= up_to; ++h) {
            if (at && (*history)[h].at > *at) continue;
            auto decoded = codec::decode_history((*history)[h].record);
            if (!decoded) return std::unexpected(decoded.error());
            timeline.entries.push_back({(*history)[h].at, std::nullopt, std::move(*decoded)});
        }
        return {};
    };
    for (std::size_t i = 0; i < records->size(); ++i) {
        if (at && (*records)[i].fact.engine_at > *at) break;
        const bool told = !(*records)[i].redacted && (*records)[i].fact.kind != FactKind::erased;
        if (told) timeline.entries.push_back({(*records)[i].fact.occurred_at, std::move((*records)[i]), std::nullopt});
        if (auto done = take_history(positions[i]); !done) return std::unexpected(done.error());
    }
    return timeline;
}

Result<engine::Why> Reads::why(SubjectId id, Instant now, std::optional<Instant> at) const {
    const auto view = person(id, at);
    if (!view) return std::unexpected(view.error());
    if (!*view && at)
        return fail("not_found", "Baton did not know person " + std::to_string(id.value) + " at " + to_string(*at));
    if (!*view) return std::unexpected(nobody(id));
    if ((*view)->playbook == nullptr)
        return fail("playbook_missing",
                    "version " + std::to_string((*view)->state.version) + " of the playbook no longer compiles");
    return engine::why(*(*view)->playbook, (*view)->state, std::max(at.value_or(now), (*view)->state.engine_at));
}

/// Who rests in another stands last in every order: leaving them out shortens only the last page.
Result<std::vector<ports::LeadRow>> Reads::leads(const ports::LeadQuery& query) const {
    auto rows = reader_->leads(query);
    if (rows) std::erase_if(*rows, [](const ports::LeadRow& row) { return row.stage.empty(); });
    return rows;
}
Result<std::optional<ports::LeadRow>> Reads::lead(SubjectId id) const {
    auto row = reader_->lead(id);
    if (row && *row && (*row)->stage.empty()) row->reset();
    return row;
}

Result<std::vector<Move>> Reads::latest_moves(std::size_t limit) const {
    const std::array kinds{static_cast<std::uint8_t>(engine::HistoryKind::stage_entered)};
    const auto rows = reader_->latest_history(limit, kinds);
    if (!rows) return std::unexpected(rows.error());
    std::vector<Move> moves;
    for (const auto& row : *rows) {
        auto record = codec::decode_history(row.record);
        if (!record) return std::unexpected(record.error());
        moves.push_back({row.subject, std::move(*record)});
    }
    return moves;
}

Result<std::vector<User>> Reads::users() const {
    const auto company = Past(*reader_, *playbooks_).lane(Lane{0});
    if (!company) return std::unexpected(company.error());
    std::vector<User> users;
    for (const auto& user : company->users) users.push_back({user.id, user.name, user.roles});
    return users;
}

Result<codec::CompanyRow> Reads::lane(Lane lane) const { return Past(*reader_, *playbooks_).lane(lane); }
Result<codec::CompanyRow> Reads::company() const { return Past(*reader_, *playbooks_).lane(Lane{0}); }
Result<std::vector<std::string>> Reads::sources() const { return reader_->sources(); }
Result<std::vector<ports::StoredPlaybook>> Reads::playbooks() const { return reader_->playbooks(); }
std::shared_ptr<const playbook::Compiled> Reads::playbook(std::uint32_t version) const {
    return playbooks_->get(version, *reader_);
}
std::shared_ptr<const playbook::Compiled> Reads::active() const { return playbooks_->active(); }
Result<ports::Position> Reads::derived_up_to() const { return reader_->derived_up_to(); }

Status Reads::replay(Replayed& visitor, const std::function<void(std::uint64_t)>& progress) const {
    if (auto loaded = playbooks_->load(*reader_); !loaded) return loaded;  // another process may have stored one
    std::vector<std::pair<SubjectId, ports::Position>> people;
    auto done = reader_->scan_states([&](const ports::StateRow& row) {
        if (codec::kind_of_row(row.state) == codec::RowKind::person) people.emplace_back(row.subject, row.last);
        return true;
    });
    if (!done) return done;
    std::ranges::sort(people);
    Past past(*reader_, *playbooks_);
    PastHooks hooks;
    hooks.before = [&](const codec::PersonRow& row, const codec::JournalRecord& record) {
        const auto playbook = row.state.version == 0 ? playbooks_->active() : playbooks_->get(row.state.version);
        if (playbook != nullptr) visitor.before(*playbook, row.state, record.fact);
    };
    hooks.after = [&](const codec::PersonRow& row, const codec::JournalRecord* record,
                      std::span<const engine::HistoryRecord> history) {
        const auto playbook = playbooks_->get(row.state.version);
        if (record != nullptr && playbook != nullptr) visitor.after(*playbook, row.state, record->fact, history);
    };
    std::uint64_t n = 0;
    for (const auto& [id, last] : people) {
        visitor.begin(id);
        const auto row = past.fold(id, last, {}, hooks);
        if (!row) return std::unexpected(row.error());
        visitor.end(row->state);
        if (progress) progress(++n);
    }
    return {};
}

}  // namespace baton::app
