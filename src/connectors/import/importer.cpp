#include "connectors/import/importer.h"

#include <algorithm>

#include "connectors/import/ahead.h"
#include "connectors/import/guess.h"
#include "connectors/import/prepare.h"
#include "connectors/import/row_reader.h"

namespace baton::imports {
namespace {

std::string listed(std::span<const std::string> words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

Result<std::vector<std::string>> read_header(csv::Scanner& scanner, const std::string& name) {
    csv::Row row;
    const auto more = scanner.next(row);
    if (!more) return fail(more.error().code, name + ": " + more.error().detail);
    if (!*more) return fail("no_header", name + " is empty; its first row must name the columns");
    if (!row.problems.empty())
        return fail("no_header", name + ":" + std::to_string(row.line) + ": column " +
                                     std::to_string(row.problems[0].column) +
                                     " of the header: " + row.problems[0].what);
    std::vector<std::string> header;
    for (const auto field : row.fields) {
        const std::string column(trimmed(field));
        if (!column.empty() && std::find(header.begin(), header.end(), column) != header.end())
            return fail("no_header", name + ":" + std::to_string(row.line) + ": column '" + column +
                                         "' stands twice in the header; rename one");
        header.push_back(column);
    }
    return header;
}

std::shared_ptr<const Mapping> guess_of(const Mapping& wanted, const std::vector<std::string>& header) {
    auto made = guessed(header);
    if (!made) return nullptr;
    made->historical = wanted.historical;
    return std::make_shared<const Mapping>(std::move(*made));
}

std::unexpected<Error> nobody_knows(const std::string& name, const std::vector<std::string>& header) {
    return fail("no_mapping",
                name + ": no mapping knows a header with the columns " + listed(header) +
                    (guessed(header) ? "; look at what --mapping guess makes of it with --preview, or write one"
                                     : ", and no column is called e-mail or phone; write one") +
                    " (docs/IMPORT.md) and name it with --mapping");
}

RowProblem refused(const IncomingFact& fact, const Error& why) {
    return {0, "", "fact '" + fact.type + "' refused (" + why.code + "): " + why.detail};
}

bool refuses(const RowProblem& problem) { return problem.weight == RowProblem::Weight::refuses; }

}  // namespace

app::Prepared made_ready(IncomingFact fact, const RunOptions& options) {
    fact.import = options.import;
    fact.whom = options.whom;
    app::Prepared ready{std::move(fact), {}};
    if (options.prepare) options.prepare(ready);
    return ready;
}

Status hand_over(std::vector<app::Prepared>& batch, const RunOptions& options, Report& report,
                 const std::function<void(std::size_t, const RowProblem&)>& note) {
    if (batch.empty()) return {};
    const auto receipt = options.take(batch);
    if (!receipt) return std::unexpected(receipt.error());
    report.accepted += receipt->accepted;
    report.duplicates += receipt->duplicates;
    report.refused += receipt->refused;
    for (std::size_t i = 0; i < receipt->outcomes.size(); ++i)
        if (const app::Outcome& outcome = receipt->outcomes[i];
            outcome.code == app::known_already || outcome.code == app::not_known) {
            ++report.left_out;
            --report.refused;
            note(i, {0, "", "left out: " + outcome.detail, RowProblem::Weight::left_out});
        } else if (outcome.verdict == app::Verdict::refused)
            note(i, refused(batch[i].fact, {outcome.code, outcome.detail}));
    batch.clear();
    report.stopped = report.stopped || (options.stop && options.stop());
    return {};
}

Result<Import> Import::plan(const std::vector<std::string>& files, const Mapping* forced,
                            std::span<const Mapping> known, const std::string& sheet) {
    std::vector<Input> inputs;
    for (const std::string& file : files) {
        auto input = Input::open(file);
        if (!input) return std::unexpected(input.error());
        inputs.push_back(std::move(*input));
    }
    return plan(std::move(inputs), forced, known, sheet);
}

Result<Import> Import::plan(std::vector<Input> inputs, const Mapping* forced, std::span<const Mapping> known,
                            const std::string& sheet) {
    Import import_;
    for (Input& given : inputs) {
        auto input_of_rows = prepared(std::move(given), sheet);
        if (!input_of_rows) return std::unexpected(input_of_rows.error());
        Input& input = *input_of_rows;
        csv::Scanner scanner(input.from_start());
        const auto header = read_header(scanner, input.name());
        if (!header) return std::unexpected(header.error());
        const Mapping* mapping = forced != nullptr ? forced : recognise(known, *header);
        std::shared_ptr<const Mapping> made;
        if (mapping != nullptr && mapping->guess) {
            made = guess_of(*mapping, *header);
            mapping = made.get();
        }
        if (mapping == nullptr) return nobody_knows(input.name(), *header);
        const auto bound = Binding::make(*mapping, *header, nullptr);
        if (!bound) return fail(bound.error().code, input.name() + ": " + bound.error().detail);
        import_.files_.push_back({std::move(input), mapping, std::move(made), *header, scanner.delimiter()});
    }
    return import_;
}

std::string Import::playbook() const {
    for (const File& file : files_)
        if (!file.mapping->playbook.empty()) return file.mapping->playbook;
    return "";
}

bool Import::historical() const {
    return std::any_of(files_.begin(), files_.end(), [](const File& file) { return file.mapping->historical; });
}

std::vector<std::string> Import::mappings() const {
    std::vector<std::string> all;
    for (const File& file : files_) all.push_back(file.mapping->id);
    return all;
}

std::vector<const Input*> Import::inputs() const {
    std::vector<const Input*> all;
    for (const File& file : files_) all.push_back(&file.input);
    return all;
}

Result<std::vector<Preview>> Import::preview(std::size_t rows, const RowTimes& times,
                                             const playbook::Compiled* playbook) const {
    std::vector<Preview> all;
    for (const File& file : files_) {
        const auto binding = Binding::make(*file.mapping, file.header, playbook);
        if (!binding) return std::unexpected(binding.error());
        Preview& preview = all.emplace_back(Preview{file.input.name(), file.mapping->id, {}, binding->remarks()});
        csv::Scanner scanner(file.input.from_start(), {.delimiter = file.delimiter});
        csv::Row row;
        for (std::size_t n = 0; n <= rows; ++n) {
            const auto more = scanner.next(row);
            if (!more) return fail(more.error().code, file.input.name() + ": " + more.error().detail);
            if (!*more) break;
            if (n == 0) continue;  // the header
            PreviewRow& seen = preview.rows.emplace_back();
            seen.row = file.input.row_of(row.number);
            binding->read(row, times, seen.facts, seen.problems);
        }
    }
    return all;
}

/// So much is read at a time, so that the thread that reads and the one that hands over seldom wait for each other.
constexpr std::size_t facts_a_piece = 256, rows_a_piece = 1024;

/// Where one fact of a row stands; a past one is read again from there in the order of time.
struct Entry {
    Instant at;
    std::uint32_t file = 0, fact = 0;
    std::uint64_t offset = 0;
    std::size_t size = 0;
    std::int64_t row = 0, line = 0;
};

class Import::Run {
   public:
    Run(std::vector<File>& files, const RunOptions& options)
        : files_(files), options_(options), rejects_(sources_of(files), options.errors) {}

