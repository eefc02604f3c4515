// Phone numbers in one spelling. Numbering plans are libphonenumber's (Debian 12: 8.12, plans of October 2022).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace baton::contact {

/// E.164 ("+4930901820") where the country is known: by + or 00 in front, else by `region` (ISO 3166-1 alpha-2, "" = none
/// assumed). Without a country, or with digits no plan of that country has, the digits as given, + kept. An extension is
/// dropped. Nothing with fewer than 4 or more than 15 digits, or with letters that no plan makes sense of.
std::optional<std::string> normal_phone(std::string_view given, std::string_view region = {});

/// Whether numbers of this region ("DE", in capitals) are known.
bool is_phone_region(std::string_view region);

}  // namespace baton::contact
