// HubSpot's filter groups as a filter of the list of leads: groups are joined by ||, their filters by &&.
#include <algorithm>
#include <array>
#include <charconv>

#include "contact/text.h"
#include "http/asked.h"
#include "http/crm.h"

namespace baton::http::crm {
namespace {

using codec::JsonKind;
using codec::JsonNode;

constexpr std::size_t most_groups = 5, most_filters = 25, most_values = 100;

std::string text_of(const JsonNode& node, std::string_view name) {
    const auto* found = node.find(name);
    return found == nullptr ? std::string() : found->text;
}

std::vector<std::string> texts_of(const JsonNode& node, std::string_view name) {
    std::vector<std::string> texts;
    const auto* found = node.find(name);
    if (found != nullptr && found->kind == JsonKind::array)
        for (const auto& item : found->items) texts.push_back(item.text);
    return texts;
}

/// One name criteria read, and how a value is written beside it.
struct Operand {
    std::string text;  ///< "person.title.lowerAscii()"
    std::string bare;  ///< "person.title", for has()
    PropertyType type = PropertyType::string;
    bool always = false;  ///< it always has a value
};

Result<Operand> operand(const std::string& theirs, const playbook::Compiled& playbook) {
    if (theirs == "lifecyclestage") return Operand{"lead.stage", "", PropertyType::string, true};
    if (theirs == "hubspot_owner_id") return Operand{"lead.owner", "", PropertyType::string, true};
    const std::string ours = our_name(theirs);
    const auto index = playbook.property(ours);
    if (!index)
        return fail("bad_search", "'" + theirs + "' is no property the playbook declares: it cannot be searched by");
    const auto type = playbook.names.person[index->value].type;
    if (type == PropertyType::timestamp || type == PropertyType::strings)
        return fail("bad_search", "'" + theirs + "' holds times or lists, which this layer does not search by");
    const std::string bare = "person." + ours;
    const bool text = type == PropertyType::string && playbook.names.person[index->value].values.empty();
    return Operand{text ? bare + ".lowerAscii()" : bare, bare, type, false};
}

Result<std::string> literal(const Operand& operand, const std::string& value) {
    if (operand.type == PropertyType::boolean) {
        if (value == "true" || value == "false") return value;
        return fail("bad_search", "'" + value + "' is neither true nor false");
    }
    if (operand.type == PropertyType::string)
        return codec::quoted(operand.text.ends_with(")") ? contact::lower(value) : value);
    const auto number = convert(Value(value), operand.type);
    if (!number || number->is_null()) return fail("bad_search", "'" + value + "' is no number");
    return to_text(*number);
}

Result<std::string> list_of(const Operand& operand, const std::vector<std::string>& values) {
    if (values.empty() || values.size() > most_values) return fail("bad_search", "'values' must hold 1 to 100 texts");
    std::string list = "[";
    for (const std::string& value : values) {
        const auto one = literal(operand, value);
        if (!one) return one;
        list += (list.size() > 1 ? ", " : "") + *one;
    }
    return list + "]";
}

/// What to look for; HubSpot's stars around a token say what is so anyway, that more may stand there.
std::string wanted(const JsonNode& filter) {
    const std::string value = text_of(filter, "value");
    if (!text_of(filter, "operator").ends_with("CONTAINS_TOKEN")) return value;
    const std::size_t begin = value.find_first_not_of('*');
    return begin == std::string::npos ? std::string() : value.substr(begin, value.find_last_not_of('*') + 1 - begin);
}

Result<std::string> term(const JsonNode& filter, const playbook::Compiled& playbook) {
    const std::string op = text_of(filter, "operator");
    const auto what = operand(text_of(filter, "propertyName"), playbook);
    if (!what) return std::unexpected(what.error());
    if (op == "HAS_PROPERTY") return what->always ? what->text + " != \"\"" : "has(" + what->bare + ")";
    if (op == "NOT_HAS_PROPERTY") return what->always ? what->text + " == \"\"" : "!has(" + what->bare + ")";
    if (op == "IN" || op == "NOT_IN") {
        const auto list = list_of(*what, texts_of(filter, "values"));
        if (!list) return list;
        return (op == "IN" ? "" : "!") + ("(" + what->text + " in " + *list + ")");
    }
    const auto value = literal(*what, wanted(filter));
    if (!value) return value;
    if (op == "CONTAINS_TOKEN") return what->text + ".contains(" + *value + ")";
    if (op == "NOT_CONTAINS_TOKEN") return "!" + what->text + ".contains(" + *value + ")";
    if (op == "BETWEEN") {
        const auto high = literal(*what, text_of(filter, "highValue"));
        if (!high) return high;
        return "(" + what->text + " >= " + *value + " && " + what->text + " <= " + *high + ")";
    }
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> signs{
        {{"EQ", "=="}, {"NEQ", "!="}, {"LT", "<"}, {"LTE", "<="}, {"GT", ">"}, {"GTE", ">="}}};
    const auto sign = std::ranges::find(signs, op, &std::pair<std::string_view, std::string_view>::first);
    if (sign == signs.end()) return fail("bad_search", "'" + op + "' is no operator this layer knows");
    return what->text + " " + std::string(sign->second) + " " + *value;
}

/// Somebody by e-mail or number is looked up, not searched for; together with other filters it is not.
Result<bool> by_key(const std::vector<const JsonNode*>& filters, Search& into) {
    const auto is_key = [](const JsonNode* filter) {
        const std::string name = text_of(*filter, "propertyName");
        return name == "email" || name == "hs_object_id";
    };
    if (std::ranges::none_of(filters, is_key)) return false;
    const std::string op = filters.size() == 1 ? text_of(*filters[0], "operator") : "";
    if (op == "EQ") into.keys = {text_of(*filters[0], "value")};
    if (op == "IN") into.keys = texts_of(*filters[0], "values");
    if (op == "CONTAINS_TOKEN" && into.text.empty()) into.text = wanted(*filters[0]);
    if (op == "EQ" || op == "IN" || op == "CONTAINS_TOKEN") return true;
    return fail("bad_search", "email and hs_object_id are searched by alone, with EQ, IN or (email) CONTAINS_TOKEN");
}

Status read_groups(const JsonNode& body, const playbook::Compiled& playbook, Search& into) {
    const auto* groups = body.find("filterGroups");
    if (groups == nullptr || groups->items.empty()) return {};
    std::vector<const JsonNode*> all;
    std::vector<std::vector<const JsonNode*>> by_group;
    for (const auto& group : groups->items) {
        const auto* filters = group.find("filters");
        if (filters == nullptr || filters->items.empty()) continue;
        by_group.emplace_back();
        for (const auto& filter : filters->items) {
            by_group.back().push_back(&filter);
            all.push_back(&filter);
        }
    }
    if (by_group.size() > most_groups || all.size() > most_filters)
        return fail("bad_search", "a search has at most 5 groups and 25 filters");
    const auto looked_up = by_key(all, into);
    if (!looked_up) return std::unexpected(looked_up.error());
    if (*looked_up) return {};
    for (const auto& group : by_group) {
        std::string terms;
        for (const auto* filter : group) {
            const auto one = term(*filter, playbook);
            if (!one) return std::unexpected(one.error());
            terms += (terms.empty() ? "" : " && ") + *one;
        }
        into.filter += (into.filter.empty() ? "(" : " || (") + terms + ")";
    }
    return {};
}

/// The list knows one order: what changed last comes first.
Status check_sorts(const JsonNode& body) {
    const auto* sorts = body.find("sorts");
    if (sorts == nullptr) return {};
    for (const auto& sort : sorts->items) {
        const std::string name = sort.kind == JsonKind::string ? sort.text : text_of(sort, "propertyName");
        const bool falling = sort.kind == JsonKind::string || text_of(sort, "direction") == "DESCENDING";
        if ((name != "lastmodifieddate" && name != "-lastmodifieddate") || !falling)
            return fail("bad_search", "contacts are sorted by lastmodifieddate, DESCENDING, and by nothing else");
    }
    return {};
}

}  // namespace

Result<Search> search_of(const JsonNode& body, const playbook::Compiled& playbook) {
    Search search;
    search.text = text_of(body, "query");
    search.after = text_of(body, "after");
    search.wanted = wanted_of(body);
    if (const std::string limit = text_of(body, "limit"); !limit.empty()) {
        const auto rows = whole_number(limit);
        if (!rows || *rows < 1 || *rows > 200) return fail("bad_search", "'limit' must be 1 to 200");
        search.limit = static_cast<std::size_t>(*rows);
    }
    if (auto fine = check_sorts(body); !fine) return std::unexpected(fine.error());
    if (auto read = read_groups(body, playbook, search); !read) return std::unexpected(read.error());
    return search;
}

}  // namespace baton::http::crm