    Result<Report> run() {
        if (const Status bound = bind(); !bound) return std::unexpected(bound.error());
        if (const Status begun = rejects_.begin(); !begun) return std::unexpected(begun.error());
        if (const Status past = take_past(); !past) return std::unexpected(past.error());
        for (std::size_t i = 0; i < files_.size() && !report_.stopped; ++i) {
            if (files_[i].mapping->historical) continue;
            const Status streamed = stream(i);
            if (!streamed) return std::unexpected(streamed.error());
        }
        if (const Status rest = send(); !rest) return std::unexpected(rest.error());
        if (const Status ended = rejects_.end(); !ended) return std::unexpected(ended.error());
        report_.error_rows = rejects_.rows();
        for (const FileReport& file : report_.files) {
            report_.rows += file.rows;
            report_.refused_rows += file.refused_rows;
        }
        return std::move(report_);
    }

   private:
    static std::vector<Rejects::Source> sources_of(const std::vector<File>& files) {
        std::vector<Rejects::Source> sources;
        for (const File& file : files) sources.push_back({&file.input, file.header, file.delimiter});
        return sources;
    }

    Status bind() {
        for (const File& file : files_) {
            auto binding = Binding::make(*file.mapping, file.header, options_.playbook);
            if (!binding) return std::unexpected(binding.error());
            for (std::string& remark : binding->remarks())
                if (std::find(report_.remarks.begin(), report_.remarks.end(), remark) == report_.remarks.end())
                    report_.remarks.push_back(std::move(remark));
            bindings_.push_back(std::move(*binding));
            report_.files.push_back({file.input.name(), file.mapping->id, 0, 0});
            work_ += file.input.size() * (file.mapping->historical ? 2 : 1);
        }
        return {};
    }

