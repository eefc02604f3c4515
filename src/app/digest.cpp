// `baton digest`: the head of the journal, and a hash of all states that does not depend on the store.
#include <algorithm>
#include <array>

#include "app/folder.h"
#include "app/reads.h"
#include "codec/canonical.h"
#include "codec/wire.h"
#include "ports/record_digest.h"

namespace baton::app {
namespace {

/// Eight bytes a record, by lane and seq; a person's name is that of its identity keys.
class Names : public codec::CanonicalNames {
   public:
    explicit Names(const ports::Reader& reader) : reader_(reader) {}

    Status read() {
        const auto sources = reader_.sources();
        if (!sources) return std::unexpected(sources.error());
        Error error;
        codec::JournalRecord scratch;
        auto done = reader_.scan(ports::no_position, [&](const ports::Record& record) {
            auto decoded =
                codec::decode_journal(record.payload, {record.lane, record.seq}, record.recorded_at, scratch);
            if (!decoded) error = decoded.error();
            auto& lane = names_[record.lane.value];
            lane.resize(std::max<std::size_t>(lane.size(), record.seq.value));
            if (scratch.source < sources->size())
                lane[record.seq.value - 1] = codec::message_name(scratch, (*sources)[scratch.source]);
            return decoded.has_value();
        });
        if (done && !error.code.empty()) return std::unexpected(error);
        return done;
    }

    std::uint64_t message(FactRef ref) const override {
        const auto& lane = names_[ref.lane.value];
        return ref.seq.value == 0 || ref.seq.value > lane.size() ? 0 : lane[ref.seq.value - 1];
    }

    std::string subject(SubjectId id) const override {
        if (of_lane(id)) return "lane " + std::to_string(id.value);
        auto keys = reader_.identities_of(id);
        if (!keys) return {};
        std::ranges::sort(*keys, {}, &ports::Identity::key);
        Bytes bytes;
        codec::WireWriter out(bytes);
        for (const auto& identity : *keys) {
            out.byte(static_cast<std::uint8_t>(identity.key.kind));
            out.text(identity.key.key);
        }
        return bytes;
    }

   private:
    const ports::Reader& reader_;
    std::array<std::vector<std::uint64_t>, lane_count> names_;
};

Result<Bytes> canonical_row(const ports::StateRow& row, const Names& names, const Playbooks& playbooks) {
    const auto kind = codec::kind_of_row(row.state);
    if (kind == codec::RowKind::company) {
        const auto company = codec::decode_company(row.state);
        if (!company) return std::unexpected(company.error());
        return codec::canonical(*company);
    }
    const auto version = [&](std::uint32_t number) -> Result<std::shared_ptr<const playbook::Compiled>> {
        auto playbook = playbooks.get(number);
        if (playbook == nullptr)
            return fail("playbook_missing",
                        "version " + std::to_string(number) + " of the playbook no longer compiles");
        return playbook;
    };
    if (kind == codec::RowKind::account) {
        const auto account = codec::decode_account(row.state);
        if (!account) return std::unexpected(account.error());
        const auto playbook = version(account->state.version);
        if (!playbook) return std::unexpected(playbook.error());
        return codec::canonical(*account, **playbook, names);
    }
    const auto person = codec::decode_person(row.state);
    if (!person) return std::unexpected(person.error());
    if (person->erased) return codec::canonical_of_erased(*person);
    const auto playbook = version(person->state.version);
    if (!playbook) return std::unexpected(playbook.error());
    return codec::canonical(*person, **playbook, names);
}

}  // namespace

Result<Digests> Reads::digest() const {
    Digests digests;
    if (auto loaded = playbooks_->load(*reader_); !loaded) return std::unexpected(loaded.error());
    const auto heads = reader_->heads();
    if (!heads) return std::unexpected(heads.error());
    digests.journal_head = ports::digest_of_heads(*heads);
    Names names(*reader_);
    if (auto done = names.read(); !done) return std::unexpected(done.error());
    std::vector<std::pair<SubjectId, Digest>> rows;
    std::vector<ports::StateRow> accounts;  // theirs name other subjects: not to be looked up within a scan
    Error error;
    auto done = reader_->scan_states([&](const ports::StateRow& row) {
        if (codec::kind_of_row(row.state) == codec::RowKind::account) {
            accounts.push_back(row);
            return true;
        }
        const auto bytes = canonical_row(row, names, *playbooks_);
        if (!bytes) error = bytes.error();
        if (bytes) rows.emplace_back(row.subject, blake2b(*bytes));
        return bytes.has_value();
    });
    if (!done) return std::unexpected(done.error());
    if (!error.code.empty()) return std::unexpected(error);
    for (const auto& row : accounts) {
        const auto bytes = canonical_row(row, names, *playbooks_);
        if (!bytes) return std::unexpected(bytes.error());
        rows.emplace_back(row.subject, blake2b(*bytes));
    }
    std::vector<Digest> subjects;
    for (const auto& [id, row] : rows)
        subjects.push_back(
            chain(blake2b(names.subject(id)), std::string_view(reinterpret_cast<const char*>(row.data()), row.size())));
    std::ranges::sort(subjects);
    for (const Digest& subject : subjects)
        digests.state_hash =
            chain(digests.state_hash, std::string_view(reinterpret_cast<const char*>(subject.data()), subject.size()));
    return digests;
}

}  // namespace baton::app
