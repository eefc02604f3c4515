// The list of leads as every store must answer it: filters, order, and how a text is looked for.
#pragma once

#include <algorithm>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ports/store.h"

namespace baton::storage {

/// Whether the row belongs into the list, wherever the page begins. `pieces`: search_pieces(query.text).
bool belongs(const ports::LeadRow& row, const ports::LeadQuery& query, std::span<const std::string> pieces);

/// The rows that belong after the query's key, in its order, at most its limit.
std::vector<ports::LeadRow> page_of(std::vector<ports::LeadRow> rows, const ports::LeadQuery& query,
                                    std::span<const std::string> pieces);

/// The two ways to the people whom a text names.
struct LeadSearch {
    using Found = Result<std::vector<ports::LeadRow>>;
    /// The query's page; its text is empty.
    std::function<Found(const ports::LeadQuery&)> list;
    /// The page of those who hold the pieces, by way of the index.
    std::function<Found(const ports::LeadQuery&, std::span<const std::string> pieces)> index;
};

/// What many people hold is found soonest by going through the list, what few hold by the index: the list's first rows
/// tell which it is. Both answer the same.
Result<std::vector<ports::LeadRow>> find_leads(const ports::LeadQuery& query, const LeadSearch& search);

}  // namespace baton::storage