    bool stopping() {
        report_.stopped = report_.stopped || (options_.stop && options_.stop());
        return report_.stopped;
    }

    void advance(std::uint64_t done) {
        if (options_.progress) options_.progress(std::min(done_ + done, work_), work_);
    }

    void note(const Entry& at, const RowProblem& problem) {
        const bool left_out = problem.weight == RowProblem::Weight::left_out;
        const bool fresh = rejects_.add({at.file, at.row, at.offset, at.size}, problem);
        if (left_out) report_.left_out_rows += fresh ? 1 : 0;
        if (left_out) return;
        ++(problem.weight == RowProblem::Weight::refuses ? report_.problem_count : report_.remark_count);
        if (report_.problems.size() < options_.keep_problems)
            report_.problems.push_back({files_[at.file].input.name(), at.row, at.line, problem});
    }

    RowReader reader(std::size_t i) const {
        const File& file = files_[i];
        return {file.input, file.header, file.delimiter, bindings_[i], options_.times};
    }

    /// Counts the row of file `i` and says what is wrong with it; answers where it stands.
    Entry seen(std::size_t i, const ReadRow& row) {
        FileReport& file = report_.files[i];
        ++file.rows;
        const Entry at{{}, static_cast<std::uint32_t>(i), 0, row.offset, row.size, row.row, row.line};
        for (const RowProblem& problem : row.problems) note(at, problem);
        if (std::ranges::any_of(row.problems, refuses)) ++file.refused_rows;
        if (file.rows % 1024 == 0) advance(row.offset + row.size);
        return at;
    }

    /// Rows in order, read and made ready beside the thread that hands them over.
    struct Piece {
        struct Row {
            ReadRow read;
            std::vector<app::Prepared> facts;
        };
        std::vector<Row> rows;
        std::optional<Error> error;  ///< after these rows
    };

    std::optional<Piece> next_piece(RowReader& reader, bool& over) {
        if (over) return std::nullopt;
        Piece piece;
        for (std::size_t facts = 0; facts < facts_a_piece && piece.rows.size() < rows_a_piece;) {
            Piece::Row& row = piece.rows.emplace_back();
            const auto more = reader.next(row.read);
            if (!more) piece.error = more.error();
            over = !more || !*more;
            if (over) {
                piece.rows.pop_back();
                break;
            }
            for (IncomingFact& fact : std::exchange(row.read.facts, {}))
                if (is_news(fact)) row.facts.push_back(made_ready(std::move(fact), options_));
            facts += row.facts.size();
        }
        return piece;
    }

    Status stream(std::size_t i) {
        RowReader rows = reader(i);
        bool over = false;
        Ahead<Piece> ahead([&] { return next_piece(rows, over); },
                           std::max<std::size_t>(options_.batch / facts_a_piece, 2));
        while (auto piece = ahead.next()) {
            for (Piece::Row& row : piece->rows) {
                if (const Status taken = take(i, row); !taken) return taken;
                if (!report_.stopped) continue;
                done_ += files_[i].input.size();
                return {};
            }
            if (piece->error) return std::unexpected(std::move(*piece->error));
        }
        done_ += files_[i].input.size();
        return {};
    }

    Status take(std::size_t i, Piece::Row& row) {
        const Entry at = seen(i, row.read);
        for (app::Prepared& fact : row.facts)
            if (const Status added = add(std::move(fact), at); !added) return added;
        return std::exchange(sent_, false) ? rejects_.write_before(i, at.row) : Status{};
    }

