#include "connectors/jsonl/jsonl.h"

#include <algorithm>

#include "codec/fact_json.h"

namespace baton::jsonl {
namespace {

constexpr std::size_t longest_line = std::size_t{8} << 20;

/// Lines of an input without their ends.
class Lines {
   public:
    explicit Lines(csv::Read read) : read_(std::move(read)) {}

    /// False at the end. A line beyond `longest_line` ends the reading.
    Result<bool> next(std::string& line) {
        for (;;) {
            const std::size_t end = buffer_.find('\n', searched_);
            if (end != std::string::npos || (ended_ && begin_ < buffer_.size())) {
                const std::size_t stop = std::min(end, buffer_.size());
                line.assign(buffer_, begin_, stop - begin_);
                begin_ = searched_ = std::min(stop + 1, buffer_.size());
                return true;
            }
            if (ended_) return false;
            if (buffer_.size() - begin_ > longest_line)
                return fail("too_long", "a line is longer than 8 MiB; write one fact a line");
            if (const Status more = refill(); !more) return std::unexpected(more.error());
        }
    }
    std::uint64_t bytes() const { return consumed_ + begin_; }

   private:
    Status refill() {
        buffer_.erase(0, begin_);
        consumed_ += begin_;
        begin_ = 0;
        searched_ = buffer_.size();
        buffer_.resize(searched_ + (std::size_t{256} << 10));
        const auto got = read_(buffer_.data() + searched_, buffer_.size() - searched_);
        buffer_.resize(searched_ + (got ? *got : 0));
        if (!got) return std::unexpected(got.error());
        ended_ = *got == 0;
        return {};
    }

    csv::Read read_;
    std::string buffer_;
    std::size_t begin_ = 0, searched_ = 0;
    std::uint64_t consumed_ = 0;
    bool ended_ = false;
};

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

class Run {
   public:
    Run(const imports::Input& input, std::string source, const imports::RunOptions& options)
        : input_(input), source_(std::move(source)), options_(options) {
        report_.files.push_back({input.name(), "jsonl", 0, 0});
    }

    Result<imports::Report> run() {
        Lines lines(input_.from_start());
        std::string line;
        for (std::int64_t number = 1; !report_.stopped; ++number) {
            const auto more = lines.next(line);
            if (!more)
                return fail(more.error().code,
                            input_.name() + ":" + std::to_string(number) + ": " + more.error().detail);
            if (!*more) break;
            if (is_blank(line)) continue;
            read(line, number);
            if (options_.progress && number % 1024 == 0) options_.progress(lines.bytes(), input_.size());
            if (batch_.size() < options_.batch) continue;
            if (const Status sent = send(); !sent) return std::unexpected(sent.error());
        }
        if (const Status sent = send(); !sent) return std::unexpected(sent.error());
        report_.rows = report_.files[0].rows;
        report_.refused_rows = report_.files[0].refused_rows;
        return std::move(report_);
    }

   private:
    void read(std::string_view line, std::int64_t number) {
        ++report_.files[0].rows;
        auto fact = codec::parse_fact(line);
        if (!fact) {
            ++report_.files[0].refused_rows;
            std::string_view detail = fact.error().detail;
            if (detail.starts_with("line 1, ")) detail.remove_prefix(8);  // the row says which line
            note(number, {0, "", fact.error().code + ": " + std::string(detail)});
            return;
        }
        if (fact->source == IncomingFact{}.source) fact->source = source_;
        if (!fact->occurred_at && options_.times.at) {
            fact->occurred_at = options_.times.at;
            fact->time_known = false;
        }
        ++report_.facts;
        ++report_.types[fact->type];
        if (fact->occurred_at && fact->time_known) {
            report_.first = std::min(report_.first.value_or(*fact->occurred_at), *fact->occurred_at);
            report_.last = std::max(report_.last.value_or(*fact->occurred_at), *fact->occurred_at);
        }
        batch_.push_back(imports::made_ready(std::move(*fact), options_));
        lines_.push_back(number);
    }

    void note(std::int64_t line, const imports::RowProblem& problem) {
        if (problem.weight == imports::RowProblem::Weight::left_out) {
            ++report_.left_out_rows;
            return;
        }
        ++report_.problem_count;
        if (report_.problems.size() < options_.keep_problems)
            report_.problems.push_back({input_.name(), line, line, problem});
    }

    Status send() {
        const Status taken =
            imports::hand_over(batch_, options_, report_,
                               [&](std::size_t i, const imports::RowProblem& problem) { note(lines_[i], problem); });
        lines_.clear();
        return taken;
    }

    const imports::Input& input_;
    std::string source_;
    const imports::RunOptions& options_;
    imports::Report report_;
    std::vector<app::Prepared> batch_;
    std::vector<std::int64_t> lines_;
};

}  // namespace

Result<imports::Report> run(const imports::Input& input, const std::string& source,
                            const imports::RunOptions& options) {
    return Run(input, source, options).run();
}

}  // namespace baton::jsonl
