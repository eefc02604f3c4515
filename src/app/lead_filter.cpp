#include "app/lead_filter.h"

#include <algorithm>
#include <array>

#include "domain/criteria/no_inputs.h"
#include "domain/engine/view.h"

namespace baton::app {
namespace {

constexpr std::size_t rows_at_once = 500;

/// A row of the list as far as it can say what a filter asks; what it cannot is never asked of it (rows_suffice).
class RowView final : public criteria::NoInputs {
   public:
    explicit RowView(const ports::LeadRow& row) : row_(row) {}
    std::string_view stage() const override { return row_.stage; }
    std::string_view holder() const override { return std::string_view(row_.holder).substr(0, row_.holder.find(' ')); }
    std::string_view owner() const override {
        constexpr std::string_view by = "owner ";
        return row_.holder.starts_with(by) ? std::string_view(row_.holder).substr(by.size()) : std::string_view();
    }
    bool open() const override { return row_.open; }
    std::int64_t cycle() const override { return row_.cycle; }
    Instant stage_entered_at() const override { return row_.stage_entered_at; }

   private:
    const ports::LeadRow& row_;
};

bool rows_suffice(const criteria::Expression& expression) {
    constexpr std::array<std::string_view, 5> columns{"lead.stage", "lead.holder", "lead.owner", "lead.open",
                                                      "lead.cycle"};
    return std::ranges::all_of(expression.inputs(), [&](const criteria::Input& input) {
        return std::ranges::find(columns, input.name) != columns.end();
    });
}

std::string place_of(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const auto line = std::ranges::count(before, '\n') + 1;
    const std::size_t begin = before.rfind('\n') + 1;  // npos + 1 = 0
    return std::to_string(line) + ":" + std::to_string(offset - begin + 1);
}

std::string told(std::string_view text, const std::vector<criteria::Problem>& problems) {
    std::string all;
    for (const auto& problem : problems) {
        if (!all.empty()) all += "\n";
        all += place_of(text, problem.offset) + ": " + problem.message;
        if (!problem.hint.empty()) all += "; " + problem.hint;
    }
    return all;
}

/// Rows of the list in its order, some hundred at a time.
class Rows {
   public:
    Rows(const Reads& reads, ports::LeadQuery query) : reads_(reads), query_(std::move(query)) {}
    /// Empty = there are no more.
    Result<std::vector<ports::LeadRow>> next() {
        if (ended_) return std::vector<ports::LeadRow>();
        query_.limit = rows_at_once;
        auto rows = reads_.leads(query_);
        if (!rows) return rows;
        ended_ = rows->size() < rows_at_once;
        if (!rows->empty()) {
            query_.after_key = sort_value(rows->back(), query_.sort);
            query_.after_person = rows->back().person;
        }
        return rows;
    }
    bool ended() const { return ended_; }

