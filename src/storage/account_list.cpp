#include "storage/account_list.h"

#include <algorithm>

namespace baton::storage {

AccountRange range_of(const ports::AccountQuery& query) {
    // Greater than any key of that prefix: no key has more than 320 bytes (app/normalise.h), and this is more of the last character.
    constexpr int most_characters = 81;
    std::string end = query.prefix;
    for (int i = 0; i < most_characters; ++i) end += "\U0010FFFF";
    return {std::max(query.prefix, query.after), std::move(end)};
}

std::vector<ports::AccountRow> both_of(std::vector<ports::AccountRow> peoples, std::vector<ports::AccountRow> own,
                                       std::size_t limit) {
    std::vector<ports::AccountRow> all;
    auto named = own.begin();
    for (ports::AccountRow& row : peoples) {
        while (named != own.end() && named->key < row.key) all.push_back(std::move(*named++));
        if (named != own.end() && named->key == row.key) row.account = (named++)->account;
        all.push_back(std::move(row));
    }
    all.insert(all.end(), std::make_move_iterator(named), std::make_move_iterator(own.end()));
    if (all.size() > limit) all.resize(limit);
    return all;
}

}  // namespace baton::storage
