#include "storage/memory/store.h"

#include <algorithm>
#include <random>

#include "storage/memory/tables.h"

namespace baton::storage::memory {
namespace {

using Lock = std::scoped_lock<std::mutex>;

/// The reading half; Base is ports::Reader or ports::Store. Callbacks run without the lock.
template <class Base>
class Reads : public Base {
   public:
    explicit Reads(std::shared_ptr<Tables> tables) : tables_(std::move(tables)) {}

    Result<std::vector<ports::LaneHead>> heads() const override {
        const Lock lock(tables_->mutex);
        std::vector<ports::LaneHead> found;
        for (const auto& [lane, head] : tables_->heads)
            if (head.seq.value != 0) found.push_back(head);
        return found;
    }
    Status scan(Position after, const std::function<bool(const ports::Record&)>& each) const override {
        for (std::size_t at = after < 0 ? 0 : static_cast<std::size_t>(after);; ++at) {
            const std::optional<ports::Record> row = record_at(at);
            if (!row || !each(*row)) return {};
        }
    }
    Result<std::vector<ports::Record>> records_of(SubjectId subject, Position last) const override {
        std::vector<ports::Record> found;
        for (Position at = last; at != ports::no_position; at = found.back().previous) {
            std::optional<ports::Record> row = record_at(static_cast<std::size_t>(at - 1));
            if (!row || row->subject != subject)
                return fail("corrupt", "record " + std::to_string(at) + " is not the subject's");
            found.push_back(std::move(*row));
        }
        std::ranges::reverse(found);
        return found;
    }
    Result<std::optional<ports::Record>> record(Lane lane, Position position) const override {
        std::optional<ports::Record> row = record_at(static_cast<std::size_t>(position - 1));
        if (row && row->lane != lane) row.reset();
        return row;
    }
    Result<std::vector<std::optional<SubjectId>>> subjects_of(std::span<const ports::IdentityKey> keys) const override {
        const Lock lock(tables_->mutex);
        std::vector<std::optional<SubjectId>> found;
        for (const ports::IdentityKey& key : keys) found.push_back(find(tables_->identities, key));
        return found;
    }
    Result<std::vector<ports::Identity>> identities_of(SubjectId subject) const override {
        const Lock lock(tables_->mutex);
        std::vector<ports::Identity> found;
        const std::set<std::pair<SubjectId, ports::IdentityKey>>& keys = tables_->keys_of;
        for (auto at = keys.lower_bound({subject, {'\0', ""}}); at != keys.end() && at->first == subject; ++at)
            found.push_back({at->second, subject});
        return found;
    }
    Result<std::vector<Position>> positions_of(std::span<const ports::MessageKey> keys) const override {
        const Lock lock(tables_->mutex);
        std::vector<Position> found;
        for (const ports::MessageKey& key : keys)
            found.push_back(find(tables_->messages, key).value_or(ports::no_position));
        return found;
    }
    Result<std::vector<std::string>> sources() const override {
        const Lock lock(tables_->mutex);
        return tables_->sources;
    }
    Result<std::optional<ports::StateRow>> state_of(SubjectId subject) const override {
        const Lock lock(tables_->mutex);
        return find(tables_->states, subject);
    }
    Result<std::vector<ports::StateRow>> states_of(std::span<const SubjectId> subjects) const override {
        const Lock lock(tables_->mutex);
        std::vector<ports::StateRow> found;
        for (const SubjectId subject : subjects)
            if (const std::optional<ports::StateRow> row = find(tables_->states, subject)) found.push_back(*row);
        return found;
    }
    Status scan_states(const std::function<bool(const ports::StateRow&)>& each) const override {
        std::optional<ports::StateRow> row = state_from({0});
        while (row && each(*row)) row = state_from({row->subject.value + 1});
        return {};
    }
    Result<std::vector<ports::LeadRow>> leads(const ports::LeadQuery& query) const override {
        const Lock lock(tables_->mutex);
        return memory::leads(*tables_, query);
    }
    Result<std::optional<ports::LeadRow>> lead(SubjectId person) const override {
        const Lock lock(tables_->mutex);
        return find(tables_->leads, person);
    }
    Result<std::vector<ports::AccountRow>> accounts(const ports::AccountQuery& query) const override {
        const Lock lock(tables_->mutex);
        return memory::accounts(*tables_, query);
    }
    Result<std::vector<ports::LeadRow>> people_of(const std::string& account, std::size_t limit) const override {
        const Lock lock(tables_->mutex);
        return memory::people_of(*tables_, account, limit);
    }
    Status scan_history(const std::function<bool(const ports::HistoryRow&)>& each) const override {
        std::optional<ports::HistoryRow> row = history_from({ports::no_position, 0});
        while (row && each(*row)) row = history_from({row->position, std::uint32_t{row->n} + 1});
        return {};
    }
    Result<std::vector<ports::HistoryRow>> history_of(SubjectId subject,
                                                      std::span<const Position> caused_by) const override {
        const Lock lock(tables_->mutex);
        std::vector<ports::HistoryRow> found;
        for (const Position position : caused_by)
            for (auto at = tables_->history.lower_bound({position, 0});
                 at != tables_->history.end() && at->first.first == position; ++at)
                if (at->second.subject == subject) found.push_back(at->second);
        return found;
    }
    Result<std::vector<ports::HistoryRow>> latest_history(std::size_t limit,
                                                          std::span<const std::uint8_t> kinds) const override {
        const Lock lock(tables_->mutex);
        std::vector<ports::HistoryRow> found;
        for (auto at = tables_->history.rbegin(); at != tables_->history.rend() && found.size() < limit; ++at)
            if (kinds.empty() || std::ranges::count(kinds, at->second.kind) != 0) found.push_back(at->second);
        return found;
    }
    Result<std::vector<std::pair<std::string, std::int64_t>>> counters() const override {
        const Lock lock(tables_->mutex);
        return std::vector<std::pair<std::string, std::int64_t>>(tables_->counters.begin(), tables_->counters.end());
    }
    Result<std::vector<std::pair<Instant, SubjectId>>> due(Instant until, std::size_t limit) const override {
        const Lock lock(tables_->mutex);
        std::vector<std::pair<Instant, SubjectId>> found;
        for (const auto& entry : tables_->due) {
            if (entry.first > until || found.size() == limit) break;
            found.push_back(entry);
        }
        return found;
    }
    Result<std::optional<Instant>> next_due() const override {
        const Lock lock(tables_->mutex);
        return tables_->due.empty() ? std::nullopt : std::optional(tables_->due.begin()->first);
    }
    Result<Position> derived_up_to() const override {
        const Lock lock(tables_->mutex);
        return tables_->derived_up_to;
    }
    Result<Position> last_position() const override {
        const Lock lock(tables_->mutex);
        return tables_->last_position();
    }
    Result<std::vector<ports::StoredPlaybook>> playbooks() const override {
        const Lock lock(tables_->mutex);
        return tables_->playbooks;
    }
    Result<std::optional<std::string>> setting(std::string_view name) const override {
        const Lock lock(tables_->mutex);
        return find(tables_->settings, name);
    }
    Result<std::optional<ports::Secret>> secret(char kind, std::string_view id) const override {
        const Lock lock(tables_->mutex);
        return find(tables_->secrets, std::pair(kind, std::string(id)));
    }
    Result<std::vector<ports::Secret>> secrets() const override {
        const Lock lock(tables_->mutex);
        std::vector<ports::Secret> found;
        for (const auto& [place, row] : tables_->secrets) found.push_back(row);
        return found;
    }