    Status take_past() {
        std::vector<Entry> entries;
        for (std::size_t i = 0; i < files_.size() && !report_.stopped; ++i) {
            if (!files_[i].mapping->historical) continue;
            RowReader rows = reader(i);
            for (ReadRow row; !report_.stopped;) {
                const auto more = rows.next(row);
                if (!more) return std::unexpected(more.error());
                if (!*more) break;
                for (Entry at = seen(i, row); at.fact < row.facts.size(); ++at.fact) {
                    at.at = *row.facts[at.fact].occurred_at;
                    entries.push_back(at);
                }
                stopping();
            }
            done_ += files_[i].input.size();
        }
        // Within one moment the order of files, rows and the mapping stays.
        std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.at < b.at; });
        return report_.stopped ? Status{} : take_in_order(entries);
    }

    Status take_in_order(const std::vector<Entry>& entries) {
        const std::uint64_t share = done_;  // what was read so far is read once more
        const Entry* at_hand = nullptr;
        std::vector<IncomingFact> of_row;
        for (std::size_t n = 0; n < entries.size() && !report_.stopped; ++n) {
            const Entry& entry = entries[n];
            if (at_hand == nullptr || at_hand->file != entry.file || at_hand->offset != entry.offset) {
                if (const Status again = read_again(entry); !again) return again;
                of_row = std::move(facts_);
                at_hand = &entry;
            }
            if (entry.fact >= of_row.size())
                return fail("cannot_read",
                            files_[entry.file].input.name() + " changed while it was read; import it again");
            IncomingFact& fact = of_row[entry.fact];
            if (is_news(fact))
                if (const Status added = add(made_ready(fact, options_), entry); !added) return added;
            if (n % 1024 == 0) advance(share * n / entries.size());
        }
        done_ += share;
        return {};
    }

    Status read_again(const Entry& entry) {
        const File& file = files_[entry.file];
        const auto text = file.input.part(entry.offset, entry.size);
        if (!text) return std::unexpected(text.error());
        csv::Scanner scanner(csv::read_from(*text),
                             {.delimiter = file.delimiter, .part = csv::Part::rows, .chunk = text->size() + 1});
        csv::Row row;
        const auto more = scanner.next(row);
        if (!more) return std::unexpected(more.error());
        facts_.clear();
        if (*more) bindings_[entry.file].read(row, options_.times, facts_, problems_);
        return {};
    }

    /// Users and accounts come back in many rows: once a run is enough. Asked by whoever reads, in the order of rows.
    bool is_news(const IncomingFact& fact) {
        const FactKind kind = kind_of(fact.type);
        const bool repeats = kind == FactKind::user || kind == FactKind::account_profile;
        return !repeats || told_.insert(fact.message_id).second;
    }

    Status add(app::Prepared ready, const Entry& at) {
        const IncomingFact& fact = ready.fact;
        ++report_.facts;
        ++report_.types[fact.type];
        if (const auto why = options_.refusal ? options_.refusal(fact.type) : std::nullopt) {
            ++report_.refused;
            note(at, refused(fact, *why));
            return {};
        }
        if (fact.occurred_at && fact.time_known) {
            report_.first = std::min(report_.first.value_or(*fact.occurred_at), *fact.occurred_at);
            report_.last = std::max(report_.last.value_or(*fact.occurred_at), *fact.occurred_at);
        }
        batch_.push_back(std::move(ready));
        from_.push_back(at);
        return batch_.size() < options_.batch ? Status{} : send();
    }

    Status send() {
        const Status taken = hand_over(batch_, options_, report_,
                                       [&](std::size_t i, const RowProblem& problem) { note(from_[i], problem); });
        from_.clear();
        sent_ = true;
        return taken;
    }

    std::vector<File>& files_;
    const RunOptions& options_;
    Rejects rejects_;
    std::vector<Binding> bindings_;
    Report report_;
    std::vector<IncomingFact> facts_;
    std::vector<app::Prepared> batch_;
    std::vector<RowProblem> problems_;
    std::vector<Entry> from_;
    std::set<std::string> told_;
    bool sent_ = false;  ///< since the error file was last written to
    std::uint64_t done_ = 0, work_ = 0;
};

Result<Report> Import::run(const RunOptions& options) { return Run(files_, options).run(); }

}  // namespace baton::imports
