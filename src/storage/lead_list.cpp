#include "storage/lead_list.h"

#include "storage/search_text.h"

namespace baton::storage {
namespace {

/// Rows of the list looked at before the index is asked, and at most when it seems not worth asking.
constexpr std::size_t first_look = 500;
constexpr std::size_t longest_look = 8000;

std::int64_t sort_key(const ports::LeadRow& row, ports::LeadQuery::Sort sort) {
    switch (sort) {
        case ports::LeadQuery::Sort::score: return row.score_micros;
        case ports::LeadQuery::Sort::entered: return row.stage_entered_at.us;
        case ports::LeadQuery::Sort::updated: break;
    }
    return row.updated_at.us;
}

/// Goes through the list for one text.
class Look {
   public:
    Look(const ports::LeadQuery& query, std::span<const std::string> pieces, const LeadSearch& search)
        : pieces_(pieces), search_(search), wanted_(query.limit), page_(query) {
        page_.text.clear();
    }

    /// Looks at that many rows more.
    Status at(std::size_t rows) {
        page_.limit = rows;
        Result<std::vector<ports::LeadRow>> page = search_.list(page_);
        if (!page) return std::unexpected(page.error());
        ended_ = page->size() < rows;
        if (page->empty()) return {};
        page_.after_key = sort_key(page->back(), page_.sort);
        page_.after_person = page->back().person;
        for (ports::LeadRow& row : *page)
            if (found.size() < wanted_ && holds_all(search_text(row), pieces_)) found.push_back(std::move(row));
        return {};
    }
    bool finished() const { return ended_ || found.size() == wanted_; }
    /// Whether the page is likely to be full after the longest look.
    bool worth_going_on() const { return found.size() * longest_look >= wanted_ * first_look; }

    std::vector<ports::LeadRow> found;

   private:
    std::span<const std::string> pieces_;
    const LeadSearch& search_;
    std::size_t wanted_;
    ports::LeadQuery page_;
    bool ended_ = false;
};

}  // namespace

bool belongs(const ports::LeadRow& row, const ports::LeadQuery& query, std::span<const std::string> pieces) {
    return (query.stage.empty() || row.stage == query.stage) && (!query.open || row.open == *query.open) &&
           (!query.is_lead || row.is_lead == *query.is_lead) && (pieces.empty() || holds_all(search_text(row), pieces));
}

std::vector<ports::LeadRow> page_of(std::vector<ports::LeadRow> rows, const ports::LeadQuery& query,
                                    std::span<const std::string> pieces) {
    // ~ turns the order round and, unlike -, cannot overflow.
    const auto place = [&](const ports::LeadRow& row) { return std::pair(~sort_key(row, query.sort), row.person); };
    const std::pair after(~query.after_key, query.after_person);
    std::erase_if(rows, [&](const ports::LeadRow& row) {
        return (query.after_person.value != 0 && place(row) <= after) || !belongs(row, query, pieces);
    });
    std::ranges::sort(rows, {}, place);
    if (rows.size() > query.limit) rows.resize(query.limit);
    return rows;
}

Result<std::vector<ports::LeadRow>> find_leads(const ports::LeadQuery& query, const LeadSearch& search) {
    const Result<std::vector<std::string>> pieces = search_pieces(query.text);
    if (!pieces) return std::unexpected(pieces.error());
    if (pieces->empty()) return search.list(query);
    Look look(query, *pieces, search);
    if (Status status = look.at(first_look); !status) return std::unexpected(status.error());
    if (!look.finished() && look.worth_going_on()) {
        if (Status status = look.at(longest_look - first_look); !status) return std::unexpected(status.error());
    }
    if (look.finished()) return std::move(look.found);
    return search.index(query, *pieces);
}

}  // namespace baton::storage
