// Amounts as people write them.
#pragma once

#include <string>
#include <string_view>

namespace baton::imports {

/// "$1,117.10K" → "1117100", "1.234,5 €" → "1234.5" (`comma`), "(12)" → "-12": currency signs and codes, blanks and the
/// marks between thousands are left out; K, M and B multiply. What is no amount comes back as it is.
std::string plain_amount(std::string_view text, bool comma);

}  // namespace baton::imports