   protected:
    std::shared_ptr<Tables> tables_;

   private:
    template <class Map, class Key>
    static std::optional<typename Map::mapped_type> find(const Map& map, const Key& key) {
        const auto at = map.find(key);
        return at == map.end() ? std::nullopt : std::optional(at->second);
    }
    std::optional<ports::Record> record_at(std::size_t index) const {
        const Lock lock(tables_->mutex);
        return index < tables_->journal.size() ? std::optional(tables_->journal[index]) : std::nullopt;
    }
    /// The first at or after a position and number; the number after the last of all is no 16 bits any more.
    std::optional<ports::HistoryRow> history_from(std::pair<Position, std::uint32_t> from) const {
        const Lock lock(tables_->mutex);
        const auto at = from.second > UINT16_MAX
                            ? tables_->history.lower_bound({from.first + 1, 0})
                            : tables_->history.lower_bound({from.first, static_cast<std::uint16_t>(from.second)});
        return at == tables_->history.end() ? std::nullopt : std::optional(at->second);
    }
    std::optional<ports::StateRow> state_from(SubjectId subject) const {
        const Lock lock(tables_->mutex);
        const auto at = tables_->states.lower_bound(subject);
        return at == tables_->states.end() ? std::nullopt : std::optional(at->second);
    }
};

class MemoryReader final : public Reads<ports::Reader> {
   public:
    using Reads::Reads;
};

class MemoryStore final : public Reads<ports::Store> {
   public:
    using Reads::Reads;

