#include "app/imports.h"

#include <algorithm>
#include <optional>
#include <set>

#include "app/batch.h"
#include "app/replay.h"

namespace baton::app {
namespace {

constexpr std::size_t taken_out_at_once = 512;
constexpr const char* nothing_to_write = "nothing_to_write";

using codec::ImportMade;

CompanyAct act_of(std::string_view act, std::uint32_t number, std::string_view actor, Properties more = {}) {
    CompanyAct made;
    made.about = "import " + std::to_string(number);
    made.actor = actor;
    made.properties = std::move(more);
    made.properties.push_back({"act", Value(std::string(act))});
    made.properties.push_back({"import", Value(static_cast<std::int64_t>(number))});
    std::ranges::sort(made.properties, {}, &NamedValue::name);
    return made;
}

Value number_of(std::uint64_t n) { return Value(static_cast<std::int64_t>(n)); }

Result<ImportMade> known(const codec::CompanyRow& company, std::uint32_t number) {
    const auto at = std::ranges::find(company.imports, number, &ImportMade::number);
    if (at == company.imports.end())
        return fail("not_found", "there is no import " + std::to_string(number) + "; baton import list shows them");
    return *at;
}

/// Everybody who has facts of the import that were not taken out yet.
Result<std::vector<SubjectId>> touched_by(const ports::Reader& store, std::uint32_t number) {
    std::set<SubjectId> touched;
    std::vector<ports::Record> chunk;
    codec::JournalRecord record;
    for (ports::Position after = ports::no_position;;) {
        const auto read = read_chunk(store, after, chunk);
        if (!read) return std::unexpected(read.error());
        for (const auto& stored : std::span(chunk).first(*read)) {
            after = stored.position;
            if (of_lane(stored.subject)) continue;
            if (auto done =
                    codec::decode_journal(stored.payload, {stored.lane, stored.seq}, stored.recorded_at, record);
                !done)
                return std::unexpected(done.error());
            if (record.fact.import != number) continue;
            if (record.fact.kind == FactKind::import_undone)
                touched.erase(stored.subject);
            else
                touched.insert(stored.subject);
        }
        if (*read < chunk_records) return std::vector<SubjectId>(touched.begin(), touched.end());
    }
}

}  // namespace

Result<std::uint32_t> begin_import(Ledger& ledger, const ImportWanted& wanted, std::string_view actor) {
    std::uint32_t number = 0;
    const auto begun =
        ledger.act([&](const codec::CompanyRow& company, const ports::Reader&, Instant) -> Result<CompanyAct> {
            const auto again = std::ranges::find_if(company.imports, [&](const ImportMade& made) {
                return made.print == wanted.print && made.undone == ImportMade::Undone::no;
            });
            if (again != company.imports.end()) {
                number = again->number;
                return fail(nothing_to_write, "");
            }
            number = company.imports.empty() ? 1 : company.imports.back().number + 1;
            return act_of("import", number, actor,
                          {{"files", Value(wanted.files)},
                           {"mapping", Value(wanted.mapping)},
                           {"mode", Value(wanted.mode)},
                           {"print", Value(wanted.print)}});
        });
    if (!begun && begun.error().code != nothing_to_write) return std::unexpected(begun.error());
    return number;
}

Status import_took(Ledger& ledger, std::uint32_t number, std::uint64_t rows, std::uint64_t facts,
                   std::string_view actor) {
    if (facts == 0) return {};
    return ledger.act([&](const codec::CompanyRow&, const ports::Reader&, Instant) -> Result<CompanyAct> {
        return act_of("import took", number, actor, {{"facts", number_of(facts)}, {"rows", number_of(rows)}});
    });
}

Result<std::vector<ImportMade>> imports(const Reads& reads) {
    auto company = reads.company();
    if (!company) return std::unexpected(company.error());
    std::ranges::reverse(company->imports);
    return std::move(company->imports);
}

void write(codec::JsonWriter& out, const ImportMade& made) {
    out.begin_object().field("import", made.number).field("at", made.at).field("actor", made.actor);
    out.field("files", made.files).field("mapping", made.mapping).field("mode", made.mode);
    out.field("rows", made.rows).field("facts", made.facts);
    out.field("undone", made.undone == ImportMade::Undone::done);
    out.field("undone_at", made.undone == ImportMade::Undone::no ? Instant::never() : made.undone_at);
    out.field("undone_by", made.undone_by).end_object();
}

// ---- undoing ------------------------------------------------------------------------------------------------------

bool Ledger::Core::is_undone(std::uint32_t import) const {
    if (import == 0) return false;
    const auto& all = lanes[0].imports;
    const auto at = std::ranges::lower_bound(all, import, {}, &ImportMade::number);
    return at != all.end() && at->number == import && at->undone != ImportMade::Undone::no;
}

/// One handful: each is folded anew without what the import brought, and held against the registers again.
Status Ledger::Core::take_out(std::uint32_t number, std::span<const SubjectId> some, std::string_view actor) {
    if (auto done = ready(); !done) return done;
    const auto source_number = source("baton");
    if (!source_number) return std::unexpected(source_number.error());
    if (auto done = subjects.fetch(some, store); !done) return done;
    Batch batch(*this, moment());
    const auto all = [&]() -> Status {
        for (const SubjectId id : some) {
            const auto loaded = batch.load(id);
            if (!loaded) return std::unexpected(loaded.error());
            Subject& subject = **loaded;
            codec::PersonRow* person = subject.person();
            const Instant before = person != nullptr ? person->state.engine_at : subject.account()->engine_at;
            const Instant at = std::max(batch.recorded_at(), before);
            if (auto done = batch.advance(subject, at, false); !done) return done;
            if (auto done = batch.drain(); !done) return done;
            codec::JournalRecord record = internal_record(FactKind::import_undone, at, false, *source_number);
            record.fact.import = number;
            record.fact.actor = actor;
            record.message_id = "import_undone:" + std::to_string(number);
            if (auto done = batch.emit(subject, record, std::nullopt); !done) return done;
            const bool lives = person != nullptr && !person->empty && person->merged_into.value == 0;
            if (lives)
                if (auto done = batch.scrub(subject, {.at = at}); !done) return done;
            if (auto done = batch.drain(); !done) return done;
        }
        return commit(batch);
    }();
    if (!all) static_cast<void>(recover());
    write_if_much();
    return all;
}

Result<std::uint64_t> Ledger::undo_import(std::uint32_t number, std::string_view actor,
                                          const std::function<bool()>& stop) {
    const auto begun = act([&](const codec::CompanyRow& company, const ports::Reader&, Instant) -> Result<CompanyAct> {
        const auto made = known(company, number);
        if (!made) return std::unexpected(made.error());
        if (made->undone == ImportMade::Undone::done)
            return fail("undone_already", "import " + std::to_string(number) + " was undone already, " +
                                              to_string(made->undone_at) + ", by " + made->undone_by);
        if (made->undone == ImportMade::Undone::begun) return fail(nothing_to_write, "");  // interrupted: it goes on
        return act_of("import undo", number, actor);
    });
    if (!begun && begun.error().code != nothing_to_write) return std::unexpected(begun.error());
    const auto reader = [&] {
        const std::lock_guard hold(core_->work);
        return core_->store.reader();
    }();
    if (!reader) return std::unexpected(reader.error());
    const auto touched = touched_by(**reader, number);
    if (!touched) return std::unexpected(touched.error());
    for (std::size_t from = 0; from < touched->size(); from += taken_out_at_once) {
        if (stop && stop()) return fail("interrupted", "undoing was interrupted; call it again to go on");
        const auto some = std::span(*touched).subspan(from, std::min(taken_out_at_once, touched->size() - from));
        if (auto done = core_->door([&] { return core_->take_out(number, some, actor); }); !done)
            return std::unexpected(done.error());
    }
    const auto ended = act([&](const codec::CompanyRow&, const ports::Reader&, Instant) -> Result<CompanyAct> {
        return act_of("import undone", number, actor, {{"subjects", number_of(touched->size())}});
    });
    if (!ended) return std::unexpected(ended.error());
    return touched->size();
}

}  // namespace baton::app