   private:
    const Reads& reads_;
    ports::LeadQuery query_;
    bool ended_ = false;
};

}  // namespace

std::int64_t sort_value(const ports::LeadRow& row, ports::LeadQuery::Sort sort) {
    using Sort = ports::LeadQuery::Sort;
    switch (sort) {
        case Sort::updated: return row.updated_at.us;
        case Sort::score: return row.score_micros;
        case Sort::entered: return row.stage_entered_at.us;
    }
    return 0;
}

std::optional<ports::LeadQuery::Sort> sort_named(std::string_view name) {
    using Sort = ports::LeadQuery::Sort;
    for (const Sort sort : {Sort::updated, Sort::score, Sort::entered})
        if (to_string(sort) == name) return sort;
    return std::nullopt;
}

std::string_view to_string(ports::LeadQuery::Sort sort) {
    using Sort = ports::LeadQuery::Sort;
    switch (sort) {
        case Sort::updated: return "updated";
        case Sort::score: return "score";
        case Sort::entered: return "entered";
    }
    return "";
}

Result<LeadFilter> LeadFilter::both(std::string_view one, std::string_view other, const Reads& reads) {
    auto first = compile(one, reads);
    if (!first) return first;
    auto second = compile(other, reads);
    if (!second) return second;
    // On lines of their own: a comment at the end of one ends there.
    auto joined = compile("(" + std::string(one) + "\n) && (" + std::string(other) + "\n)", reads);
    if (!joined) return fail("bad_filter", "1:1: with the view's own filter it is too long; ask for less at once");
    return joined;
}

Result<LeadFilter> LeadFilter::compile(std::string_view text, const Reads& reads) {
    LeadFilter filter;
    filter.text_ = text;
    filter.playbook_ = reads.active();
    if (filter.playbook_ == nullptr) return fail("no_playbook", "no playbook is active yet");
    auto compiled = criteria::compile(text, filter.playbook_->names, criteria::Scope::list);
    if (!compiled.problems.empty()) return fail("bad_filter", told(text, compiled.problems));
    if (compiled.expression.type() != criteria::ResultType::boolean)
        return fail("bad_filter",
                    "1:1: a filter must be true or false; compare it with something, as in person.employees >= 200");
    filter.expression_ = std::move(compiled.expression);
    filter.rows_suffice_ = rows_suffice(filter.expression_);
    return filter;
}

bool LeadFilter::narrow(ports::LeadQuery& query) const {
    const auto needed = criteria::needed(expression_);
    if (needed.stage && !query.stage.empty() && query.stage != *needed.stage) return false;
    if (needed.open && query.open && *query.open != *needed.open) return false;
    if (needed.stage) query.stage = *needed.stage;
    if (needed.open) query.open = needed.open;
    return !needed.stage || !needed.stage->empty();
}

Result<bool> LeadFilter::fits(const Reads& reads, const ports::StateRow& row, Instant now) {
    if (codec::kind_of_row(row.state) != codec::RowKind::person) return false;
    const auto person = codec::decode_person(row.state);
    if (!person) return std::unexpected(person.error());
    const std::uint32_t version = person->state.version;
    const auto playbook = reads.playbook(version);
    if (playbook == nullptr) return false;
    auto at = by_version_.find(version);
    if (at == by_version_.end()) {
        auto compiled = criteria::compile(text_, playbook->names, criteria::Scope::list);
        at = by_version_.emplace(version, compiled.problems.empty() ? compiled.expression : criteria::Expression())
                 .first;
    }
    if (!at->second.valid()) return false;
    const engine::View view(*playbook, person->state, nullptr);
    return criteria::judge(at->second, view, std::max(now, person->state.engine_at)).truth == criteria::Truth::yes;
}

Result<std::vector<ports::LeadRow>> LeadFilter::fitting(const Reads& reads, std::vector<ports::LeadRow> rows,
                                                        Instant now) {
    if (rows_suffice_) {
        std::erase_if(rows, [&](const ports::LeadRow& row) {
            return criteria::judge(expression_, RowView(row), now).truth != criteria::Truth::yes;
        });
        return rows;
    }
    std::vector<SubjectId> people;
    people.reserve(rows.size());
    for (const auto& row : rows) people.push_back(row.person);
    const auto states = reads.reader().states_of(people);
    if (!states) return std::unexpected(states.error());
    std::vector<ports::LeadRow> fitting;
    auto row = rows.begin();
    for (const auto& state : *states) {  // in the order asked for; one without a row is left out
        while (row != rows.end() && row->person != state.subject) ++row;
        if (row == rows.end()) break;
        const auto fit = fits(reads, state, now);
        if (!fit) return std::unexpected(fit.error());
        if (*fit) fitting.push_back(std::move(*row));
        ++row;
    }
    return fitting;
}

Result<FilteredLeads> filtered_leads(const Reads& reads, ports::LeadQuery query, LeadFilter& filter, Instant now,
                                     const Walk& walk) {
    FilteredLeads found;
    if (!filter.narrow(query)) return found;
    const std::size_t limit = query.limit;
    Rows rows(reads, query);
    while (!rows.ended()) {
        auto some = rows.next();
        if (!some) return std::unexpected(some.error());
        if (some->empty()) break;
        found.looked_at += some->size();
        const ports::LeadRow last = some->back();
        auto fitting = filter.fitting(reads, std::move(*some), now);
        if (!fitting) return std::unexpected(fitting.error());
        for (auto& row : *fitting) {
            if (found.rows.size() == limit) {  // one more than is shown: there is a next page, after what is shown
                found.go_on_after = found.rows.back();
                return found;
            }
            found.rows.push_back(std::move(row));
        }
        if (rows.ended()) break;
        if (found.looked_at >= walk.most || !walk.may_go_on()) {
            found.go_on_after = last;
            return found;
        }
    }
    return found;
}

Result<Counted> count_leads(const Reads& reads, ports::LeadQuery query, LeadFilter* filter, Instant now,
                            const Walk& walk) {
    Counted counted;
    if (filter != nullptr && !filter->narrow(query)) return counted;
    query.after_key = 0;
    query.after_person = {};
    std::size_t looked_at = 0;
    Rows rows(reads, query);
    while (!rows.ended()) {
        auto some = rows.next();
        if (!some) return std::unexpected(some.error());
        looked_at += some->size();
        if (filter != nullptr) some = filter->fitting(reads, std::move(*some), now);
        if (!some) return std::unexpected(some.error());
        counted.count += some->size();
        const bool enough = counted.count >= most_counted;
        if (rows.ended() && counted.count <= most_counted) break;
        if (!enough && looked_at < walk.most && walk.may_go_on()) continue;
        counted.capped = true;
        if (enough) counted.count = most_counted;
        break;
    }
    return counted;
}

}  // namespace baton::app
