#include "connectors/import/opt_outs.h"

#include <algorithm>

namespace baton::imports {

void add_opt_out(Mapping& mapping, const std::string& column, Wanted wanted) {
    const bool mail = wanted == Wanted::no_mail;
    const RowCondition marked{
        {.name = column},
        {},
        {"0", "false", "False", "FALSE", "no", "No", "NO", "n", "N", "null", "None", "nein", "Nein", "non", "Non"}};
    if (std::ranges::none_of(mapping.properties, [&](const auto& p) { return p.column.name == column; }))
        mapping.properties.push_back({column, {.name = column}, {}});
    if (mail) mapping.facts.push_back({.type = "Unsubscribed", .undated = true, .when = marked});
    mapping.facts.push_back({.type = "consent",
                             .undated = true,
                             .when = marked,
                             .properties = {{"purpose", {}, mail ? "marketing_email" : "marketing_phone"},
                                            {"given", {}, "false"},
                                            {"channel", {}, mail ? "email" : "phone"}}});
}

}  // namespace baton::imports