    Position position_of_next(Lane, Seq, std::size_t index) const override {
        const Lock lock(tables_->mutex);
        return tables_->last_position() + 1 + static_cast<Position>(index);
    }
    Status append(const ports::Append& batch) override {
        const Lock lock(tables_->mutex);
        return memory::append(*tables_, batch);
    }
    Status write_derived(const ports::Derived& batch) override {
        const Lock lock(tables_->mutex);
        return memory::write_derived(*tables_, batch);
    }
    Status clear_derived() override {
        const Lock lock(tables_->mutex);
        memory::clear_derived(*tables_);
        return {};
    }
    Status rebuild_search() override { return {}; }  // there is no index
    Status purge() override { return {}; }
    Status keep_apart(std::string_view) override { return {}; }
    Result<std::uint16_t> source_number(std::string_view name) override {
        const Lock lock(tables_->mutex);
        std::vector<std::string>& names = tables_->sources;
        const auto at = std::ranges::find(names, name);
        if (at != names.end()) return static_cast<std::uint16_t>(at - names.begin());
        if (names.size() > UINT16_MAX)
            return fail("too_many_sources", "65,536 source names are the most a store can hold");
        names.emplace_back(name);
        return static_cast<std::uint16_t>(names.size() - 1);
    }
    Result<std::uint32_t> store_playbook(const ports::StoredPlaybook& playbook) override {
        const Lock lock(tables_->mutex);
        std::vector<ports::StoredPlaybook>& all = tables_->playbooks;
        const auto known = std::ranges::find(all, playbook.hash, &ports::StoredPlaybook::hash);
        if (known != all.end()) return known->version;
        all.push_back(playbook);
        return all.back().version = static_cast<std::uint32_t>(all.size());
    }
    Status set_setting(std::string_view name, std::string_view value) override {
        const Lock lock(tables_->mutex);
        tables_->settings.insert_or_assign(std::string(name), std::string(value));
        return {};
    }
    HashKey hash_key() const override { return tables_->hash_key; }
    Result<std::unique_ptr<ports::Reader>> reader() const override { return std::make_unique<MemoryReader>(tables_); }
    Result<std::vector<ports::Damage>> verify() const override {
        const Lock lock(tables_->mutex);
        return memory::verify(*tables_);
    }
    Status backup(const std::string&) const override {
        return fail("unsupported", "a store in memory has no backup; use a file");
    }
};

}  // namespace

Result<std::unique_ptr<ports::Store>> open(const OpenOptions& options) {
    if (options.mode != OpenOptions::Mode::create) return fail("not_found", "a store in memory is always new");
    auto tables = std::make_shared<Tables>();
    std::random_device source;
    for (std::uint8_t& byte : tables->hash_key) byte = static_cast<std::uint8_t>(source());
    if (options.hash_key) tables->hash_key = *options.hash_key;
    return std::make_unique<MemoryStore>(std::move(tables));
}

}  // namespace baton::storage::memory
